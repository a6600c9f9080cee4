import Foundation
import InductionModel
import Numerics
import SymbolicTensors

/// The finite-context loss over a set of sequences, each with a weight, and its derived gradient. Sequences
/// are taken in batches, so memory does not grow with their number.
public final class FiniteContextLoss: LossFunction {
  public let model: ModelDefinition
  /// L.
  public let context: Int
  private let loss: Loss
  let expressions: FiniteContext
  private let planned: PlannedLoss
  let sequences: [[Int]]
  private let weights: [Double]
  let batch: Int
  /// The first sequence of the batch that each plan has bound.
  private var bound: [ObjectIdentifier: Int] = [:]

  /// - Parameters:
  ///   - sequences: x_1...x_{L+1}, all of one length.
  ///   - weights: of each sequence in the mean; by default all the same.
  /// - Throws: `TheoryError` for a sequence that the model cannot read.
  public init(
    model: ModelDefinition, loss: Loss, sequences: [[Int]], weights: [Double]? = nil, threads: Int = 1,
    memoryLimit: Int = .max
  ) throws {
    guard let first = sequences.first else { throw TheoryError.noSequences }
    try Self.check(sequences, model: model)
    self.model = model
    self.loss = loss
    self.sequences = sequences
    self.weights = weights ?? Array(repeating: 1 / Double(sequences.count), count: sequences.count)
    context = first.count - 1
    batch = Self.batchSize(model: model, context: context, count: sequences.count)
    expressions = FiniteContext(model: model, loss: loss, context: context, batch: batch)
    planned = try PlannedLoss(
      expressions.loss, model: expressions.model, lag: expressions.lag,
      coefficients: expressions.coefficients, threads: threads, memoryLimit: memoryLimit)
  }

  private static func check(_ sequences: [[Int]], model: ModelDefinition) throws {
    let length = sequences[0].count
    let shortest = ContextLayout.shortest(model) + 1
    guard length >= shortest else { throw TheoryError.shortSequence(length: length, shortest: shortest) }
    for (row, sequence) in sequences.enumerated() {
      guard sequence.count == length else {
        throw TheoryError.unequalSequences(length: sequence.count, expected: length, position: row)
      }
      if let wrong = sequence.firstIndex(where: { !(0..<model.tokens).contains($0) }) {
        throw TheoryError.token(
          sequence[wrong], sequence: row, position: wrong, tokens: model.tokens)
      }
    }
  }

  /// One-hot tensors of some 16 million numbers.
  private static func batchSize(model: ModelDefinition, context: Int, count: Int) -> Int {
    let heads = model.variant.windows == .shifted ? model.heads : 1
    let perSequence = context * model.tokens * (model.window * heads + 2 * model.heads + 1)
    return max(1, min(count, 16_000_000 / max(1, perSequence)))
  }

  public func gradient(_ parameters: [Double], into gradient: inout [Double]) {
    for position in gradient.indices { gradient[position] = 0 }
    forEachBatch { prepare in
      planned.gradient(parameters, addingTo: &gradient, prepare: prepare)
    }
  }

  public func value(_ parameters: [Double]) throws -> Double {
    var total = 0.0
    try forEachBatch { prepare in total += try planned.value(parameters, prepare: prepare) }
    return total
  }

  public func hessianProduct(
    _ parameters: [Double], along direction: [Double], product: inout [Double]
  ) throws {
    for position in product.indices { product[position] = 0 }
    try forEachBatch { prepare in
      try planned.hessianProduct(parameters, along: direction, addingTo: &product, prepare: prepare)
    }
  }

  /// y, a row of d numbers per sequence.
  ///
  /// - Throws: `TheoryError.tooLarge`.
  public func prediction(_ parameters: Parameters) throws -> [[Double]] {
    let plan = try PlannedLoss.translatingErrors {
      try Plan([expressions.prediction], coefficients: expressions.coefficients)
    }
    expressions.model.bind(parameters.flat, to: plan)
    var rows: [[Double]] = []
    for first in stride(from: 0, to: sequences.count, by: batch) {
      bind(first, to: plan)
      plan.run()
      let values = plan.output(0)
      for row in 0..<min(batch, sequences.count - first) {
        rows.append(Array(values[row * model.tokens..<(row + 1) * model.tokens]))
      }
    }
    return rows
  }

