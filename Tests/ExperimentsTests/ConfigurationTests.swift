import Experiments
import Foundation
import InductionModel
import MarkovChains
import ParameterSpaces
import Testing

private let folder = URL(fileURLWithPath: "/somewhere")

func configuration(_ yaml: String, _ overrides: String...) throws -> Configuration {
  try Configuration(
    yaml: yaml, named: "test.yaml", folder: folder, overrides: overrides.compactMap(Override.init))
}

let minimal = """
  source: {tokens: 3, parents: [1, 2]}
  model: {window: 3, heads: 3, degree: 2}
  """

@Suite struct ConfigurationTests {
  @Test func defaultsAreThoseOfTheGuide() throws {
    let read = try configuration(minimal)
    #expect(try read.source.kernels == .prior(Prior(concentration: 0.5, kernels: 64, seed: 1)))
    #expect(read.source.start == .uniform)
    #expect(read.model.variant == .paper)
    #expect(read.loss == Loss(criterion: .crossEntropy, epsilon: 0))
    #expect(read.initial == .values(["own": 1, "other": 0, "coefficients": 1, "scale": 0.01]))
    #expect(read.theory.level == .infiniteContext)
    #expect(read.theory.sequences == .drawn(context: 100, count: 9000, seed: 1))
    #expect(read.theory.stages.map(\.train) == [[.attention, .coefficients, .scale]])
    #expect(read.theory.stages.map(\.until.time) == [10000])
    #expect(read.theory.solver.stepper == .auto)
    #expect(read.theory.solver.relative == 1e-8)
    #expect(read.theory.solver.absolute == 1e-10)
    #expect(read.theory.output == .points(200, .logarithmic))
    #expect(read.training == nil)
  }

  @Test func trainingDefaultsHoldOnceTheSectionIsThere() throws {
    let training = try #require(try configuration(minimal + "\ntraining: {context: 50}").training)
    #expect(training.context == 50)
    #expect(training.data.sequences == .fresh(batch: 1024))
    #expect(training.data.kernels == .source)
    #expect(training.optimizer.rule == .sgd(rate: 1, momentum: 0))
    #expect(training.optimizer.clip == nil)
    #expect(training.stages.map(\.length) == [.steps(10000)])
    #expect(training.seeds == [1, 2, 3])
    #expect(training.precision == .double)
  }

