import InductionModel
import MarkovChains

/// One training run: what it is made of. A value; `TrainingRun` executes it.
public struct TrainingSetup<Model: TrainableModel>: Sendable {
  public var model: Model
  /// The arena at the start.
  public var start: [Double]
  public var data: TrainingData
  /// Sequences that measurements are made on.
  public var heldOut: TokenSequences
  public var optimizer: Optimizer
  public var stages: [TrainingStage]
  public var measure: StepGrid
  public var checkpoints: StepGrid
  public var seed: UInt64
  public var precision: Precision

  public init(
    model: Model, start: [Double], data: TrainingData, heldOut: TokenSequences, optimizer: Optimizer,
    stages: [TrainingStage], measure: StepGrid = .points(200, .logarithmic),
    checkpoints: StepGrid = .points(20, .logarithmic), seed: UInt64 = 1, precision: Precision = .double
  ) {
    self.model = model
    self.start = start
    self.data = data
    self.heldOut = heldOut
    self.optimizer = optimizer
    self.stages = stages
    self.measure = measure
    self.checkpoints = checkpoints
    self.seed = seed
    self.precision = precision
  }
}

/// Executes a setup step by step, from its start or from a checkpoint.
public final class TrainingRun<Model: TrainableModel> {
  public let setup: TrainingSetup<Model>
  /// Steps that the run takes at most.
  public let steps: Int
  public private(set) var state: TrainingCheckpoint

  private let source: BatchSource
  private let meter: Meter<Model>
  private let stageSteps: [Int]
  private let trained: [[Range<Int>]]
  private let conditions: [[PreparedCondition]]
  private let measureWalk: GridWalk
  private let checkpointWalk: GridWalk

  private var parameters: [Double]
  private var gradient: [Double]
  private let isResumed: Bool
  /// The run before its last step, where the loss was still finite.
  private var good: (state: TrainingCheckpoint, parameters: [Double])?

  /// Checks everything that can be checked before the first step.
  ///
  /// - Parameters:
  ///   - pool: the threads; results do not depend on their number.
  ///   - checkpoint: where to go on; nil for the setup's start.
  /// - Throws: `TrainingError`, `SequenceError`, `ModelMismatch`.
  public init(_ setup: TrainingSetup<Model>, pool: WorkerPool, resuming checkpoint: TrainingCheckpoint? = nil)
    throws
  {
    self.setup = setup
    let model = setup.model
    guard setup.start.count == model.parameterCount else {
      throw TrainingError.parameters(count: setup.start.count, expected: model.parameterCount)
    }
    guard !setup.stages.isEmpty else { throw TrainingError.noStages }
    trained = try setup.stages.enumerated().map { try Self.ranges($1, number: $0 + 1, model) }
    conditions = try setup.stages.enumerated().map { try Self.prepare($1, number: $0 + 1, model) }
    var (total, perStage): (Int, [Int]) = (0, [])
    for (number, stage) in setup.stages.enumerated() {
      guard let count = stage.steps(of: setup.optimizer, after: total), count > 0 else {
        throw TrainingError.stage(
          number: number + 1,
          problem:
            "its end is never reached, or at once: give it steps, a time above 0, or a schedule whose floor is above 0"
        )
      }
      perStage.append(count)
      total += count
    }
    steps = total
    stageSteps = perStage
    if let checkpoint {
      try Self.check(checkpoint, setup)
      state = checkpoint
      parameters = try checkpoint.arena(model.blocks)
      guard checkpoint.optimizer.first.count == model.parameterCount else {
        throw TrainingError.checkpoint("the optimizer's memory has another size")
      }
    } else {
      parameters = setup.start
      state = TrainingCheckpoint(
        model: model.identity, seed: setup.seed, precision: setup.precision.rawValue, step: 0, time: 0,
        stage: 0, stageStep: 0, stageTime: 0, parameters: [:],
        optimizer: Optimizer.State(setup.optimizer, parameters: model.parameterCount),
        invariants: model.invariants.map { $0.value(setup.start) }, endings: [])
    }
    gradient = Array(repeating: 0, count: model.parameterCount)
    source = try BatchSource(
      setup.data, model: model, precision: setup.precision, seed: setup.seed, pool: pool)
    meter = try Meter(
      model, heldOut: setup.heldOut, precision: setup.precision, seed: setup.seed, pool: pool,
      initialInvariants: state.invariants)
    measureWalk = GridWalk(setup.measure, until: total)
    checkpointWalk = GridWalk(setup.checkpoints, until: total)
    isResumed = checkpoint != nil
  }

