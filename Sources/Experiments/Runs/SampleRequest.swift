/// What of an experiment's data is wanted.
public struct SampleRequest: Equatable, Sendable {
  public enum Origin: String, CaseIterable, Sendable {
    /// What a step of training computes its gradient on.
    case training
    /// What training measures its loss on.
    case heldOut = "held-out"
    /// What the finite-context theory averages over.
    case theory
  }

  public enum Content: Sendable {
    case sequences
    /// Those that the sequences follow: the source's list, or one for each sequence where each draws its own.
    case kernels
  }

  /// nil for training, or for theory where the configuration has no training.
  public var origin: Origin?
  public var content = Content.sequences
  /// Of training; nil for the first of `training.seeds`.
  public var seed: Int?
  /// Steps of training before the one whose sequences are wanted; nil for the first step's fresh sequences, or all fixed ones.
  public var step: Int?
  /// The first of so many; nil for those that the run uses. Sequences that are drawn do not depend on it.
  public var count: Int?

  public init() {}
}
