import InductionModel

/// The folder above the seeds': the whole configuration, its manifest, and the ends of the seeds side by side.
struct SeriesRecord {
  /// Of the seeds that are done.
  var steps = 0
  private let folder: RunFolder
  private let configuration: Configuration
  private var manifest: Manifest

  init(_ folder: RunFolder, _ configuration: Configuration, threads: Int) throws {
    self.folder = folder
    self.configuration = configuration
    let stored = folder.has(.manifest) ? try StoredManifest(folder) : nil
    try stored?.check(configuration, in: folder)
    manifest = try Manifest(command: "train", configuration, threads: threads, resuming: stored)
    try folder.write(configuration.yaml(), to: .configuration)
    try folder.write(manifest.json.text, to: .manifest)
  }

  /// `summary.json`: what the seeds that are done came to.
  func write(_ summaries: [TrainingSummary], of seeds: [Int]) throws {
    let selected = summaries.first?.selection.selected?.set
    let json = JSON.object([
      "format": .integer(Configuration.format),
      "name": .string(configuration.name),
      "complete": .boolean(summaries.count == seeds.count),
      "selected_set": .optional(selected),
      "seeds": .array(summaries.map(Self.row)),
    ])
    try folder.write(json.text, to: .summary)
  }

  private static func row(_ summary: TrainingSummary) -> JSON {
    let winner = summary.selection.shares.first
    return .object([
      "seed": .integer(summary.seed), "folder": .string("seed-\(summary.seed)"),
      "time": .number(summary.end.time), "step": .integer(summary.end.step),
      "loss": .optional(summary.loss), "a": .number(summary.selection.parameters.scale),
      "winner": .array((winner?.set.members ?? []).map { .integer($0) }), "share": .optional(winner?.share),
    ])
  }

  mutating func close(_ status: Manifest.Status, _ failure: String? = nil) throws {
    manifest.status = status
    manifest.failure = status == .failed ? failure : nil
    manifest.counts.accepted = steps
    manifest.counts.evaluations = steps
    manifest.wallTime = manifest.elapsed
    try folder.write(manifest.json.text, to: .manifest)
  }
}