  /// What a run tells while it goes on. Any of these may throw, which stops it.
  public struct Observers {
    /// After every step: steps done, and the batch's loss.
    public var progress: (_ step: Int, _ loss: Double) throws -> Void
    public var measurement: (TrainingMeasurement) throws -> Void
    /// On the grid of checkpoints, and at the end.
    public var checkpoint: (TrainingCheckpoint) throws -> Void
    /// Beside the grid: when stopped, of the last good state when the run fails, and whenever `wantsBackup` says so.
    public var backup: (TrainingCheckpoint) throws -> Void
    /// Asked after every step, once what was due there has been measured.
    public var wantsBackup: () -> Bool
    /// Asked after every step.
    public var shouldStop: () -> Bool

    public init(
      progress: @escaping (_ step: Int, _ loss: Double) throws -> Void = { _, _ in },
      measurement: @escaping (TrainingMeasurement) throws -> Void = { _ in },
      checkpoint: @escaping (TrainingCheckpoint) throws -> Void = { _ in },
      backup: @escaping (TrainingCheckpoint) throws -> Void = { _ in },
      wantsBackup: @escaping () -> Bool = { false },
      shouldStop: @escaping () -> Bool = { false }
    ) {
      self.progress = progress
      self.measurement = measurement
      self.checkpoint = checkpoint
      self.backup = backup
      self.wantsBackup = wantsBackup
      self.shouldStop = shouldStop
    }
  }

  public enum Ending: Hashable, Sendable {
    case done
    /// `shouldStop` said so; the checkpoint is the place to resume.
    case interrupted
  }

  /// Goes on to the end of the last stage.
  ///
  /// Measures and saves when the grids say so, and saves at the end and when stopped.
  ///
  /// - Throws: `TrainingError.notFinite`, after the last good parameters have been handed to `backup`; whatever an
  ///   observer throws.
  public func run(_ observers: Observers = Observers()) throws -> Ending {
    if state.step == 0, !isResumed {
      try measure(observers, batchLoss: nil)
      passStagesThatHold()
      try observers.checkpoint(checkpoint())
    }
    while state.stage < setup.stages.count {
      let (previous, loss) = (state.time, try step(observers))
      try observers.progress(state.step, loss)
      let isLast = state.stage == setup.stages.count
      if isLast || measureWalk.isDue(step: state.step, from: previous, to: state.time) {
        try measure(observers, batchLoss: loss)
      }
      let stops = !isLast && observers.shouldStop()
      if isLast || checkpointWalk.isDue(step: state.step, from: previous, to: state.time) {
        try observers.checkpoint(checkpoint())
      } else if stops || observers.wantsBackup() {
        try observers.backup(checkpoint())
      }
      if stops { return .interrupted }
    }
    return .done
  }

  /// The arena as it stands.
  public var point: [Double] { parameters }

  private func measure(_ observers: Observers, batchLoss: Double?) throws {
    let measurement = try meter.measure(
      parameters, step: state.step, time: state.time, batchLoss: batchLoss)
    guard measurement.loss.isFinite else { throw try retreat(observers, measurement.loss, at: state.step) }
    try observers.measurement(measurement)
  }

  /// The run as it stands.
  public func checkpoint() -> TrainingCheckpoint {
    for block in setup.model.blocks { state.parameters[block.name] = Array(parameters[block.range]) }
    return state
  }

  /// One step, and what it means for the stages; returns the batch's loss before it.
  private func step(_ observers: Observers) throws -> Double {
    let stage = state.stage
    let loss = try source.lossAndGradient(at: parameters, step: state.step, gradient: &gradient)
    guard loss.isFinite, gradient.allSatisfy(\.isFinite) else {
      throw try retreat(observers, loss, at: state.step + 1)
    }
    good = (state, parameters)
    setup.optimizer.move(
      &parameters, against: gradient, trained: trained[stage], step: state.step, state: &state.optimizer)
    guard parameters.allSatisfy(\.isFinite) else {
      throw try retreat(observers, loss, at: state.step + 1)
    }
    let pace = setup.optimizer.timePerStep * setup.optimizer.schedule.multiplier(step: state.step)
    state.step += 1
    state.time += pace
    if let cause = ending(of: stage, pace: pace) {
      endStage(cause)
      passStagesThatHold()
    }
    return loss
  }

