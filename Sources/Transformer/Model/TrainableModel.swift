import InductionModel
import MarkovChains
import ParameterSpaces

/// What optimizers, sampling, measurements and checkpoints know of a model.
///
/// Its trainable numbers are one flat arena of doubles, in the order of its parameter space.
public protocol TrainableModel: Sendable {
  /// Kind, sizes, variant and loss in one line; a checkpoint of another model is refused by it.
  var identity: String { get }
  /// Blocks with the names that tables write. The blocks of a group are neighbours.
  var space: ParameterSpace { get }
  /// Numbers derived from the parameters that a run records, under the names that tables write: shares, attention weights.
  var observables: [Observable] { get }
  /// What the gradient flow conserves; its drift says how far a run with finite steps is from the flow.
  var invariants: [Observable] { get }
  /// The sets of lags for which the attention on matching positions is measured.
  var matchingSets: [HeadSet] { get }
  /// d: tokens are 0..<d.
  var tokens: Int { get }
  /// The fewest tokens, L + 1, that a sequence may have.
  var shortestSequence: Int { get }

  /// A place to evaluate batches: holds the workspace of `pool`'s threads.
  func evaluator(precision: Precision, pool: WorkerPool) -> any BatchEvaluator
  /// How the two layers attend on one sequence, as a function of the arena; nil for a model that has no attention. For
  /// measurements.
  func attention(on sequence: ArraySlice<UInt16>)
    -> (@Sendable (_ parameters: [Double]) -> SequenceAttention)?
  /// About the bytes that the evaluation of so many sequences of `length` tokens takes, the tokens included.
  func memory(count: Int, length: Int, use: BatchUse) -> Double
}

extension TrainableModel {
  public var observables: [Observable] { [] }
  public var invariants: [Observable] { [] }
  public var matchingSets: [HeadSet] { [] }
  public var parameterCount: Int { space.count }

  public func attention(on sequence: ArraySlice<UInt16>)
    -> (@Sendable (_ parameters: [Double]) -> SequenceAttention)?
  { nil }

  /// - Throws: `SequenceError` or `ModelMismatch` when there is no sequence or the model cannot take them.
  public func check(_ sequences: TokenSequences) throws {
    guard sequences.count > 0 else { throw SequenceError.empty }
    guard sequences.tokens <= tokens else {
      throw ModelMismatch.alphabet(sequences: sequences.tokens, model: tokens)
    }
    guard sequences.length >= shortestSequence else {
      throw SequenceError.tooShort(sequence: 0, length: sequences.length, required: shortestSequence)
    }
  }
}

/// Makes batches ready to be evaluated. Belongs to one thread, and spreads its work over its pool.
///
/// What is prepared gives the loss, its gradient, the losses and the predictions of all sequences from one pass.
public protocol BatchEvaluator: AnyObject {
  /// - Throws: `SequenceError`, `ModelMismatch` when there is no sequence or the model cannot take them.
  func prepare(_ sequences: TokenSequences, for use: BatchUse) throws -> PreparedBatch
}

/// A number computed from the arena.
public struct Observable: Sendable {
  public let name: String
  public let value: @Sendable (_ parameters: [Double]) -> Double

  public init(_ name: String, _ value: @escaping @Sendable (_ parameters: [Double]) -> Double) {
    self.name = name
    self.value = value
  }
}

/// How the model attends on one sequence of L + 1 tokens.
public struct SequenceAttention: Sendable {
  /// Second layer, from the query at position L + 1 to positions 1...L; 0 where a position is no key.
  public var keys: [Double]
  /// First layer, from the query, [head][lag].
  public var lags: [[Double]]
  /// The lag of the first number of each row: 0 where a position attends to itself.
  public var firstLag: Int

  public init(keys: [Double], lags: [[Double]], firstLag: Int = 1) {
    self.keys = keys
    self.lags = lags
    self.firstLag = firstLag
  }
}
