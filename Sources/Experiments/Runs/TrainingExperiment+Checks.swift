import Foundation
import InductionModel
import MarkovChains
import Transformer

/// What training needs of an experiment beside its model.
extension Experiment {
  /// Sizes that are known before anything is drawn.
  ///
  /// - Throws: `ConfigurationError` for a context without a key, or for more sequences than memory holds.
  func checkSizes(_ training: TrainingConfiguration) throws {
    let shortest = trainable.shortestSequence
    guard training.context + 1 >= shortest else {
      throw ConfigurationError(
        .outOfRange, at: .configuration, keyPath: "training.context", found: "\(training.context)",
        allowed: "at least \(shortest - 1), the shortest that the model reads",
        suggestion: "lengthen the context or lower model.window")
    }
    if training.heldOut.file == nil {
      try checkMemory(
        training.heldOut.count, training, "training.held-out.count", batch: training.heldOut.count)
    }
    switch training.data.sequences {
    case .fresh(let batch): try checkMemory(batch, training, "training.data.fresh", batch: nil)
    case .fixed(let count, let batch):
      try checkMemory(count, training, "training.data.fixed", batch: batch)
    case .file: break
    }
  }

  /// - Parameter batch: how many are evaluated at once of sequences that stay; nil for new ones.
  private func checkMemory(_ count: Int, _ training: TrainingConfiguration, _ key: String, batch: Int?) throws
  {
    let context = training.context
    let use: BatchUse = batch == count ? .many : .once
    var bytes = trainable.memory(count: batch ?? count, length: context + 1, use: use)
    if batch != nil, use == .once { bytes += 2 * Double(count) * Double(context + 1) }
    try Resources.check(
      bytes, of: key, "\(count) sequences of \(context + 1) tokens", lower: "\(key) or training.context")
  }

  /// - Throws: `SamplerError`, `ChainError`; `ConfigurationError` when the source has no prior to draw from.
  ///
  /// - Parameters:
  ///   - part: of a text.
  ///   - context: of the sequences that will be cut from one.
  func sampler(_ kernels: TrainingData.Kernels, _ part: Excerpts.Part = .trained, context: Int = 0) throws
    -> ChainSampler
  {
    switch kernels {
    case .source: return try ChainSampler(source)
    case .prior:
      if let prior = source.prior {
        return try ChainSampler(
          .prior(concentration: prior.concentration, tokens: source.tokens, parents: source.parents),
          start: source.start)
      }
    case .text:
      if let text = source.text {
        return try ChainSampler(.excerpts(text.excerpts(part, context: context)))
      }
    }
    throw ConfigurationError(
      .conflict, at: .configuration, keyPath: "training.data.kernels", found: kernels.rawValue,
      allowed: "\(kernels.rawValue) only where there is source.\(kernels.rawValue)")
  }

  /// The sequences of `training.data.file`.
  ///
  /// - Throws: `ConfigurationError` with the place in the file.
  func sequences(_ file: InputFile, of training: TrainingConfiguration, batch: Int?) throws -> TokenSequences
  {
    let sequences = try self.sequences(file, context: training.context)
    guard batch ?? 1 <= sequences.count else {
      throw ConfigurationError(
        .outOfRange, at: .configuration, keyPath: "training.data.batch", found: "\(batch ?? 0)",
        allowed: "at most \(sequences.count), the sequences of the file")
    }
    return sequences
  }

  /// The sequences that losses are measured on.
  ///
  /// - Throws: `ConfigurationError` with the place in the file; as `sampler` and its draws.
  func heldOut(of training: TrainingConfiguration) throws -> TokenSequences {
    if let file = training.heldOut.file { return try sequences(file, context: training.context) }
    return try sampler(training.data.kernels, .heldOut, context: training.context).sample(
      count: training.heldOut.count, length: training.context + 1, seed: UInt64(training.heldOut.seed),
      place: DrawPlace(.heldOut))
  }

  private func sequences(_ file: InputFile, context: Int) throws -> TokenSequences {
    let rows = try file.sequences(source.alphabet, shortest: trainable.shortestSequence)
    let length = rows.first?.count ?? 0
    guard length == context + 1 else {
      throw ConfigurationError(
        .conflict, at: .input(file), keyPath: "", found: "sequences of \(length) tokens",
        allowed: "\(context + 1), which is training.context + 1",
        suggestion: "--set training.context=\(length - 1)")
    }
    return try TokenSequences(rows, tokens: source.tokens)
  }

