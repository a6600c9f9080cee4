import Foundation
import InductionModel
import MarkovChains
import ParameterSpaces
import TestSupport
import Testing
import Transformer

/// The full model against PyTorch's autograd (Benchmarks/full/cases.py) and against differences of its own loss.
@Suite struct FullModelTests {
  static let cases = ["published", "random", "cross-entropy", "short", "many-heads", "steep"]

  @Test(arguments: cases, EvaluationPath.allCases)
  func agreesWithAutograd(name: String, path: EvaluationPath) throws {
    let reference = try FullCase(name)
    let model = reference.model
    let length = reference.sequences.length
    guard
      let evaluator = model.evaluator(
        path, precision: .double, length: length, pool: WorkerPool(threads: 2))
    else {
      #expect(path == .windows && ["many-heads", "short"].contains(name))
      return
    }
    for use in [BatchUse.once, .many] {
      let found = try evaluator.prepare(reference.sequences, for: use)
        .evaluate(at: reference.parameters, [.gradient, .predictions])
      #expect(abs(found.loss - reference.loss) < 1e-10)
      for group in model.space.stacks {
        #expect(
          relativeError(
            Array(found.gradient[group.range]), Array(reference.gradient[group.range]), above: 1e-6) < 1e-10,
          "\(group.name)")
      }
      #expect(relativeError(found.predictions.values, reference.predictions) < 1e-10)
    }
  }

  /// Every parameter, at random points of all that the definition leaves open.
  @Test(arguments: 0..<12)
  func gradientIsTheDerivativeOfTheLoss(number: Int) throws {
    let (model, sequences, point) = try randomCase(number)
    let batch = try model.evaluator(precision: .double, pool: WorkerPool()).prepare(sequences, for: .many)
    let gradient = batch.evaluate(at: point, .gradient).gradient
    let scale = gradient.map(abs).max() ?? 1
    for (entry, name) in model.space.names.enumerated() {
      func loss(_ shift: Double) -> Double {
        var moved = point
        moved[entry] += shift
        return batch.evaluate(at: moved).loss
      }
      func slope(_ h: Double) -> Double { (loss(h) - loss(-h)) / (2 * h) }
      // Richardson: error O(h⁴). A rectifier's kink within the step shows as a difference between step sizes.
      let (coarse, fine) = ((4 * slope(2e-4) - slope(4e-4)) / 3, (4 * slope(1e-4) - slope(2e-4)) / 3)
      guard abs(coarse - fine) < 1e-6 * scale else { continue }
      #expect(abs(gradient[entry] - fine) < 1e-7 * max(scale, 1e-3), "\(name) case \(number)")
    }
  }

  @Test(arguments: 0..<24)
  func pathsAgree(number: Int) throws {
    let (model, sequences, point) = try randomCase(number)
    let length = sequences.length
    let plain = try #require(model.evaluator(.plain, precision: .double, length: length, pool: WorkerPool()))
    let expected = try plain.prepare(sequences, for: .many).evaluate(at: point, everything)
    for path in [EvaluationPath.streamed, .windows] {
      for (precision, tolerance) in [(Precision.double, 1e-10), (.float, 2e-3)] {
        let pool = WorkerPool(threads: 2)
        guard let fast = model.evaluator(path, precision: precision, length: length, pool: pool) else {
          continue
        }
        for use in [BatchUse.once, .many] {
          let found = try fast.prepare(sequences, for: use).evaluate(at: point, everything)
          let label = "case \(number) \(model.identity) \(path) \(precision) \(use)"
          #expect(abs(found.loss - expected.loss) < tolerance * abs(expected.loss), "\(label)")
          #expect(relativeError(found.gradient, expected.gradient, above: 1e-2) < tolerance, "\(label)")
          #expect(relativeError(found.losses, expected.losses) < tolerance, "\(label)")
          #expect(
            relativeError(found.predictions.values, expected.predictions.values) < tolerance, "\(label)")
        }
      }
    }
  }

  @Test(arguments: EvaluationPath.allCases, Precision.allCases)
  func anyNumberOfThreadsGivesTheSameBits(path: EvaluationPath, precision: Precision) throws {
    let definition = try ModelDefinition(tokens: 3, window: 3, heads: 3, degree: 2, variant: .referenceCode)
    let model = FullTransformer(definition, loss: Loss(criterion: .logits))
    var generator = SeededGenerator(seed: 3)
    let point = model.space.names.map { _ in generator.number(-1...1) }
    let sampler = try ChainSampler(.prior(concentration: 0.5, tokens: 3, parents: [1, 2]))
    let results = try [1, 2, 3].map { threads -> [Double] in
      let pool = WorkerPool(threads: threads)
      var sequences = TokenSequences(count: 133, length: 60, tokens: 3)
      try sampler.fill(&sequences, seed: 8, place: DrawPlace(.training), pool: pool)
      let evaluator = try #require(model.evaluator(path, precision: precision, length: 60, pool: pool))
      let values = try evaluator.prepare(sequences, for: .once).evaluate(at: point, everything)
      return [values.loss] + values.gradient + values.losses + values.predictions.values
    }
    #expect(results[0] == results[1])
    #expect(results[0] == results[2])
  }

  /// Where the query looks, against the softmax that the definition says; and the second layer's attention, against
  /// the prediction that it makes.
  @Test func attentionIsWhatThePredictionIsMadeOf() throws {
    let reference = try FullCase("random")
    let model = reference.model
    let weights = FullParameters(flat: reference.parameters, model: model.definition)
    for row in 0..<reference.sequences.count {
      let x = reference.sequences[row]
      let attend = try #require(model.attention(on: x))
      let attention = attend(reference.parameters)
      var y = Array(repeating: 0.0, count: 3)
      for (key, weight) in attention.keys.enumerated() { y[Int(x[x.startIndex + key])] += weight }
      #expect(relativeError(y, Array(reference.predictions[row * 3..<row * 3 + 3])) < 1e-12)
      #expect(attention.firstLag == 0)
      for head in 0..<3 {
        let logits = weights.position[head * 3..<head * 3 + 3].map(Double.exp)
        let total = Double.exp(1e-6) + logits.reduce(0, +)
        var expected = Array(repeating: 0.0, count: 6)
        expected[0] = Double.exp(1e-6) / total
        for lag in 0..<3 { expected[head + 1 + lag] = logits[lag] / total }
        #expect(relativeError(attention.lags[head], expected) < 1e-12)
      }
    }
  }

  /// QᵀQ − KᵀK and C stand still where the gradient flows.
  @Test func gradientIsOrthogonalToWhatIsConserved() throws {
    let reference = try FullCase("random")
    let model = reference.model
    for invariant in model.invariants {
      func value(_ time: Double) -> Double {
        invariant.value(zip(reference.parameters, reference.gradient).map { $0 - time * $1 })
      }
      #expect(abs(value(1e-4) - value(-1e-4)) / 2e-4 < 1e-9, "\(invariant.name)")
    }
    #expect(model.invariants.map(\.name).first == "C" && model.invariants.count == 4)
  }

  private var everything: BatchOutputs { [.gradient, .losses, .predictions] }

  /// Sizes, variant and a point, all from the number.
  private func randomCase(_ number: Int) throws -> (FullTransformer, TokenSequences, [Double]) {
    var generator = SeededGenerator(seed: UInt64(number))
    let (tokens, heads) = (generator.integer(2...5), generator.element([1, 2, 3, 3, 4, 9]))
    let variant = Variant(
      windows: generator.element(Variant.Windows.allCases), normalization: .l2,
      keys: generator.element(Variant.Keys.allCases), featureNorm: .constant,
      coefficients: generator.element(Variant.Coefficients.allCases),
      secondLayer: generator.element(Variant.SecondLayer.allCases))
    let definition = try ModelDefinition(
      tokens: tokens, window: generator.integer(1...3), heads: heads,
      degree: generator.integer(1...min(3, heads)), variant: variant)
    let loss = Loss(criterion: generator.element(Loss.Criterion.allCases), epsilon: 2)
    let model = FullTransformer(definition, loss: loss)
    let length = max(model.shortestSequence, generator.integer(2...40))
    let sequences = try TokenSequences(
      randomSequences(count: 9, length: length, tokens: tokens, using: &generator), tokens: tokens)
    // Every fourth case has logits far apart.
    let width = number % 4 == 3 ? 12.0 : 1.0
    let point = model.space.names.map { name in
      name.hasPrefix("Q") || name.hasPrefix("K")
        ? generator.number(-width...width) : generator.number(-1.2...1.2)
    }
    return (model, sequences, point)
  }
}

