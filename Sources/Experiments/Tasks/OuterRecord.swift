import Foundation

/// Writes the folder of a run that consists of others: configuration and manifest at once, the rest at its end.
struct OuterRecord {
  private let claim: RunClaim
  private var manifest: Manifest

  /// - Parameter request: what the run was asked for beside the configuration.
  init(_ claim: RunClaim, _ configuration: Configuration, request: JSON? = nil, threads: Int) throws {
    self.claim = claim
    manifest = try Manifest(
      claim.identity, configuration, request: request, threads: threads, resuming: claim.stored)
    try claim.begin(manifest, try configuration.yaml())
  }

  /// What a run comes to, the files that say so, and how many steps it took.
  typealias Result<Value> = (value: Value, files: [(RunFolder.File, String)], steps: Int)

  /// Runs what fills the folder, and writes how it ended.
  mutating func fill<Value>(_ body: () throws -> Result<Value>) throws -> Value {
    do {
      let result = try body()
      (manifest.counts.accepted, manifest.counts.evaluations) = (result.steps, result.steps)
      try close(.done, nil, result.files)
      return result.value
    } catch {
      // A folder that can no longer be written is no reason to hide what happened.
      try? close(RunFailure.status(after: error), RunFailure.message(of: error), [])
      throw error
    }
  }

  private mutating func close(
    _ status: Manifest.Status, _ failure: String?, _ files: [(RunFolder.File, String)]
  ) throws {
    let contents = files.map { ($0, Data($1.utf8)) }
    manifest.status = status
    manifest.failure = failure
    manifest.wallTime = manifest.elapsed
    manifest.files = contents.map { ($0, FileProof($1)) }
    try claim.write(contents + [(.manifest, Data(manifest.json.text.utf8))])
  }
}
