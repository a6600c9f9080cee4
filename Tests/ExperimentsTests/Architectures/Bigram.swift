import Experiments
import Foundation
import InductionModel
import MarkovChains
import ParameterSpaces
import Transformer

/// A third model in a few lines: y = softmax(t b[x_L, .]), cost −log y[x_{L+1}].
struct Bigram: TrainableModel {
  let tokens: Int

  let shortestSequence = 2
  var identity: String { "bigram tokens=\(tokens)" }
  var space: ParameterSpace {
    ParameterSpace([
      ParameterBlock(
        "b", name: "b[#1 #2]", latex: "b_{#1#2}", group: "table",
        axes: [.counted("x", tokens), .counted("e", tokens)]),
      ParameterBlock("t", name: "t", latex: "t", group: "temperature"),
    ])
  }
  var observables: [Observable] { [Observable("largest") { $0.dropLast().max() ?? 0 }] }

  func evaluator(precision: Precision, pool: WorkerPool) -> any BatchEvaluator { Evaluator(model: self) }
  func memory(count: Int, length: Int, use: BatchUse) -> Double { 2 * Double(count * length) }

  private final class Evaluator: BatchEvaluator {
    let model: Bigram
    init(model: Bigram) { self.model = model }

    func prepare(_ sequences: TokenSequences, for use: BatchUse) throws -> PreparedBatch {
      try model.check(sequences)
      let (d, count) = (model.tokens, sequences.count)
      let pairs = (0..<count).map { sequences[$0].suffix(2).map(Int.init) }
      return PreparedBatch(count: count) { point, _ in
        var (losses, y): ([Double], [Double]) = ([], [])
        var gradient = point.map { _ in 0.0 }
        for pair in pairs {
          let row = point[pair[0] * d..<(pair[0] + 1) * d]
          let powers = row.map { exp(point[d * d] * $0) }
          let law = powers.map { $0 / powers.reduce(0, +) }
          losses.append(-log(law[pair[1]]))
          y += law
          for token in 0..<d {
            let slope = (law[token] - (token == pair[1] ? 1 : 0)) / Double(count)
            gradient[pair[0] * d + token] += point[d * d] * slope
            gradient[d * d] += row[row.startIndex + token] * slope
          }
        }
        return BatchValues(
          loss: losses.reduce(0, +) / Double(count), gradient: gradient, losses: losses,
          predictions: Predictions(values: y, tokens: d))
      }
    }
  }
}

struct BigramArchitecture: ModelArchitecture {
  let name = "bigram"
  let meaning = "A table of pairs"
  let theory = TheoryRelation.none
  let initialKeys = [
    InitialKey("logit", "Every b", .numberOrNormal, .number(0)), InitialKey("temperature", "t", 1),
    InitialKey("seed", "Of random values", .seed, .seed(1)),
  ]

  func check(_ definition: ModelDefinition) throws(ArchitectureRefusal) {
    guard definition.variant.normalization == .none else {
      throw ArchitectureRefusal(key: "variant.normalization", found: "l2", allowed: "none")
    }
  }

  func model(_ definition: ModelDefinition, loss: Loss) -> any TrainableModel {
    Bigram(tokens: definition.tokens)
  }

  func start(_ definition: ModelDefinition, _ values: InitialValues) -> [Double] {
    let count = definition.tokens * definition.tokens
    let logits: [Double] =
      if case .normal(let deviation)? = values["logit"] {
        (0..<count).map { deviation * sin(Double($0) + Double(values.seed)) }
      } else {
        Array(repeating: values.number("logit"), count: count)
      }
    return logits + [values.number("temperature")]
  }
}
