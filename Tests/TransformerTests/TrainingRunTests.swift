import Foundation
import InductionModel
import MarkovChains
import ParameterSpaces
import TestSupport
import Testing
import Theory
import Transformer

@Suite struct TrainingRunTests {
  static var definition: ModelDefinition {
    get throws { try ModelDefinition(tokens: 3, window: 3, heads: 3, degree: 2) }
  }

  static func setup(
    data: TrainingData? = nil, optimizer: Optimizer? = nil, stages: [TrainingStage]? = nil,
    loss: Loss = Loss(epsilon: 1e-3), precision: Precision = .double
  ) throws -> TrainingSetup {
    let definition = try definition
    let kernels = try Prior(concentration: 0.5, kernels: 8, seed: 1).draw(tokens: 3, parents: [1, 2])
    let sampler = try ChainSampler(.list(kernels))
    return TrainingSetup(
      model: DisentangledTransformer(definition, loss: loss),
      start: Parameters(model: definition, own: 1, other: 0, coefficients: 1, scale: 0.01).flat,
      data: data ?? .fresh(sampler, batch: 64, length: 61),
      heldOut: try sampler.sample(count: 100, length: 61, seed: 2, place: DrawPlace(.heldOut)),
      optimizer: try optimizer ?? Optimizer(.sgd(rate: 1)),
      stages: stages ?? [TrainingStage(train: ParameterGroup.all, end: .steps(40))],
      measure: .points(8, .logarithmic), checkpoints: .points(5, .linear), seed: 3, precision: precision)
  }

  private static func fixedData(batch: Int) throws -> TrainingData {
    let sampler = try ChainSampler(.prior(concentration: 0.5, tokens: 3, parents: [1, 2]))
    return .fixed(
      try sampler.sample(count: 90, length: 61, seed: 5, place: DrawPlace(.training)), batch: batch)
  }

