/// What a run folder holds. The raw value stands as `command` in manifests.
public enum RunKind: String, Codable, Sendable {
  case flow = "integrate"
  /// Of all seeds; each has a folder of its own in it.
  case training = "train"
  /// The training of one seed.
  case seed = "train-seed"
  case comparison = "compare"
  case baselines
  /// Flow and training of one cell of a map.
  case duel = "map-cell"
}

/// What a run is found again by: runs of one identity come to the same files.
public struct RunIdentity: Hashable, Sendable {
  public let kind: RunKind
  /// SHA-256 of what the run means: names and paths are no part of it, inputs count by their content.
  public let content: String
  /// Of the shorter run that this one goes on with; nil where it is none's extension.
  public var predecessor: String?

  public init(_ kind: RunKind, content: String, predecessor: String? = nil) {
    self.kind = kind
    self.content = content
    self.predecessor = predecessor
  }
}
