import Experiments
import Foundation
import Testing

@Suite struct ContentIdentityTests {
  private func identity(_ overrides: String...) throws -> ContentIdentity {
    try Configuration(
      yaml: minimal, named: "test.yaml", folder: URL(fileURLWithPath: "/somewhere"),
      overrides: overrides.compactMap(Override.init)
    ).contentIdentity()
  }

  /// The text is a promise: a run is found under its hash by later versions.
  @Test func theTextStaysWhatItIs() throws {
    #expect(
      try identity("initial.scale=1e2", "training.optimizer={adam: {}}", "theory.stages=[{until: {time: 5}}]")
        .text == """
          inflow configuration 1
          initial.scale = 100.0
          model.degree = 2
          model.heads = 3
          model.window = 3
          source.parents = [1, 2]
          source.tokens = 3
          theory.stages[0].until.time = 5.0
          training.optimizer.adam = {}

          """)
    // Of sha256sum.
    #expect(
      try identity().hash == "4a3cd84deded7772a8ecfe3754462411638b7bf0a7ccc8d0a06364ba1758ddbe")
  }

  @Test(arguments: [
    ["name=another"], ["format=1"], ["loss={epsilon: 0}"], ["theory={}"],
    ["theory.stages=[{until: {time: 1e4}}]"],
    ["theory.stages=[{train: [scale, attention, coefficients], until: {time: 10000}}]"],
    ["model.variant=paper"], ["model.variant={windows: shared}"], ["source.prior={dirichlet: 0.5}"],
    ["initial={scale: 1e-2}"], ["source.tokens=3e0"], ["theory.output={points: 200, spacing: logarithmic}"],
    ["theory.correction=none"],
  ])
  func spellingChangesNothing(overrides: [String]) throws {
    let spelled = try Configuration(
      yaml: minimal, named: "other.yaml", defaultName: "other", folder: URL(fileURLWithPath: "/elsewhere"),
      overrides: overrides.compactMap(Override.init))
    #expect(try spelled.contentIdentity() == identity())
    let resolved = try Configuration(
      yaml: spelled.yaml(), named: "config.yaml", folder: URL(fileURLWithPath: "/"))
    #expect(try resolved.contentIdentity() == identity())
  }

  /// Every change has an identity of its own.
  @Test func changesAreTold() throws {
    let changes = [
      "loss.epsilon=1e-3", "source.tokens=4", "source.tokens=[A, B, C]", "source.parents=[1, 3]",
      "source.prior.seed=2", "source.start=stationary", "model.window=4", "model.variant=reference-code",
      "model.variant.keys=all", "initial.own=2", "initial.other=1e-9", "theory.level=leading-order",
      "theory.order=2",
      "theory.sequences={all: true}", "theory.sequences={all: true, context: 5}",
      "theory.sequences.context=5",
      "theory.stages=[{until: {time: 10000}}, {until: {time: 10000}}]",
      "theory.stages=[{until: {time: 10000, share: 0.5}}]",
      "theory.stages=[{until: {time: 10000, share: {set: [1, 2], above: 0.5}}}]",
      "theory.stages=[{train: [scale], until: {time: 10000}}]", "theory.solver.stepper=msbdf",
      "theory.solver.steps=100001", "theory.output.points=201", "theory.output={every: step}",
      "theory.output={times: [200]}", "theory.correction=step-size", "training={}", "training.context=50",
      "training.data={fixed: 1024}", "training.data={fresh: 1023}", "training.data.kernels=prior",
      "training.optimizer={adam: {}}", "training.optimizer={adam: {rate: 1}}",
      "training.optimizer.sgd.momentum=0.5",
      "training.optimizer.schedule={warmup: 10}", "training.optimizer.schedule={cosine: {steps: 10}}",
      "training.optimizer.schedule={cosine: {steps: 10, floor: 0.5}}", "training.optimizer.clip=1",
      "training.seeds=[1]", "training.seeds=[3, 2, 1]", "training.measure.points=10",
      "training.checkpoints.points=10", "training.precision=float", "training.epsilon=0",
      "training.stages=[{until: {time: 10000}}]", "training.stages=[{steps: 10000}, {steps: 10000}]",
    ]
    let texts = try changes.map { try identity($0).text } + [identity().text]
    for (index, text) in texts.enumerated() {
      #expect(texts.firstIndex(of: text) == index, "\(index < changes.count ? changes[index] : "no change")")
    }
    #expect(Set(try changes.map { try identity($0).hash }).count == changes.count)
  }

  @Test func filesCountByTheirContent() throws {
    let folder = try TemporaryFolder()
    for (name, text) in [("a.json", "same"), ("b.json", "same"), ("c.json", "other")] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: folder[name]))
    }
    let keys = [
      "source.kernels", "initial.parameters", "theory.sequences.file", "training.data.file",
      "training.held-out.file",
    ]
    var all: Set<String> = []
    for key in keys {
      let (a, b, c) = try (
        identity("\(key)=\(folder["a.json"])"), identity("\(key)=\(folder["b.json"])"),
        identity("\(key)=\(folder["c.json"])")
      )
      #expect(a == b && a != c)
      #expect(!a.text.contains(folder.path))
      all.formUnion([a.hash, c.hash])
    }
    #expect(all.count == 2 * keys.count)
    #expect(throws: ConfigurationError.self) { try identity("initial.parameters=/nowhere/p.json") }
  }

  @Test func partsAreFoundByWhatTheyDependOn() throws {
    let base = try configuration(minimal, "training={seeds: [4, 5]}", "theory.level=leading-order")
    func changed(_ override: String) throws -> Configuration {
      try configuration(minimal, "training={seeds: [4, 5]}", "theory.level=leading-order", override)
    }
    for (override, flow, training) in [
      ("name=other", true, true), ("loss.epsilon=1", false, false), ("source.prior.seed=9", false, false),
      ("initial.own=2", false, false), ("model.window=2", false, false), ("theory.order=2", false, true),
      ("training.context=5", true, false), ("training.seeds=[4]", true, true),
      ("training.seeds=[5, 6]", true, false),
      ("training.measure.points=9", true, false), ("training.checkpoints.points=9", true, false),
      ("training.optimizer.sgd.rate=2", true, false), ("training.precision=float", true, false),
    ] {
      let other = try changed(override)
      #expect(try (other.identity(of: .flow) == base.identity(of: .flow)) == flow, "\(override)")
      let seed = override == "training.seeds=[5, 6]" ? 6 : 4
      #expect(
        try (other.identity(of: .training(seed: seed)) == base.identity(of: .training(seed: 4))) == training,
        "\(override)")
    }
    let corrected = try changed("theory.correction=step-size")
    var faster = corrected
    faster.training?.optimizer.rule = .sgd(rate: 2, momentum: 0)
    var longer = corrected
    longer.training?.context = 7
    #expect(try corrected.identity(of: .flow) != faster.identity(of: .flow))
    #expect(try corrected.identity(of: .flow) == longer.identity(of: .flow))
    #expect(try corrected.identity(of: .training(seed: 4)) == base.identity(of: .training(seed: 4)))
    #expect(try base.part(.flow).training == nil)
    #expect(try base.part(.training(seed: 5)).training?.seeds == [5])
  }
}