  /// Runs to the end; then again from every checkpoint that was saved, read back from its file.
  @Test(arguments: [0, 1, 2, 3], Precision.allCases)
  func resumesToTheSameBits(kind: Int, precision: Precision) throws {
    let data: TrainingData? =
      kind == 1 ? try Self.fixedData(batch: 90) : kind == 2 ? try Self.fixedData(batch: 35) : nil
    let optimizer =
      switch kind {
      case 0: try Optimizer(.sgd(rate: 1, momentum: 0.9), schedule: Schedule(warmup: 5))
      case 3: try Optimizer(.adam(rate: 0.02), clip: 0.1)
      default: try Optimizer(.sgd(rate: 1), schedule: Schedule(cosine: .init(steps: 40, floor: 0.1)))
      }
    let setup = try Self.setup(
      data: data, optimizer: optimizer,
      stages: [
        TrainingStage(train: [.coefficients], end: .steps(13)),
        TrainingStage(train: ParameterGroup.all, end: .steps(27)),
      ], precision: precision)
    var files: [Data] = []
    var losses: [Int: Double] = [:]
    _ = try TrainingRun(setup, pool: WorkerPool(threads: 2)).run(
      .init(
        measurement: { losses[$0.step] = $0.loss }, checkpoint: { files.append(try $0.json()) }))
    #expect(files.count == 5)
    let last = try #require(files.last)
    for file in files.dropLast() {
      let checkpoint = try TrainingCheckpoint(json: file)
      let resumed = try TrainingRun(setup, pool: WorkerPool(), resuming: checkpoint)
      _ = try resumed.run(.init(measurement: { #expect($0.loss == losses[$0.step]) }))
      let end = try resumed.checkpoint().json()
      #expect(end == last)
    }
  }

  @Test func stopsWhenAskedAndGoesOn() throws {
    let setup = try Self.setup()
    let straight = try TrainingRun(setup, pool: WorkerPool())
    let ending = try straight.run()
    #expect(ending == .done)
    let first = try TrainingRun(setup, pool: WorkerPool())
    let stopped = try first.run(.init(shouldStop: { first.state.step == 17 }))
    #expect(stopped == .interrupted)
    let second = try TrainingRun(setup, pool: WorkerPool(), resuming: first.checkpoint())
    let rest = try second.run()
    #expect(rest == .done)
    #expect(second.checkpoint() == straight.checkpoint())
  }

  /// Each step of descent against the gradient of a fixed batch, momentum by its closed form Σ βⁱ g.
  @Test func descentMovesAgainstTheGradient() throws {
    let data = try Self.fixedData(batch: 90)
    guard case .fixed(let sequences, _) = data else { return }
    let setup = try Self.setup(
      data: data, optimizer: Optimizer(.sgd(rate: 0.5, momentum: 0.25)),
      stages: [TrainingStage(train: [.attention, .scale], end: .steps(3))])
    let model = setup.model
    var (expected, gradients): ([Double], [[Double]]) = (setup.start, [])
    for step in 0..<3 {
      let rows = (0..<sequences.count).map { sequences[$0].map { Int($0) } }
      let found = try model.evaluate(expected, on: rows)
      gradients.append(found.gradient)
      let space = model.space
      for range in [space.range(of: .attention), space.range(of: .scale)] {
        for entry in range {
          var velocity = 0.0
          for past in 0...step { velocity += pow(0.25, Double(step - past)) * gradients[past][entry] }
          expected[entry] -= 0.5 * velocity
        }
      }
    }
    let run = try TrainingRun(setup, pool: WorkerPool())
    _ = try run.run()
    let end = try run.checkpoint().arena(model.space)
    #expect(relativeError(end, expected) < 1e-12)
    #expect(abs(run.state.time - 3 * 0.5 / 0.75) < 1e-14)
  }

  /// Adam's first step has length η in every coordinate, whatever the gradient.
  @Test func adamBeginsWithItsRate() throws {
    let setup = try Self.setup(
      optimizer: Optimizer(.adam(rate: 0.01, epsilon: 1e-300)),
      stages: [TrainingStage(train: ParameterGroup.all, end: .steps(1))])
    let run = try TrainingRun(setup, pool: WorkerPool())
    _ = try run.run()
    let end = try run.checkpoint().arena(setup.model.space)
    for (after, before) in zip(end, setup.start) { #expect(abs(abs(after - before) - 0.01) < 1e-12) }
  }

  @Test func clippingShortensTheStep() throws {
    let stages = [TrainingStage(train: ParameterGroup.all, end: .steps(1))]
    let setup = try Self.setup(optimizer: Optimizer(.sgd(rate: 1), clip: 1e-4), stages: stages)
    let run = try TrainingRun(setup, pool: WorkerPool())
    _ = try run.run()
    let end = try run.checkpoint().arena(setup.model.space)
    var squares = 0.0
    for (after, before) in zip(end, setup.start) { squares += (after - before) * (after - before) }
    #expect(abs(squares.squareRoot() - 1e-4) < 1e-12)
  }

  @Test func schedulesRiseAndFall() {
    let schedule = Schedule(warmup: 4, cosine: .init(steps: 10, floor: 0.2))
    let multipliers = (0..<20).map { schedule.multiplier(step: $0) }
    #expect(multipliers[0] == 0.25 && multipliers[3] == 1 && multipliers[4] == 1)
    #expect(abs(multipliers[9] - 0.6) < 1e-15)
    for multiplier in multipliers[14...] { #expect(abs(multiplier - 0.2) < 1e-15) }
    #expect(Schedule.constant.multiplier(step: 1000) == 1)
  }

  @Test func stagesEndAsTheirConditionsSay() throws {
    let shareStage = TrainingStage(
      train: [.coefficients, .scale], end: .steps(400), conditions: [.share(HeadSet([1, 2]), above: 0.2)])
    let attentionStage = TrainingStage(
      train: [.attention], end: .steps(400), conditions: [.attention(HeadSet([1, 2]), above: 0.65)])
    let setup = try Self.setup(
      stages: [shareStage, attentionStage, TrainingStage(train: [.scale], end: .time(2.5))])
    let run = try TrainingRun(setup, pool: WorkerPool())
    _ = try run.run()
    let definition = try Self.definition
    let parameters = Parameters(flat: try run.checkpoint().arena(setup.model.space), model: definition)
    #expect(run.state.endings.map(\.cause) == ["share", "attention", "time"])
    #expect(run.state.step < 803)
    let quantities = parameters.quantities(definition)
    #expect(quantities.shares[4] >= 0.2)
    #expect(quantities.weights[0][0] >= 0.65 && quantities.weights[1][1] >= 0.65)
    let slow = TrainingStage(
      train: [.scale], end: .steps(50), conditions: [.gradientNorm(below: 10), .lossRate(below: 1e-30)])
    let short = try TrainingRun(Self.setup(stages: [slow]), pool: WorkerPool())
    _ = try short.run()
    #expect(short.state.endings.map(\.cause) == ["gradient-norm"] && short.state.step == 1)
  }

  /// The schedule goes by the steps that were taken, not by those that the stages before could have taken.
  @Test func aStageLastsItsTimeAfterOneThatEndedEarly() throws {
    let schedule = Schedule(cosine: .init(steps: 2000, floor: 0.01))
    let early = TrainingStage(train: [.scale], end: .time(1000), conditions: [.gradientNorm(below: 1e9)])
    let setup = try Self.setup(
      optimizer: Optimizer(.sgd(rate: 1), schedule: schedule),
      stages: [early, TrainingStage(train: [.scale], end: .time(4.5))])
    let run = try TrainingRun(setup, pool: WorkerPool())
    var files: [Data] = []
    _ = try run.run(.init(checkpoint: { files.append(try $0.json()) }))
    #expect(run.state.endings.map(\.cause) == ["gradient-norm", "time"])
    #expect(run.state.endings.map(\.step) == [1, 6])
    let first = try TrainingCheckpoint(json: try #require(files.first))
    let resumed = try TrainingRun(setup, pool: WorkerPool(), resuming: first)
    _ = try resumed.run()
    #expect(resumed.checkpoint() == run.checkpoint())
  }

  /// Ten steps of 0.1 add up to a little less than 1.
  @Test func timesOfAGridAreNotMissedByRounding() throws {
    var setup = try Self.setup(
      optimizer: Optimizer(.sgd(rate: 0.1)),
      stages: [TrainingStage(train: ParameterGroup.all, end: .steps(15))])
    setup.measure = .times([0, 1])
    var steps: [Int] = []
    _ = try TrainingRun(setup, pool: WorkerPool()).run(.init(measurement: { steps.append($0.step) }))
    #expect(steps == [0, 10, 15])
  }

  @Test func aCheckpointOfAnotherOptimizerIsRefused() throws {
    let setup = try Self.setup(optimizer: Optimizer(.adam(rate: 0.01)))
    var checkpoint = try TrainingRun(setup, pool: WorkerPool()).checkpoint()
    checkpoint.optimizer.second = [0]
    #expect(throws: TrainingError.checkpoint("the optimizer's memory has another size")) {
      try TrainingRun(setup, pool: WorkerPool(), resuming: checkpoint)
    }
  }

  @Test func moreStepsThanCanBeCountedAreRefused() throws {
    let stage = TrainingStage(train: ParameterGroup.all, end: .steps(.max))
    let setup = try Self.setup(stages: [stage, stage])
    #expect(throws: TrainingError.self) { try TrainingRun(setup, pool: WorkerPool()) }
  }

  /// With ε = 0 a next token that does not occur in its context costs infinitely much.
  @Test func stopsAtALossThatIsNotFinite() throws {
    let sequences = try TokenSequences([[0, 1, 0, 1, 0, 1, 0, 1, 2]], tokens: 3)
    let setup = try Self.setup(data: .fixed(sequences, batch: 1), loss: Loss())
    var saved: [TrainingCheckpoint] = []
    let run = try TrainingRun(setup, pool: WorkerPool())
    let error = #expect(throws: TrainingError.self) {
      try run.run(.init(backup: { saved.append($0) }))
    }
    guard case .notFinite(let step, _, let lastGood, let remedy) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(step == 1 && lastGood == 0 && remedy.contains("epsilon"))
    let kept = try saved.last?.arena(setup.model.space)
    #expect(kept == setup.start)
  }

  @Test func divergenceKeepsTheLastGoodParameters() throws {
    let setup = try Self.setup(
      data: Self.fixedData(batch: 90), optimizer: Optimizer(.sgd(rate: 1e200)))
    var saved: [TrainingCheckpoint] = []
    let run = try TrainingRun(setup, pool: WorkerPool())
    #expect(throws: TrainingError.self) { try run.run(.init(backup: { saved.append($0) })) }
    let parameters = try #require(saved.last).arena(setup.model.space)
    let isFinite = parameters.allSatisfy { $0.isFinite }
    #expect(isFinite)
    let rows = [[0, 1, 2, 0, 1, 2, 0, 1, 2]]
    let found = try setup.model.evaluate(parameters, on: rows)
    #expect(found.loss.isFinite)
  }

  @Test func refusesWhatCannotBe() throws {
    #expect(throws: OptimizerError.rate(0)) { try Optimizer(.sgd(rate: 0)) }
    #expect(throws: OptimizerError.rate(-1)) { try Optimizer(.adam(rate: -1)) }
    #expect(throws: OptimizerError.decay("momentum", 1)) { try Optimizer(.sgd(rate: 1, momentum: 1)) }
    var setup = try Self.setup()
    let checkpoint = try TrainingRun(setup, pool: WorkerPool()).checkpoint()
    setup.heldOut = setup.heldOut.prefix(4)
    #expect(throws: SequenceError.tooShort(sequence: 0, length: 4, required: 5)) {
      try TrainingRun(setup, pool: WorkerPool())
    }
    var other = try Self.setup()
    other.model = DisentangledTransformer(
      try ModelDefinition(tokens: 3, window: 3, heads: 3, degree: 2, variant: .referenceCode), loss: Loss())
    #expect(throws: TrainingError.otherModel(checkpoint: checkpoint.model, run: other.model.identity)) {
      try TrainingRun(other, pool: WorkerPool(), resuming: checkpoint)
    }
    var unknown = try Self.setup()
    unknown.stages = [TrainingStage(train: ["queries"], end: .steps(1))]
    let expected = TrainingError.unknownGroup(
      stage: 1, name: "queries", known: ["attention", "coefficients", "scale"])
    #expect(throws: expected) { try TrainingRun(unknown, pool: WorkerPool()) }
    #expect(throws: TrainingError.self) { try TrainingCheckpoint(json: Data("{\"format\": 1}".utf8)) }
  }

  /// The flow keeps Σ_j w[h, j]; softmax is shift invariant, so descent keeps it too. Σc² can only rise.
  @Test func invariantsDriftAsTheyMust() throws {
    var measured: [TrainingMeasurement] = []
    let run = try TrainingRun(Self.setup(), pool: WorkerPool())
    _ = try run.run(.init(measurement: { measured.append($0) }))
    let last = try #require(measured.last)
    func value(_ name: String) -> Double { last.values.first { $0.name == name }?.value ?? .nan }
    for head in 1...3 { #expect(abs(value("sum w[\(head)] drift")) < 1e-13) }
    #expect(value("C drift") > 0)
    let steps = measured.map { $0.step }
    #expect(steps == steps.sorted() && steps[0] == 0)
    #expect(last.step == 40 && last.batchLoss != nil && last.standardError ?? 0 > 0)
  }
}
