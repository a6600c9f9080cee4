import Foundation
import Theory

/// What a comparison is asked for beside its configuration.
public struct ComparisonRequest: Hashable, Sendable {
  /// nil for the configuration's own.
  public var levels: [TheoryLevel]?
  /// A folder of `inflow train` to read instead of training anew.
  public var training: String?
  /// Other lengths L at which the limit is measured; nil for those of 30, 100, 300 and 1000 that have a key.
  public var contexts: [Int]?
  /// Fresh sequences for each length, and their seed.
  public var sequences = 2048
  public var seed = 7
  /// Whether every arrow of the ladder is measured too.
  public var measuresLadder = false
  public var thresholds = LimitThresholds()

  public init() {}
}

/// As `request` in the manifest of a comparison.
extension ComparisonRequest {
  var json: JSON {
    .object([
      "levels": .list(levels) { .string($0.rawValue) },
      "training": training.map { .string(URL(fileURLWithPath: $0).standardizedFileURL.path) } ?? .null,
      "lengths": .list(contexts) { .integer($0) }, "sequences": .integer(sequences),
      "seed": .integer(seed), "ladder": .boolean(measuresLadder), "thresholds": thresholds.json,
    ])
  }

  /// Without the place of the training, which counts by what it is found by.
  func identity(training content: String?) -> JSON {
    var request = self
    request.training = nil
    return .object([
      "request": request.json, "training": content.map { .string($0) } ?? .null,
    ])
  }

  /// nil for a JSON that is none.
  init?(_ json: JSON) {
    self.init()
    guard case .object = json else { return nil }
    if case .array(let names)? = json["levels"] {
      levels = names.compactMap { name in name.word.flatMap(TheoryLevel.init) }
    }
    if case .array(let lengths)? = json["lengths"] { contexts = lengths.compactMap(\.whole) }
    training = json["training"]?.word
    guard let sequences = json["sequences"]?.whole, let seed = json["seed"]?.whole,
      case .boolean(let ladder)? = json["ladder"], let thresholds = json["thresholds"]
    else { return nil }
    (self.sequences, self.seed, measuresLadder) = (sequences, seed, ladder)
    guard let read = LimitThresholds(thresholds) else { return nil }
    self.thresholds = read
  }
}

extension JSON {
  fileprivate static func list<Value>(_ values: [Value]?, _ member: (Value) -> JSON) -> JSON {
    values.map { .array($0.map(member)) } ?? .null
  }
}
