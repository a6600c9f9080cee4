import InductionModel
import MarkovChains
import ParameterSpaces

/// What optimizers, sampling, measurements and checkpoints know of a model.
///
/// Its trainable numbers are one flat arena of doubles, in the order of its parameter space.
public protocol TrainableModel: Sendable {
  /// Kind, sizes, variant and loss in one line; a checkpoint of another model is refused by it.
  var identity: String { get }
  var space: ParameterSpace { get }
  /// Numbers derived from the parameters that a run records: shares, attention weights.
  var observables: [Observable] { get }
  /// What the gradient flow conserves; its drift says how far a run with finite steps is from the flow.
  var invariants: [Observable] { get }
  /// The sets of lags for which the attention on matching positions is measured.
  var matchingSets: [HeadSet] { get }

  /// - Throws: `SequenceError` when there is none or the model cannot take them.
  func check(_ sequences: TokenSequences) throws
  /// A place to evaluate batches: holds the workspace of `pool`'s threads.
  func evaluator(precision: Precision, pool: WorkerPool) -> any BatchEvaluator
  /// How the two layers attend on one sequence, as a function of the arena. For measurements.
  func attention(on sequence: ArraySlice<UInt16>)
    -> @Sendable (_ parameters: [Double]) -> SequenceAttention
}

extension TrainableModel {
  public var parameterCount: Int { space.count }
  /// The groups as tensors: what a stage lists under `train`, and the tensors of an export.
  public var blocks: [ParameterStack] { space.stacks }
}

/// Makes batches ready to be evaluated. Belongs to one thread, and spreads its work over its pool.
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
  /// First layer, from the query, [head][lag 1...W].
  public var lags: [[Double]]

  public init(keys: [Double], lags: [[Double]]) {
    self.keys = keys
    self.lags = lags
  }
}
