import Foundation
import InductionModel
import SymbolicTensors
import Transformer

/// A model at the end of a run.
struct MeasuredModel {
  /// `model seed 1`, `flow`, `one-head seed 2`.
  let name: String
  /// What is left of the model; nil for the whole.
  let ablation: Ablation?
  let experiment: Experiment
  let parameters: [Double]

  var predictor: Predictor { .model(name, experiment.trainable, at: parameters) }
}

/// The runs whose models are measured: trained for it, or read.
struct MeasuredRuns {
  /// One training for the whole model and for each ablation.
  struct Training {
    let ablation: Ablation?
    let task: TrainingTask

    /// Of its folder and its models.
    var name: String { ablation?.rawValue ?? "model" }
  }

  let trainings: [Training]
  private let read: [MeasuredModel]

  /// Of the run that is read; nil without one.
  let content: String?
  /// Ablations of parts that the model does not have.
  let absent: [Ablation]

  /// Reads and checks everything.
  ///
  /// - Throws: `ConfigurationError`, `RunFolderError`.
  init(_ experiment: Experiment, _ request: BaselinesRequest, threads: Int) throws {
    let configuration = experiment.configuration
    let read = try request.run.map { try Self.models(of: $0, experiment) } ?? []
    self.read = read
    content = request.run.map { _ in
      SHA256.hash(
        read.map { "\($0.name) \($0.experiment.trainable.identity) \($0.parameters)" }.joined().utf8)
    }
    var trainings: [Training] = []
    if request.run == nil, configuration.training != nil {
      trainings.append(Training(ablation: nil, task: try TrainingTask(experiment, threads: threads)))
    }
    var absent: [Ablation] = []
    for ablation in configuration.training == nil ? [] : request.ablations ?? Ablation.allCases {
      guard let left = try ablation.configuration(of: configuration) else {
        absent.append(ablation)
        continue
      }
      let task = try TrainingTask(experiment.with(left), threads: threads)
      trainings.append(Training(ablation: ablation, task: task))
    }
    self.absent = absent
    self.trainings = trainings
  }

  /// The models at the ends of the runs in a folder.
  private static func models(of path: String, _ experiment: Experiment) throws -> [MeasuredModel] {
    let folder = try RunFolder(of: path)
    let stored = try StoredManifest(folder)
    let seeds =
      stored.kind == .training
      ? try Configuration(contentsOf: folder[.configuration]).training?.seeds ?? [] : []
    let places = seeds.isEmpty ? [path] : seeds.map { folder.seed($0) }
    return try places.map { place in
      let point = try RunPoint(place)
      let other = point.experiment.source.tokens
      guard other == experiment.source.tokens else {
        throw ConfigurationError(
          .conflict, at: .file(folder[.configuration], line: nil), keyPath: "source.tokens",
          found: "\(other)",
          allowed: "\(experiment.source.tokens), the tokens of the configuration")
      }
      let seed = stored.kind == .flow ? nil : point.experiment.configuration.training?.seeds.first
      return MeasuredModel(
        name: seed.map { "model seed \($0)" } ?? "flow", ablation: nil, experiment: point.experiment,
        parameters: point.parameters)
    }
  }

  /// Trains what has to be trained.
  ///
  /// - Returns: the whole models first.
  /// - Throws: `RunFailure`.
  func models(in folder: RunFolder, _ observers: RunObservers) throws -> [MeasuredModel] {
    let shares = ProgressShares(count: trainings.count, observers)
    return try read
      + trainings.enumerated().flatMap { index, training in
        let place = "\(folder.path)/\(Self.folder)/\(training.name)"
        let summaries = try training.task.run(at: place, .keep, shares.part(index, training.name))
        return summaries.map { summary in
          MeasuredModel(
            name: "\(training.name) seed \(summary.seed)", ablation: training.ablation,
            experiment: training.task.training.experiment, parameters: summary.selection.point)
        }
      }
  }

  /// Of the trainings in the folder of baselines.
  static let folder = "models"

  /// Whose memory is checked before anything is drawn.
  var experiments: [Experiment] { read.map(\.experiment) + trainings.map(\.task.training.experiment) }
}
