import Foundation
import MarkovChains
import Transformer

/// Where the wanted data come from.
struct SamplePlan {
  let experiment: Experiment
  let origin: SampleRequest.Origin
  let request: SampleRequest
  let pool: WorkerPool

  init(
    _ experiment: Experiment, _ origin: SampleRequest.Origin, _ request: SampleRequest, pool: WorkerPool
  ) throws {
    (self.experiment, self.origin, self.request, self.pool) = (experiment, origin, request, pool)
    guard origin != .training, request.seed != nil || request.step != nil else { return }
    throw ConfigurationError(
      .conflict, at: .configuration, keyPath: request.seed == nil ? "--step" : "--seed",
      found: "\(origin.rawValue) sequences", allowed: "seeds and steps of training alone")
  }

  func sequences() throws -> TokenSequences {
    switch origin {
    case .theory: try theorySequences()
    case .heldOut: try heldOut()
    case .training: try trainingSequences()
    }
  }

  private func theorySequences() throws -> TokenSequences {
    var configuration = experiment.configuration.theory.sequences
    if case .drawn(let context, _, let seed) = configuration, let count = request.count {
      configuration = .drawn(context: context, count: count, seed: seed)
    }
    let set = try experiment.resolved(configuration)
    return try first(of: TokenSequences(set.sequences, tokens: experiment.source.tokens))
  }

  private func heldOut() throws -> TokenSequences {
    var training = try experiment.configuration.trainingSection
    if training.heldOut.file == nil, let count = request.count { training.heldOut.count = count }
    try experiment.checkSizes(training)
    return try first(of: experiment.heldOut(of: training))
  }

  private func trainingSequences() throws -> TokenSequences {
    var configuration = experiment.configuration
    var training = try configuration.trainingSection
    switch training.data.sequences {
    case .fresh: if let count = request.count { training.data.sequences = .fresh(batch: count) }
    case .fixed(let count, let batch):
      // The whole set, in its order, unless a step's part of it is wanted.
      if request.step == nil, batch < count || request.count != nil {
        let count = request.count ?? count
        training.data.sequences = .fixed(count: count, batch: count)
      }
    case .file(let file, _): if request.step == nil { training.data.sequences = .file(file, batch: nil) }
    }
    configuration.training = training
    let seed = seed(of: training)
    let data = try TrainingExperiment(experiment.with(configuration), threads: pool.threads).data(seed: seed)
    return try first(of: data.sequences(step: request.step ?? 0, seed: UInt64(seed), pool: pool))
  }

  private func seed(of training: TrainingConfiguration) -> Int {
    request.seed ?? training.seeds.first ?? 1
  }

  private var alphabetSize: Int { experiment.source.tokens }

  /// As many as are wanted of what does not grow.
  private func first(of sequences: TokenSequences) throws -> TokenSequences {
    guard let count = request.count, count != sequences.count else { return sequences }
    guard count < sequences.count else {
      throw ConfigurationError(
        .outOfRange, at: .configuration, keyPath: "--count", found: "\(count)",
        allowed: "at most \(sequences.count), as many as there are")
    }
    return sequences.selecting(0..<count)
  }

  func kernels() throws -> [Kernel] {
    guard origin != .theory, let training = experiment.configuration.training,
      training.data.kernels == .prior
    else {
      let kernels = experiment.source.kernels
      return Array(kernels.prefix(request.count ?? kernels.count))
    }
    let sampler = try experiment.sampler(.prior)
    let (place, seed, count) =
      origin == .heldOut
      ? (DrawPlace(.heldOut), training.heldOut.seed, training.heldOut.count)
      : (
        DrawPlace(.training, step: training.isFresh ? request.step ?? 0 : 0), seed(of: training),
        training.batch
      )
    try Resources.check(
      8 * Double(request.count ?? count)
        * pow(Double(alphabetSize), Double(experiment.source.parents.count + 1)),
      of: "--count", "\(request.count ?? count) kernels", lower: "--count")
    return (0..<(request.count ?? count)).compactMap {
      sampler.kernel(ofSequence: $0, seed: UInt64(seed), place: place)
    }
  }
}

extension TrainingConfiguration {
  /// Sequences that are drawn with one seed at one place.
  fileprivate var batch: Int {
    switch data.sequences {
    case .fresh(let batch): batch
    case .fixed(let count, _): count
    case .file: 0
    }
  }

  fileprivate var isFresh: Bool {
    if case .fresh = data.sequences { true } else { false }
  }
}
