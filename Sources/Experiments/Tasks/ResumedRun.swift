import Foundation

/// The task of a run folder, read from the folder alone.
public struct ResumedRun {
  public enum Task {
    case flow(FlowTask)
    case training(TrainingTask)
    case seed(SeedTask)
    case comparison(Comparison)
    case baselines(Baselines)
    case duel(Duel)
  }

  public let task: Task

  /// - Parameter overrides: what makes the run longer.
  /// - Throws: `RunFolderError` for a folder that holds no run, or one that is not as it was left; `ConfigurationError` for
  ///   changes that make another run of it.
  public init(_ path: String, _ overrides: [Override] = [], threads: Int) throws {
    let folder = try RunFolder(of: path)
    let stored = try StoredManifest(folder)
    guard let kind = stored.kind else {
      throw RunFolderError.notResumable(path, command: stored.command)
    }
    var configuration = try Configuration(contentsOf: folder[.configuration])
    let hasRequest = [.comparison, .baselines].contains(kind)
    if !hasRequest { try stored.check(configuration.identity(of: kind).content, in: folder) }
    var shorter: Configuration?
    if !overrides.isEmpty {
      guard [.flow, .training, .seed].contains(kind) else {
        throw ConfigurationError(
          .conflict, at: .override(overrides[0].text), keyPath: "",
          found: "a run of inflow \(stored.command)",
          allowed: "a run of integrate or train, which can be made longer")
      }
      shorter = configuration
      configuration = try Configuration(extending: configuration, by: overrides, in: folder)
    }
    let experiment = try Experiment(configuration)
    task =
      switch kind {
      case .flow: .flow(try FlowTask(experiment, extending: shorter, threads: threads))
      case .training: .training(try TrainingTask(experiment, extending: shorter, threads: threads))
      case .seed:
        .seed(
          try SeedTask(
            TrainingExperiment(experiment, threads: threads), seed: configuration.training?.seeds.first ?? 0,
            extending: shorter, threads: threads))
      case .comparison:
        .comparison(
          try Comparison(experiment, Self.request(folder, ComparisonRequest.init), threads: threads))
      case .baselines:
        .baselines(try Baselines(experiment, Self.request(folder, BaselinesRequest.init), threads: threads))
      case .duel: .duel(try Duel(experiment, threads: threads))
      }
  }

  /// What the run was asked for beside its configuration.
  private static func request<Request>(_ folder: RunFolder, _ read: (JSON) -> Request?) throws -> Request {
    guard let json = try? JSON(parsing: folder.read(.manifest)), let member = json["request"],
      let request = read(member)
    else { throw RunFolderError.damaged(folder[.manifest], problem: "no request of a run") }
    return request
  }
}
