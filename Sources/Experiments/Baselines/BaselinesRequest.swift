import Foundation

/// What `inflow baselines` is asked for beside its configuration.
public struct BaselinesRequest: Hashable, Sendable {
  /// The folder of a run whose models are measured, instead of training the whole model anew.
  public var run: String?
  /// Lengths L; nil for that of training and those of 10, 30, 100, 300 and 1000 that have a key.
  public var contexts: [Int]?
  /// Fresh sequences for each length, and their seed.
  public var sequences = 4096
  public var seed = 17
  /// nil for all that the model has the parts of.
  public var ablations: [Ablation]?

  public init() {}
}

/// As `request` in the manifest.
extension BaselinesRequest {
  var json: JSON {
    .object([
      "run": run.map { .string(URL(fileURLWithPath: $0).standardizedFileURL.path) } ?? .null,
      "lengths": contexts.map { .array($0.map { .integer($0) }) } ?? .null,
      "sequences": .integer(sequences), "seed": .integer(seed),
      "ablations": ablations.map { .array($0.map { .string($0.rawValue) }) } ?? .null,
    ])
  }

  /// Without the place of the run, which counts by its parameters.
  func identity(run content: String?) -> JSON {
    var request = self
    request.run = nil
    return .object(["request": request.json, "run": content.map { .string($0) } ?? .null])
  }

  /// nil for a JSON that is none.
  init?(_ json: JSON) {
    self.init()
    guard let sequences = json["sequences"]?.whole, let seed = json["seed"]?.whole else { return nil }
    (self.sequences, self.seed) = (sequences, seed)
    run = json["run"]?.word
    if case .array(let lengths)? = json["lengths"] { contexts = lengths.compactMap(\.whole) }
    if case .array(let names)? = json["ablations"] {
      ablations = names.compactMap { $0.word.flatMap(Ablation.init) }
    }
  }
}
