import InductionModel
import MarkovChains
import Transformer

/// The training of one configuration, resolved: what all its seeds share, and the setup of each.
public struct TrainingExperiment: Sendable {
  public let experiment: Experiment
  public let training: TrainingConfiguration
  /// With the loss of training.
  public let model: any TrainableModel
  public let loss: Loss
  /// The same for every seed.
  public let heldOut: TokenSequences
  /// S* and its gap; nil where no stage asks for it and the laws of windows would be large.
  public let selected: SelectedSet?
  private let data: Data

  /// `training.data` with its file read, or with what it is drawn by.
  private enum Data: Sendable {
    case fresh(ChainSampler, batch: Int)
    case fixed(ChainSampler, count: Int, batch: Int)
    case read(TokenSequences, batch: Int)
  }

  /// Reads files, checks sizes and draws the held-out sequences.
  ///
  /// - Throws: `ConfigurationError`; `SamplerError`, `ChainError` where the source cannot be sampled.
  public init(_ experiment: Experiment, threads: Int) throws {
    let training = try experiment.configuration.trainingSection
    self.experiment = experiment
    self.training = training
    var loss = experiment.configuration.loss
    if let epsilon = training.epsilon { loss.epsilon = epsilon }
    self.loss = loss
    model = experiment.configuration.architecture.definition.model(experiment.model, loss: loss)
    try experiment.checkSizes(training)
    data =
      switch training.data.sequences {
      case .fresh(let batch):
        .fresh(
          try experiment.sampler(training.data.kernels, context: training.context), batch: batch)
      case .fixed(let count, let batch):
        .fixed(
          try experiment.sampler(training.data.kernels, context: training.context), count: count, batch: batch
        )
      case .file(let file, let batch):
        try {
          let sequences = try experiment.sequences(file, of: training, batch: batch)
          return .read(sequences, batch: batch ?? sequences.count)
        }()
      }
    heldOut = try experiment.heldOut(of: training)
    selected =
      try training.needsSelectedSet
      ? experiment.selectedSet(threads: threads) : experiment.selectedSet(worth: .line, threads: threads)
  }

  /// The run of one seed.
  ///
  /// - Throws: `ConfigurationError`, `OptimizerError`.
  public func setup(seed: Int) throws -> TrainingSetup {
    TrainingSetup(
      model: model, start: experiment.trainingStart, data: try data(seed: seed), heldOut: heldOut,
      optimizer: try training.optimizer.resolved(),
      stages: training.stages.map { $0.resolved(mostInformative: HeadSet(selected?.set.members ?? [])) },
      measure: StepGrid(training.measure), checkpoints: StepGrid(training.checkpoints), seed: UInt64(seed),
      precision: training.precision == .float ? .float : .double)
  }

  func data(seed: Int) throws -> Transformer.TrainingData {
    let length = training.context + 1
    switch data {
    case .fresh(let sampler, let batch): return .fresh(sampler, batch: batch, length: length)
    case .fixed(let sampler, let count, let batch):
      // The set that the theory draws for this seed at finite context.
      let drawn = try sampler.sample(
        count: count, length: length, seed: UInt64(seed), place: DrawPlace(.training))
      return .fixed(drawn, batch: batch)
    case .read(let sequences, let batch): return .fixed(sequences, batch: batch)
    }
  }
}

extension Configuration {
  /// - Throws: `ConfigurationError` where there is none.
  var trainingSection: TrainingConfiguration {
    get throws {
      guard let training else {
        throw ConfigurationError(
          .missingKey, at: .configuration, keyPath: "training", found: "nothing",
          allowed: "a section that says how to train", suggestion: "--set training={} takes all its defaults")
      }
      return training
    }
  }
}
