/// A computation that ended early; what it had is saved.
public struct RunFailure: Error, CustomStringConvertible {
  public enum Cause: Sendable {
    case failure
    /// The user's wish.
    case interruption
    /// What is around the run, such as a disk that is full: it can be gone on with.
    case surroundings
  }

  public let cause: Cause
  /// What happened, where, and what to try.
  public let description: String

  public init(_ cause: Cause, _ description: String) {
    self.cause = cause
    self.description = description
  }

  public var isInterruption: Bool { cause == .interruption }

  static func interruption(at place: String, in folder: RunFolder) -> RunFailure {
    RunFailure(
      .interruption,
      "interrupted at \(place); the run so far is in \(folder.path); inflow resume goes on with it")
  }

  /// A folder that could be written when the run began: this is no bad input.
  init(_ error: RunFolderError) { self.init(.surroundings, error.description) }

  /// What a manifest says of a run that an error has ended.
  static func status(after error: any Error) -> Manifest.Status {
    switch (error as? RunFailure)?.cause {
    case .interruption, .surroundings: .interrupted
    case .failure, nil: .failed
    }
  }

  static func message(of error: any Error) -> String {
    InputError.describing(error) ?? ComputationError.describing(error) ?? "\(error)"
  }
}
