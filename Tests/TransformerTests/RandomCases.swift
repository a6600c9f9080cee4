import InductionModel
import MarkovChains
import TestSupport
import Transformer

extension Variant {
  static let every: [Variant] = Windows.allCases.flatMap { windows in
    Normalization.allCases.flatMap { normalization in
      Keys.allCases.flatMap { keys in
        FeatureNorm.allCases.flatMap { featureNorm in
          Coefficients.allCases.flatMap { coefficients in
            SecondLayer.allCases.map { secondLayer in
              Variant(
                windows: windows, normalization: normalization, keys: keys, featureNorm: featureNorm,
                coefficients: coefficients, secondLayer: secondLayer)
            }
          }
        }
      }
    }
  }
}

extension Parameters {
  static func random(_ model: ModelDefinition, using generator: inout SeededGenerator) -> Parameters {
    Parameters(
      attention: (0..<model.heads).map { _ in (0..<model.window).map { _ in generator.number(-1.5...1.5) } },
      coefficients: model.sets.map { _ in generator.number(0.3...1.5) },
      scale: generator.number(0.3...2))
  }
}

/// Sequences with repetition, so that windows recur: a noisy copy of an earlier stretch.
func randomSequences(
  count: Int, length: Int, tokens: Int, using generator: inout SeededGenerator
) -> [[Int]] {
  (0..<count).map { _ in
    var sequence: [Int] = []
    let period = Int.random(in: 2...7, using: &generator)
    for position in 0..<length {
      let copies = position >= period && generator.number(0...1) < 0.6
      sequence.append(
        copies ? sequence[position - period] : Int.random(in: 0..<tokens, using: &generator))
    }
    return sequence
  }
}

/// The largest |left − right| over the largest |right|, or over `floor` if that is larger.
func relativeError(_ left: [Double], _ right: [Double], above floor: Double = 0) -> Double {
  let scale = max(floor, right.map(abs).max() ?? 0)
  let worst = zip(left, right).map { abs($0 - $1) }.max() ?? 0
  return worst.isNaN || left.count != right.count ? .infinity : scale > 0 ? worst / scale : worst
}
