import InductionModel
import MarkovChains
import ParameterSpaces

/// One training run: what it is made of. A value; `TrainingRun` executes it.
public struct TrainingSetup: Sendable {
  public var model: any TrainableModel
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
    model: any TrainableModel, start: [Double], data: TrainingData, heldOut: TokenSequences,
    optimizer: Optimizer,
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

  /// Makes sure that the run can begin, without making anything large.
  ///
  /// - Throws: `TrainingError`, `SequenceError`, `ModelMismatch`.
  public func check() throws {
    guard start.count == model.parameterCount else {
      throw TrainingError.parameters(count: start.count, expected: model.parameterCount)
    }
    guard !stages.isEmpty else { throw TrainingError.noStages }
    for (index, stage) in stages.enumerated() {
      _ = try TrainingRun.ranges(stage, number: index + 1, model)
      _ = try TrainingRun.prepare(stage, number: index + 1, model)
    }
    _ = try TrainingStage.longest(stages, optimizer)
    try data.check(model)
    try model.check(heldOut)
  }
}

/// Executes a setup step by step, from its start or from a checkpoint.
public final class TrainingRun {
  public let setup: TrainingSetup
  /// Steps that the run takes at most.
  public let steps: Int
  public private(set) var state: TrainingCheckpoint

  private let source: BatchSource
  private let meter: Meter
  private let trained: [[Range<Int>]]
  private let conditions: [[PreparedCondition]]
  private let measureWalk: GridWalk
  private let checkpointWalk: GridWalk

