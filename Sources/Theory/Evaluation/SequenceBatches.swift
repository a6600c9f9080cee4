import Flows
import InductionModel
import SymbolicTensors

/// Sequences as the one-hot tensors of a finite-context loss, in batches that fit in memory.
///
/// A plan keeps the tensors that it was last given: the next batch takes back the ones of that batch and sets its own, so
/// that nothing of the tensors' size is written.
final class SequenceBatches: PlannedBatches {
  let sequences: [[Int]]
  let weights: [Double]
  private let expressions: FiniteContext
  /// Sequences of a batch; the last may have fewer.
  private let size: Int
  /// The batch that each plan has.
  private var bound: [ObjectIdentifier: Int] = [:]

  /// Numbers in the one-hot tensors of a batch, few enough to stay in a processor's cache: a gradient at L = 1000 takes
  /// 98 µs of processor time a sequence with 500,000, 115 µs with a million and 175 µs with 16 million.
  private static let mostNumbers = 500_000

  /// Numbers in the one-hot tensors of a sequence.
  static func numbers(model: ModelDefinition, layout: ContextLayout) -> Int {
    let heads = model.variant.windows == .shifted ? model.heads : 1
    return layout.context * model.tokens * (model.window * heads + 2 * model.heads + 1)
  }

  /// Sequences of a batch: all batches are about as long, and do not depend on the number of threads.
  static func size(model: ModelDefinition, layout: ContextLayout, count: Int) -> Int {
    let most = max(1, min(count, mostNumbers / max(1, numbers(model: model, layout: layout))))
    let batches = (count + most - 1) / most
    return (count + batches - 1) / batches
  }

  /// - Parameter weights: of each sequence in the mean; by default all the same.
  init(_ expressions: FiniteContext, sequences: [[Int]], weights: [Double]?) {
    self.expressions = expressions
    self.sequences = sequences
    self.weights = weights ?? Array(repeating: 1 / Double(sequences.count), count: sequences.count)
    size = expressions.sequence.extent
  }

  var count: Int { (sequences.count + size - 1) / size }

  /// The sequences of a batch.
  func rows(_ batch: Int) -> Range<Int> { batch * size..<min((batch + 1) * size, sequences.count) }

  func bind(_ batch: Int, to plan: Plan) {
    let last = bound.updateValue(batch, forKey: ObjectIdentifier(plan))
    guard last != batch else { return }
    for (symbol, entries) in oneHot {
      plan.update(symbol) { numbers in
        if let last { entries(last) { numbers[$0] = 0 } }
        entries(batch) { numbers[$0] = 1 }
      }
    }
    plan.set(expressions.weights, to: weights(of: batch))
  }

  /// The numbers of all symbols of a batch.
  func numbers(of batch: Int) -> [Symbol: [Double]] {
    var numbers = [expressions.weights: weights(of: batch)]
    for (symbol, entries) in oneHot {
      var values = [Double](repeating: 0, count: expressions.graph.size(of: symbol))
      entries(batch) { values[$0] = 1 }
      numbers[symbol] = values
    }
    return numbers
  }

  /// 0 behind the last sequence.
  private func weights(of batch: Int) -> [Double] {
    let rows = rows(batch)
    return weights[rows] + Array(repeating: 0, count: size - rows.count)
  }

  // MARK: One-hot tensors

  /// Visits the places of a tensor that are 1 for a batch.
  private typealias Entries = (_ batch: Int, _ visit: (Int) -> Void) -> Void

  private var oneHot: [(Symbol, Entries)] {
    let heads = expressions.model.model.variant.windows == .shifted ? expressions.keyTokens.count : 1
    return [(expressions.targets, targets), (expressions.contextTokens, contextTokens)]
      + (1...heads).flatMap { head in
        [
          (expressions.keyTokens[head - 1], { self.keyTokens(head, $0, $1) }),
          (expressions.queryTokens[head - 1], { self.queryTokens(head, $0, $1) }),
        ]
      }
  }

  private var tokens: Int { expressions.next.extent }
  private var keys: ClosedRange<Int> { expressions.layout.keys }
  private var context: Int { expressions.layout.context }

  /// Slot in the batch and sequence; the slots behind the last sequence are filled up with copies of the first.
  private func slots(_ batch: Int) -> some Sequence<(slot: Int, sequence: [Int])> {
    let rows = rows(batch)
    return (0..<size).lazy.map { [sequences] slot in
      (slot, sequences[slot < rows.count ? rows.lowerBound + slot : rows.lowerBound])
    }
  }

  /// `[sequence][token]`.
  private func targets(_ batch: Int, _ visit: (Int) -> Void) {
    for (slot, sequence) in slots(batch) { visit(slot * tokens + sequence[context]) }
  }

  /// `[sequence][token][key]`.
  private func contextTokens(_ batch: Int, _ visit: (Int) -> Void) {
    for (slot, sequence) in slots(batch) {
      for (position, key) in keys.enumerated() {
        visit((slot * tokens + sequence[key - 1]) * keys.count + position)
      }
    }
  }

  /// `[lag][sequence][token][key]`; nothing where a lag reaches before the sequence.
  private func keyTokens(_ head: Int, _ batch: Int, _ visit: (Int) -> Void) {
    for (j, lag) in expressions.model.model.lags(ofHead: head).enumerated() {
      for (slot, sequence) in slots(batch) {
        let block = (j * size + slot) * tokens
        for (position, key) in keys.enumerated() where key - lag >= 1 {
          visit((block + sequence[key - lag - 1]) * keys.count + position)
        }
      }
    }
  }

  /// `[lag][sequence][token]`.
  private func queryTokens(_ head: Int, _ batch: Int, _ visit: (Int) -> Void) {
    for (j, lag) in expressions.model.model.lags(ofHead: head).enumerated() where context + 1 - lag >= 1 {
      for (slot, sequence) in slots(batch) {
        visit((j * size + slot) * tokens + sequence[context - lag])
      }
    }
  }
}