/// A file of Benchmarks/full/cases.py.
struct FullCase {
  let model: FullTransformer
  let sequences: TokenSequences
  let parameters: [Double]
  let loss: Double
  let gradient: [Double]
  /// [sequence][token].
  let predictions: [Double]

  private struct Numbers: Decodable {
    let position: [[Double]]
    let query: [[[Double]]]
    let key: [[[Double]]]
    let value: [[[Double]]]
    let gain: [Double]
    let bias: [Double]
    let coefficients: [String: Double]
    let scale: Double

    func flat(_ definition: ModelDefinition) -> [Double] {
      let matrices = [
        position, query.flatMap { $0 }, key.flatMap { $0 }, value.flatMap { $0 }, [gain, bias],
      ]
      return matrices.flatMap { $0.flatMap { $0 } }
        + definition.sets.map { coefficients["[\($0.label)]"] ?? .nan } + [scale]
    }
  }

  private struct File: Decodable {
    let tokens: Int
    let heads: Int
    let window: Int
    let degree: Int
    let criterion: String
    let epsilon: Double
    let parameters: Numbers
    let sequences: [[Int]]
    let loss: Double
    let gradient: Numbers
    let prediction: [[Double]]
  }

  init(_ name: String) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("FullCases/\(name).json")
    let file = try JSONDecoder().decode(File.self, from: Data(contentsOf: folder))
    let definition = try ModelDefinition(
      tokens: file.tokens, window: file.window, heads: file.heads, degree: file.degree,
      variant: .referenceCode)
    let criterion = try #require(Loss.Criterion(rawValue: file.criterion))
    model = FullTransformer(definition, loss: Loss(criterion: criterion, epsilon: file.epsilon))
    sequences = try TokenSequences(file.sequences, tokens: file.tokens)
    parameters = file.parameters.flat(definition)
    loss = file.loss
    gradient = file.gradient.flat(definition)
    predictions = file.prediction.flatMap { $0 }
  }
}