  /// Steps that the stage of `state` takes at most.
  private var stageSteps = Int.max
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
  public init(_ setup: TrainingSetup, pool: WorkerPool, resuming checkpoint: TrainingCheckpoint? = nil) throws
  {
    try setup.check()
    self.setup = setup
    let model = setup.model
    trained = try setup.stages.enumerated().map { try Self.ranges($1, number: $0 + 1, model) }
    conditions = try setup.stages.enumerated().map { try Self.prepare($1, number: $0 + 1, model) }
    steps = try TrainingStage.longest(setup.stages, setup.optimizer).reduce(0, +)
    if let checkpoint {
      try Self.check(checkpoint, setup, steps: steps)
      state = checkpoint.reopened(for: setup.stages, setup.optimizer)
      parameters = try checkpoint.arena(model.space)
      // A stage begins with no memory; the last one of a run keeps its own, for it may be made longer.
      if state.step == state.stageStep, state.stage < setup.stages.count {
        state.optimizer = Optimizer.State(setup.optimizer, parameters: model.parameterCount)
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
    measureWalk = GridWalk(setup.measure, until: steps)
    checkpointWalk = GridWalk(setup.checkpoints, until: steps)
    isResumed = checkpoint != nil
    beginStage()
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
  /// Measures and saves when the grids say so; measures where a stage ends, and saves at the end and when stopped.
  ///
  /// - Throws: `TrainingError.notFinite`, after the last good parameters have been handed to `backup`; whatever an
  ///   observer throws.
  public func run(_ observers: Observers = Observers()) throws -> Ending {
    if state.step == 0, !isResumed {
      try measure(observers, batchLoss: nil)
      passStagesThatHold()
      try observers.checkpoint(checkpoint())
    } else if state.step == state.stageStep {
      passStagesThatHold()
    }
    while state.stage < setup.stages.count {
      let stage = state.stage
      let (previous, loss) = (state.time, try step(observers))
      try observers.progress(state.step, loss)
      let isLast = state.stage == setup.stages.count
      if state.stage != stage || measureWalk.isDue(step: state.step, from: previous, to: state.time) {
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
    let measurement = meter.measure(
      parameters, step: state.step, time: state.time, batchLoss: batchLoss)
    guard measurement.loss.isFinite else { throw retreat(observers, .loss(measurement.loss), at: state.step) }
    try observers.measurement(measurement)
  }

  /// The run as it stands.
  public func checkpoint() -> TrainingCheckpoint {
    let space = setup.model.space
    for group in space.groups {
      state.parameters[group.rawValue] = Array(parameters[space.range(of: group)])
    }
    return state
  }

  /// One step, and what it means for the stages; returns the batch's loss before it.
  private func step(_ observers: Observers) throws -> Double {
    let stage = state.stage
    let loss = try batchLoss(observers)
    guard loss.isFinite else { throw retreat(observers, .loss(loss), at: state.step + 1) }
    guard gradient.allSatisfy(\.isFinite) else {
      throw retreat(observers, .gradient(loss: loss), at: state.step + 1)
    }
    good = (state, parameters)
    setup.optimizer.move(
      &parameters, against: gradient, trained: trained[stage], step: state.step, state: &state.optimizer)
    guard parameters.allSatisfy(\.isFinite) else {
      throw retreat(observers, .parameters(loss: loss), at: state.step + 1)
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

  /// The batch's loss, its gradient in `gradient`. A batch that cannot be drawn leaves the run as it stands, which is
  /// then saved.
  private func batchLoss(_ observers: Observers) throws -> Double {
    do {
      let values = try source.batch(step: state.step).evaluate(at: parameters, .gradient)
      gradient = values.gradient
      return values.loss
    } catch {
      // The first error is the one to tell.
      try? observers.backup(checkpoint())
      throw error
    }
  }

  /// Where the schedule stands when the stage begins is known only now: an earlier one may have ended early.
  private func beginStage() {
    guard setup.stages.indices.contains(state.stage) else { return }
    stageSteps =
      setup.stages[state.stage].steps(of: setup.optimizer, after: state.stageStep) ?? TrainingStage.mostSteps
  }

  private func endStage(_ cause: String) {
    state.endings.append(StageEnding(cause: cause, step: state.step, time: state.time))
    state.stage += 1
    state.stageStep = state.step
    state.stageTime = state.time
    guard state.stage < setup.stages.count else { return }
    state.optimizer = Optimizer.State(setup.optimizer, parameters: parameters.count)
    beginStage()
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
  private func retreat(_ observers: Observers, _ what: TrainingError.NotFinite, at step: Int) -> TrainingError
  {
    if let good { (state, parameters) = good }
    beginStage()
    var remedy = remedy(what)
    do {
      try observers.backup(checkpoint())
    } catch {
      remedy += "; that checkpoint could not be saved: \(error)"
    }
    return .notFinite(step: step, what: what, lastGood: state.step, remedy: remedy)
  }

  private func remedy(_ what: TrainingError.NotFinite) -> String {
    let slower = "lower the rate, which is \(setup.optimizer.rate)"
    switch what {
    case .loss(.infinity):
      return "a next token does not occur in its context; give the loss an epsilon above 0, such as 1e-3"
    case .loss: return "\(slower), or clip the gradient, or raise the loss's epsilon"
    case .parameters: return "\(slower), or clip the gradient"
    case .gradient:
      return "\(slower), or start from smaller parameters, or raise the loss's epsilon"
        + (setup.precision == .float ? ", or compute in double precision" : "")
    }
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
    guard state.step - state.stageStep >= stageSteps else { return nil }
    return switch setup.stages[stage].end {
    case .steps: "steps"
    case .time: "time"
    }
  }

  // MARK: Checks

  fileprivate enum PreparedCondition {
    case reached([Observable], above: Double, name: String)
    case gradientNorm(below: Double)
    case lossRate(below: Double)
  }

  fileprivate static func ranges(_ stage: TrainingStage, number: Int, _ model: any TrainableModel) throws
    -> [Range<Int>]
  {
    guard !stage.train.isEmpty else {
      throw TrainingError.stage(number: number, problem: "it trains nothing")
    }
    return try stage.train.map { name in
      let range = model.space.range(of: ParameterGroup(rawValue: name))
      guard !range.isEmpty else {
        throw TrainingError.unknownGroup(
          stage: number, name: name, known: model.space.groups.map(\.rawValue))
      }
      return range
    }
  }

  fileprivate static func prepare(_ stage: TrainingStage, number: Int, _ model: any TrainableModel) throws
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

  private static func check(_ checkpoint: TrainingCheckpoint, _ setup: TrainingSetup, steps: Int) throws {
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
    guard (0...setup.stages.count).contains(checkpoint.stage),
      checkpoint.invariants.count == setup.model.invariants.count
    else { throw TrainingError.checkpoint("it is at a stage that the run does not have") }
    guard (0...steps).contains(checkpoint.step), (0...checkpoint.step).contains(checkpoint.stageStep) else {
      throw TrainingError.checkpoint("it is at a step that the run does not have: 0 to \(steps) are allowed")
    }
    let (memory, empty) = (
      checkpoint.optimizer, Optimizer.State(setup.optimizer, parameters: setup.model.parameterCount)
    )
    guard memory.first.count == empty.first.count, memory.second.count == empty.second.count,
      memory.steps >= 0
    else { throw TrainingError.checkpoint("the optimizer's memory has another size") }
  }
}