  @Test(arguments: [
    "", "loss.epsilon=1e-3", "source.tokens=[A, C, 'no']",
    "source={tokens: 2, parents: [1, 3], kernels: k.json}",
    "model.variant=reference-code", "model.variant={windows: shifted, second-layer: linear}",
    "initial={own: 3, other: 0.1}", "initial={parameters: p.json}", "theory.level=leading-order",
    "theory.sequences={all: true, context: 5}", "theory.sequences={file: s.csv}",
    "theory.stages=[{train: [scale], until: {time: 1e5, share: {set: [1, 2], above: 0.99}}}, "
      + "{train: [attention, scale], until: {time: 3, share: 0.9, attention: 0.8, gradient-norm: 1e-7, loss-rate: 1e-9}}]",
    "theory.solver={stepper: rk8pd, relative: 0, absolute: 1e-13, time: logarithmic}",
    "theory.output={times: [0, 0.1, 3]}", "theory.output={every: step}",
    "name='two words: \"quoted\" # no comment'",
    "training={}", "training.data={fixed: 9000, kernels: prior}", "training.data={file: s.json, batch: 10}",
    "training.optimizer={adam: {rate: 0.1}, clip: 0.3, schedule: {warmup: 10, cosine: {steps: 100}}}",
    "training.stages=[{train: [coefficients], until: {time: 4}}, {steps: 7}]", "training.seeds=[7]",
    "training.precision=float",
  ])
  func resolvedConfigurationReadsBackToTheSameValue(override: String) throws {
    let overrides = try override.isEmpty ? [] : [#require(Override(override))]
    let read = try Configuration(yaml: minimal, named: "test.yaml", folder: folder, overrides: overrides)
    let again = try Configuration(
      yaml: read.yaml(), named: "config.yaml", folder: URL(fileURLWithPath: "/elsewhere"))
    #expect(again == read)
  }

  @Test func numbersKeepTheirBits() throws {
    for value in [
      0.1, 1.0 / 3, Double.leastNonzeroMagnitude, 1.7976931348623157e149, 1e22, 123456789.123456789,
    ] {
      let read = try configuration(minimal, "initial.scale=\(value)")
      let again = try configuration(try read.yaml())
      guard case .values(let start) = again.initial else {
        Issue.record("the start is a file")
        return
      }
      #expect(start.number("scale").bitPattern == value.bitPattern)
    }
  }

  @Test func overridesReachIntoListsAndReplaceMaps() throws {
    let stages = minimal + "\ntheory: {stages: [{train: [scale], until: {time: 5}}, {until: {time: 7}}]}"
    let read = try configuration(
      stages, "theory.stages[1].until.time=10", "theory.stages[0].train=[attention]")
    #expect(read.theory.stages.map(\.until.time) == [5, 10])
    #expect(read.theory.stages.map(\.train) == [[.attention], read.model.parameterSpace.groups])
    #expect(try configuration(stages, "theory=null").theory.stages.map(\.until.time) == [10000])
    #expect(try configuration(minimal, "loss={epsilon: 0.5, criterion: logits}").loss.epsilon == 0.5)
  }

  @Test func overridesReachIntoListsThatAreNotWritten() throws {
    let time = try configuration(minimal, "theory.stages[0].until.time=100")
    #expect(time.theory.stages.map(\.until.time) == [100])
    #expect(time.theory.stages.map(\.train) == [time.model.parameterSpace.groups])
    let steps = try configuration(minimal, "training.stages[0].steps=7", "training.seeds[1]=9")
    #expect(steps.training?.stages.map(\.length) == [.steps(7)])
    #expect(steps.training?.seeds == [1, 9, 3])
    let group = try configuration(
      minimal + "\ntheory: {stages: [{until: {time: 1}}, {until: {time: 2}}]}",
      "theory.stages[1].train[2]=coefficients", "theory.stages[1].train[1]=scale")
    #expect(group.theory.stages.map(\.until.time) == [1, 2])
    let share = try configuration(minimal + "\ntheory:", "theory.stages[0].until.share=0.5")
    #expect(share.theory.stages.map(\.until.share?.above) == [0.5])
    // Keys beside a default choice are not filled in: a file of sequences leaves no count beside it.
    #expect(try configuration(minimal, "theory.sequences.file=/s.csv").inputs.map(\.path) == ["/s.csv"])
  }

  @Test func pathsAreRelativeToTheFileThatNamesThem() throws {
    let read = try configuration(
      "source: {tokens: 3, parents: [1], kernels: a/k.json}\nmodel: {window: 1, heads: 1, degree: 1}")
    #expect(read.source.kernels == .file(InputFile(path: "/somewhere/a/k.json", keyPath: "")))
    let overridden = try configuration(minimal, "initial={parameters: p.json}")
    let current = URL(fileURLWithPath: FileManager.default.currentDirectoryPath).appendingPathComponent(
      "p.json")
    #expect(overridden.initial == .file(InputFile(path: current.path, keyPath: "")))
  }

  @Test func warnsOfInfiniteLossAtFiniteContext() throws {
    #expect(try configuration(minimal).warnings.isEmpty)
    #expect(
      try configuration(minimal, "training.context=10").warnings.contains { $0.contains("loss.epsilon") })
    #expect(try configuration(minimal, "training.context=10", "loss.epsilon=1e-3").warnings.isEmpty)
    #expect(try configuration(minimal, "source.parents=[1, 5]").warnings.contains { $0.contains("lag 5") })
  }
}