  /// What can be found wrong before training without drawing or evaluating anything large.
  ///
  /// - Throws: as the functions above.
  func checkTraining(threads: Int) throws {
    guard let training = configuration.training else { return }
    try checkSizes(training)
    if training.drawsSequences { _ = try sampler(training.data.kernels, context: training.context) }
    if training.data.kernels == .text, training.heldOut.file == nil {
      _ = try sampler(.text, .heldOut, context: training.context)
    }
    if case .file(let file, let batch) = training.data.sequences {
      _ = try sequences(file, of: training, batch: batch)
    }
    if let file = training.heldOut.file { _ = try sequences(file, context: training.context) }
    _ = try Transformer.TrainingStage.longest(
      training.stages.map { $0.resolved(mostInformative: .empty) }, training.optimizer.resolved())
    guard training.needsSelectedSet else { return }
    _ = try Resources(lawsOf: self)
    if selectedSet(worth: .line, threads: threads) == nil {
      _ = try Kernel.stationaryLaws(source.kernels, threads: threads)
    }
  }
}

extension SourceText {
  /// - Throws: `ConfigurationError` for a context that is longer than what there is.
  fileprivate func excerpts(_ part: Excerpts.Part, context: Int) throws -> Excerpts {
    do {
      return try Excerpts(blocks, part, length: context + 1)
    } catch {
      let what = part == .trained ? "trained on" : "held out"
      throw ConfigurationError(
        .outOfRange, at: .configuration, keyPath: "training.context", found: "\(context)",
        allowed:
          "at most \(max(0, error.longest - 1)): the longest stretch of the text has \(error.longest) tokens "
          + "without a gap that may be \(what)",
        suggestion: "shorten the context, or larger source.text.blocks")
    }
  }
}

extension TrainingConfiguration {
  /// Whether a stage waits for S*.
  var needsSelectedSet: Bool {
    stages.contains { stage in
      if case .until(let end) = stage.length { end.needsSelectedSet } else { false }
    }
  }

  /// Whether anything is drawn from the source's chains rather than read.
  var drawsSequences: Bool {
    if case .file = data.sequences { heldOut.file == nil } else { true }
  }
}

extension OptimizerConfiguration {
  /// - Throws: `OptimizerError`, for what a configuration that was read cannot hold.
  func resolved() throws -> Optimizer {
    let rule: Optimizer.Rule =
      switch rule {
      case .sgd(let rate, let momentum): .sgd(rate: rate, momentum: momentum)
      case .adam(let rate, let beta1, let beta2, let epsilon):
        .adam(rate: rate, beta1: beta1, beta2: beta2, epsilon: epsilon)
      }
    return try Optimizer(
      rule,
      schedule: Transformer.Schedule(
        warmup: schedule.warmup,
        cosine: schedule.cosine.map { .init(steps: $0.steps, floor: $0.floor) }),
      clip: clip)
  }
}

extension StepGrid {
  init(_ grid: OutputGrid) {
    switch grid {
    case .points(let count, let spacing): self = .points(count, spacing == .linear ? .linear : .logarithmic)
    case .times(let times): self = .times(times)
    case .everyStep: self = .everyStep
    }
  }
}

extension TrainingStage {
  func resolved(mostInformative: HeadSet) -> Transformer.TrainingStage {
    switch length {
    case .steps(let count): return Transformer.TrainingStage(train: train, end: .steps(count))
    case .until(let end):
      var conditions: [StopCondition] = []
      switch end.share?.subject {
      case .mostInformative?: conditions.append(.share(mostInformative, above: end.share?.above ?? 1))
      case .heads(let set)?: conditions.append(.share(set, above: end.share?.above ?? 1))
      case nil: break
      }
      if let attention = end.attention { conditions.append(.attention(mostInformative, above: attention)) }
      if let gradientNorm = end.gradientNorm { conditions.append(.gradientNorm(below: gradientNorm)) }
      if let lossRate = end.lossRate { conditions.append(.lossRate(below: lossRate)) }
      return Transformer.TrainingStage(train: train, end: .time(end.time), conditions: conditions)
    }
  }
}
