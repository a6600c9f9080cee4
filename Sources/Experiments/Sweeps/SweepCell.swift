import Foundation
import InductionModel
import StrictJSON

/// One cell of a sweep: a configuration, and the run folder that is found by what it means.
struct SweepCell {
  /// From 1.
  let number: Int
  let configuration: Configuration
  let identity: RunIdentity
  let folder: String
  private let work: SweepDefinition.Work
  private let request: ComparisonRequest

  /// - Parameter place: where the folders of cells are.
  /// - Throws: `ConfigurationError` for values that make no configuration, or inputs that cannot be read.
  init(_ number: Int, of definition: SweepDefinition, in place: String, _ hashes: InputHashes) throws {
    self.number = number
    (work, request) = (definition.work, definition.request)
    let configuration = try definition.configuration(ofCell: number)
    self.configuration = work == .duel ? configuration.ofDuel : configuration
    identity =
      switch work {
      case .integrate: try configuration.identity(of: .flow, hashes)
      case .train: try configuration.identity(of: .training, hashes)
      case .compare:
        try configuration.identity(of: .comparison, request: request.identity(training: nil), hashes)
      case .duel: try self.configuration.identity(of: .duel, hashes)
      }
    folder = "\(place)/\(identity.content.prefix(16))"
  }

  enum Standing: Sendable {
    case absent
    case done(RunFolder, StoredManifest)
    case failed(String)
    /// Begun, and stopped or killed.
    case unfinished
    /// By whom.
    case running(String)
  }

  /// What the cell's folder holds.
  ///
  /// - Throws: `RunFolderError` for a folder that cannot be read.
  func standing() throws -> Standing {
    guard FileManager.default.fileExists(atPath: folder) else { return .absent }
    if let holder = try Lease.holder(of: folder) { return .running(holder) }
    guard let run = try? RunFolder(of: folder), let stored = try? StoredManifest(run),
      stored.content == identity.content
    else { return .unfinished }
    switch Manifest.Status(rawValue: stored.status) {
    case .done: return .done(run, stored)
    case .failed: return .failed(stored.failure ?? "unknown")
    case .running, .interrupted, nil: return .unfinished
    }
  }

  /// Prepares the cell's task and runs it, or goes on with it; a folder that is damaged is filled anew.
  ///
  /// - Throws: `RunFailure`, `RunFolderError.inUse`, input errors.
  func run(_ existing: RunClaim.Existing, threads: Int, _ observers: RunObservers) throws {
    do {
      let experiment = try Experiment(configuration)
      switch work {
      case .integrate: try fill(FlowTask(experiment, threads: threads), existing, observers)
      case .train: try fill(TrainingTask(experiment, threads: threads), existing, observers)
      case .compare: try fill(Comparison(experiment, request, threads: threads), existing, observers)
      case .duel: try fill(Duel(experiment, threads: threads), existing, observers)
      }
    } catch let failure as RunFailure {
      throw failure
    } catch let error as RunFolderError {
      throw error
    } catch {
      try recordFailure(RunFailure.message(of: error), threads: threads)
      throw error
    }
  }

  private func fill(_ task: some RunTask, _ existing: RunClaim.Existing, _ observers: RunObservers) throws {
    do {
      _ = try task.run(at: folder, existing, observers)
    } catch RunFolderError.damaged {
      _ = try task.run(at: folder, .replace, observers)
    } catch RunFolderError.exists, RunFolderError.otherRun {
      // Half a folder, as a power cut may leave it.
      _ = try task.run(at: folder, .replace, observers)
    }
  }

  /// A cell whose task cannot be prepared leaves a folder that says why.
  private func recordFailure(_ message: String, threads: Int) throws {
    let claim = try RunClaim(folder, of: identity, .replace)
    defer { claim.release() }
    var manifest = try Manifest(identity, configuration, threads: threads)
    (manifest.status, manifest.failure) = (.failed, message)
    try claim.begin(manifest, try configuration.yaml())
  }

  /// Bytes that the cell's run takes, about.
  var memory: Int { Int(clamping: configuration.memoryOfRuns + (1 << 25)) }

  /// The summaries of a cell that is done: its own, or those of its seeds.
  ///
  /// - Throws: `RunFolderError.damaged`.
  func summaries(_ run: RunFolder, _ stored: StoredManifest) throws -> [JSON] {
    try stored.checkFiles(in: run, only: .summary)
    guard work == .train else { return [try Self.summary(run)] }
    return try (configuration.training?.seeds ?? []).map { seed in
      let folder = try RunFolder(of: run.seed(seed))
      try StoredManifest(folder).checkFiles(in: folder, only: .summary)
      return try Self.summary(folder)
    }
  }

  private static func summary(_ folder: RunFolder) throws -> JSON {
    do {
      return try JSON(parsing: folder.read(.summary))
    } catch let error as JSONError {
      throw RunFolderError.damaged(folder[.summary], problem: "\(error)")
    }
  }
}

/// A column over seeds: the mean and its standard error of numbers, or what all have in common.
struct SeedMean: Sendable {
  /// nil where there is none, or something else than numbers.
  let mean: SampleMean?
  let fields: [String]

  init(_ values: [String]) {
    let numbers = values.compactMap { Double($0) }
    guard !numbers.isEmpty, numbers.count == values.count else {
      mean = nil
      fields = [Set(values).count == 1 ? values[0] : "", ""]
      return
    }
    let mean = SampleMean(numbers)
    self.mean = mean
    fields = ["\(mean.mean)", mean.standardError.map { "\($0)" } ?? ""]
  }
}