  private func endStage(_ cause: String) {
    state.endings.append(StageEnding(cause: cause, step: state.step, time: state.time))
    state.stage += 1
    state.stageStep = state.step
    state.stageTime = state.time
    state.optimizer = Optimizer.State(setup.optimizer, parameters: parameters.count)
  }

  /// A stage whose condition on the parameters holds from its start ends at once, as in the theory. Conditions on
  /// the gradient are asked after its first step.
  private func passStagesThatHold() {
    while state.stage < setup.stages.count, let cause = reached(in: state.stage) { endStage(cause) }
  }

  private func reached(in stage: Int) -> String? {
    for case .reached(let observables, let above, let name) in conditions[stage] {
      if observables.allSatisfy({ $0.value(parameters) >= above }) { return name }
    }
    return nil
  }

  /// Back to the last parameters whose loss was finite, which are saved.
  private func retreat(_ observers: Observers, _ loss: Double, at step: Int) throws -> TrainingError {
    if let good { (state, parameters) = good }
    try observers.backup(checkpoint())
    return .notFinite(step: step, loss: loss, lastGood: state.step, remedy: remedy(loss))
  }

  private func remedy(_ loss: Double) -> String {
    loss == .infinity
      ? "a next token does not occur in its context; give the loss an epsilon above 0, such as 1e-3"
      : "lower the rate, which is \(setup.optimizer.rate), or clip the gradient, or raise the loss's epsilon"
  }

  private func ending(of stage: Int, pace: Double) -> String? {
    if let cause = reached(in: stage) { return cause }
    for condition in conditions[stage] {
      switch condition {
      case .reached: continue
      case .gradientNorm(let below):
        if euclideanNorm(gradient, trained[stage]) <= below { return "gradient-norm" }
      case .lossRate(let below):
        let before = good?.parameters ?? parameters
        var change = 0.0
        for range in trained[stage] {
          for entry in range { change += gradient[entry] * (parameters[entry] - before[entry]) }
        }
        if abs(change) <= below * pace { return "loss-rate" }
      }
    }
    guard state.step - state.stageStep >= stageSteps[stage] else { return nil }
    return switch setup.stages[stage].end {
    case .steps: "steps"
    case .time: "time"
    }
  }

  // MARK: Checks

  private enum PreparedCondition {
    case reached([Observable], above: Double, name: String)
    case gradientNorm(below: Double)
    case lossRate(below: Double)
  }

  private static func ranges(_ stage: TrainingStage, number: Int, _ model: Model) throws -> [Range<Int>] {
    guard !stage.train.isEmpty else {
      throw TrainingError.stage(number: number, problem: "it trains nothing")
    }
    return try stage.train.map { name in
      guard let block = model.blocks.first(where: { $0.name == name }) else {
        throw TrainingError.unknownBlock(stage: number, name: name, known: model.blocks.map(\.name))
      }
      return block.range
    }
  }

  private static func prepare(_ stage: TrainingStage, number: Int, _ model: Model) throws
    -> [PreparedCondition]
  {
    try stage.conditions.map { condition in
      switch condition {
      case .reached(let names, let above):
        let observables = try names.map { name in
          guard let observable = model.observables.first(where: { $0.name == name }) else {
            throw TrainingError.unknownObservable(stage: number, name: name)
          }
          return observable
        }
        return .reached(
          observables, above: above, name: names.first?.hasPrefix("p[") == true ? "share" : "attention")
      case .gradientNorm(let below): return .gradientNorm(below: below)
      case .lossRate(let below): return .lossRate(below: below)
      }
    }
  }

  private static func check(_ checkpoint: TrainingCheckpoint, _ setup: TrainingSetup<Model>) throws {
    guard checkpoint.model == setup.model.identity else {
      throw TrainingError.otherModel(checkpoint: checkpoint.model, run: setup.model.identity)
    }
    guard checkpoint.seed == setup.seed else {
      throw TrainingError.otherRun(what: "seed", checkpoint: "\(checkpoint.seed)", run: "\(setup.seed)")
    }
    guard checkpoint.precision == setup.precision.rawValue else {
      throw TrainingError.otherRun(
        what: "precision", checkpoint: checkpoint.precision, run: setup.precision.rawValue)
    }
    guard (0...setup.stages.count).contains(checkpoint.stage), checkpoint.step >= 0,
      checkpoint.invariants.count == setup.model.invariants.count
    else { throw TrainingError.checkpoint("it is at a stage that the run does not have") }
  }
}