  public var provenSums: [ConservedSum] { planned.conservedSums }

  public func explainNonFinite(_ parameters: Parameters) -> TheoryError {
    guard loss.criterion == .crossEntropy else { return .notFinite }
    return model.variant.secondLayer == .linear
      ? .negativePrediction(epsilon: loss.epsilon) : .infiniteLoss(epsilon: loss.epsilon)
  }

  // MARK: Batches

  private func forEachBatch(_ body: ((Plan) -> Void) throws -> Void) rethrows {
    for first in stride(from: 0, to: sequences.count, by: batch) {
      try body { plan in
        // A single batch stays bound from one evaluation to the next.
        guard bound[ObjectIdentifier(plan)] != first else { return }
        bind(first, to: plan)
        bound[ObjectIdentifier(plan)] = first
      }
    }
  }

  /// Binds the sequences from `first` on.
  private func bind(_ first: Int, to plan: Plan) {
    for (symbol, values) in numbers(ofBatch: first) { plan.set(symbol, to: values) }
  }

  /// One-hot tensors of the sequences from `first` on; the last batch is filled up with copies of weight 0.
  func numbers(ofBatch first: Int) -> [Symbol: [Double]] {
    let rows = (0..<batch).map { first + $0 < sequences.count ? first + $0 : first }
    let (d, keys) = (model.tokens, expressions.layout.keys)
    var targets = [Double](repeating: 0, count: batch * d)
    var values = [Double](repeating: 0, count: batch * d * keys.count)
    for (slot, row) in rows.enumerated() {
      targets[slot * d + sequences[row][context]] = 1
      for (position, key) in keys.enumerated() {
        values[(slot * d + sequences[row][key - 1]) * keys.count + position] = 1
      }
    }
    var numbers = [
      expressions.targets: targets, expressions.contextTokens: values,
      expressions.weights: (0..<batch).map { first + $0 < weights.count ? weights[first + $0] : 0 },
    ]
    for head in 1...(model.variant.windows == .shifted ? model.heads : 1) {
      let tokens = windowTokens(ofHead: head, rows)
      numbers[expressions.keyTokens[head - 1]] = tokens.keys
      numbers[expressions.queryTokens[head - 1]] = tokens.query
    }
    return numbers
  }

  /// The one-hot token at each lag of a head, for every key and for the query; zero where there is none.
  private func windowTokens(ofHead head: Int, _ rows: [Int]) -> (keys: [Double], query: [Double]) {
    let (d, keys, lags) = (model.tokens, expressions.layout.keys, model.lags(ofHead: head))
    var atKeys = [Double](repeating: 0, count: lags.count * batch * d * keys.count)
    var atQuery = [Double](repeating: 0, count: lags.count * batch * d)
    for (j, lag) in lags.enumerated() {
      for (slot, row) in rows.enumerated() {
        let sequence = sequences[row]
        let block = (j * batch + slot) * d
        if context + 1 - lag >= 1 { atQuery[block + sequence[context - lag]] = 1 }
        for (position, key) in keys.enumerated() where key - lag >= 1 {
          atKeys[(block + sequence[key - lag - 1]) * keys.count + position] = 1
        }
      }
    }
    return (atKeys, atQuery)
  }

  /// The loss expression of the first batch evaluated directly in another precision.
  package func directValue<Scalar: Real>(_ parameters: [Scalar]) -> Scalar {
    let numbers = expressions.coefficients.merging(numbers(ofBatch: 0)) { $1 }
    return expressions.model.directValue(
      expressions.loss, parameters, coefficients: numbers.mapValues { $0.map(Scalar.init) })
  }
}
