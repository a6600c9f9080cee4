/// A computation that fills a run folder: a value that is prepared once, checked by being prepared, and run as prepared.
public protocol RunTask {
  associatedtype Summary
  /// What its folder is found by.
  var identity: RunIdentity { get }
  /// Fills the folder, or goes on in it to the same bits; a run that is done is only read.
  ///
  /// - Throws: `RunFailure` after the last good state has been saved; `RunFolderError` for a folder that is not as the
  ///   run left it.
  func run(in claim: RunClaim, _ observers: RunObservers) throws -> Summary
}

extension RunTask {
  /// Claims the folder and fills it. Nothing is touched before the task is prepared.
  ///
  /// - Throws: `RunFolderError` where the folder is another run's, or another process writes it; as `run(in:)`.
  public func run(
    at path: String, _ existing: RunClaim.Existing = .keep, _ observers: RunObservers = RunObservers()
  ) throws -> Summary {
    let claim = try RunClaim(path, of: identity, existing, observers.durability)
    defer { claim.release() }
    return try run(in: claim, observers)
  }
}

/// What the caller sees of a run while it lasts, and says to it. Any thread may call.
public struct RunObservers: Sendable {
  public var progress: @Sendable (RunProgress) -> Void
  /// Asked after every step.
  public var isInterrupted: @Sendable () -> Bool
  /// When the disk has what the run writes.
  public var durability: Durability

  public init(
    progress: @escaping @Sendable (RunProgress) -> Void = { _ in },
    isInterrupted: @escaping @Sendable () -> Bool = { false }, durability: Durability = .forced
  ) {
    self.progress = progress
    self.isInterrupted = isInterrupted
    self.durability = durability
  }

  /// Those of a part of the run, whose progress bears its name.
  func part(_ name: String) -> RunObservers {
    RunObservers(
      progress: { [progress] inner in
        progress(RunProgress(fraction: inner.fraction) { "\(name)  \(inner.place())" })
      }, isInterrupted: isInterrupted, durability: durability)
  }
}

/// How far a run has come.
public struct RunProgress {
  /// From 0 to 1.
  public let fraction: Double
  /// Where it is, for people; asked only when it is shown.
  public let place: () -> String

  init(fraction: Double, _ place: @escaping () -> String) {
    self.fraction = fraction
    self.place = place
  }
}
