import Foundation
import InductionModel
import Testing
import Transformer

@testable import Experiments

/// The disentangled theory beside a model that has more. With its gain held at 1 that model is the disentangled one, so
/// that every number of their comparison is known from the other's.
@Suite struct ReducedTheoryTests {
  private let place: TemporaryFolder

  init() throws {
    try Architectures.add(GainedArchitecture())
    place = try TemporaryFolder()
  }

  private static let text = """
    source: {tokens: 2, parents: [1], prior: {dirichlet: 1, kernels: 3, seed: 5}}
    model: {window: 2, heads: 2, degree: 1}
    loss: {epsilon: 1e-3}
    theory: {stages: [{until: {time: 8}}], output: {points: 4}}
    training:
      context: 20
      data: {fresh: 16}
      held-out: {count: 20}
      stages: [{train: [attention, coefficients, scale], steps: 8}]
      measure: {points: 4}
      seeds: [1, 2]

    """

  private func experiment(_ overrides: String...) throws -> Experiment {
    try Experiment(
      Configuration(
        yaml: Self.text, named: "c.yaml", folder: URL(fileURLWithPath: place.path),
        overrides: overrides.compactMap(Override.init)))
  }

  private func compare(_ name: String, _ overrides: String...) throws -> ComparisonReport {
    var request = ComparisonRequest()
    (request.sequences, request.contexts) = (16, [])
    let experiment = try Experiment(
      Configuration(
        yaml: Self.text, named: "c.yaml", folder: URL(fileURLWithPath: place.path),
        overrides: overrides.compactMap(Override.init)))
    return try Comparison(experiment, request, threads: 1).run(at: place[name])
  }

  @Test func whatBothHaveIsLaidOver() throws {
    let (own, other) = (try compare("own"), try compare("other", "model.architecture=gained"))
    let files = try ["own", "other"].map {
      try String(contentsOfFile: place["\($0)/overlay.csv"], encoding: .utf8)
    }
    #expect(files[0] == files[1])
    #expect(own.overlays[0].notCompared.isEmpty)
    #expect(other.overlays[0].notCompared.training == ["gain", "product"])
    #expect(other.overlays[0].notCompared.theory.isEmpty)
    for (left, right) in zip(own.trainingLimits, other.trainingLimits) {
      #expect(left.report.verdict == right.report.verdict && left.report.winner == right.report.winner)
      #expect(left.report.share == right.report.share && left.report.scale == right.report.scale)
      let distances = [left, right].map { $0.report.distances.map { $0.entries.map(\.totalVariation) } }
      #expect(distances[0] == distances[1])
    }
    #expect(own.agreement.bySeed.map(\.totalVariation) == other.agreement.bySeed.map(\.totalVariation))
    #expect(!own.closedForms.isEmpty && other.closedForms.isEmpty)
    #expect(other.json["overlay"]?[0]?["not_compared"]?["training"]?[0]?.word == "gain")
    #expect(own.json["overlay"]?[0]?["not_compared"] == nil)
  }

  @Test func lagsAreCountedFromTheModelsFirst() throws {
    let own = try TrainingTask(experiment(), threads: 1)
    let other = try TrainingTask(experiment("model.architecture=gained"), threads: 1)
    _ = try (own.run(at: place["own"]), other.run(at: place["other"]))
    let tables = try ["own", "other"].map {
      try TrajectoryTable(
        contentsOf: place["\($0)/seed-1/measurements.csv"], required: "standard-error")
    }
    #expect(tables[0].columns.contains("lag[1 0]") == false)
    let itself = try #require(tables[1]["lag[1 0]"])
    #expect(itself.allSatisfy { $0 == 0 })
    for column in ["lag[1 1]", "lag[2 2]", "match[1]", "induction-score"] {
      let (left, right) = (try #require(tables[0][column]), try #require(tables[1][column]))
      #expect(left == right, "\(column)")
    }
  }

  /// A gain of 2 is no longer the theory's model: predictions and distances see it, the columns do not.
  @Test func predictionsAreTheTrainedModels() throws {
    let still = [
      "training.stages=[{train: [coefficients], steps: 8}]",
      "theory.stages=[{train: [coefficients], until: {time: 8}}]",
    ]
    let (own, other) = (
      try compare("own", still[0], still[1], "initial.scale=2"),
      try compare(
        "other", still[0], still[1], "initial.scale=1", "model.architecture=gained", "initial.gain=2")
    )
    let distances = [own, other].map {
      $0.trainingLimits.map { $0.report.distances[0].entries.map(\.totalVariation.mean) }
    }
    for (left, right) in zip(distances[0].joined(), distances[1].joined()) {
      #expect(abs(left - right) < 1e-9)
    }
    #expect(other.trainingLimits[0].report.scale == 1)
    #expect(
      abs(other.agreement.bySeed[0].totalVariation.mean - own.agreement.bySeed[0].totalVariation.mean) > 1e-3)
  }

  @Test func theFlowStartsFromWhatBothHave() throws {
    let experiment = try experiment("model.architecture=gained", "initial.gain=3", "initial.own=2")
    #expect(
      try experiment.start
        == Parameters(model: experiment.model, own: 2, other: 0, coefficients: 1, scale: 0.01))
    #expect(experiment.trainingStart[0] == 3)
    let flow = try FlowTask(experiment, threads: 1).run(at: place["flow"])
    #expect(flow.json["warnings"]?[0]?.word?.contains("that of the disentangled model") == true)
    let plain = try FlowTask(self.experiment("initial.own=2"), threads: 1).run(at: place["plain"])
    #expect(flow.parameters == plain.parameters)
    // The end of the flow is one of the disentangled model.
    let point = try RunPoint(place["flow"])
    #expect(point.experiment.configuration.architecture == Architectures.standard)
    #expect(point.parameters == flow.parameters.flat)
  }

  @Test func whatCannotBeComparedIsSaid() throws {
    func refusal(_ body: () throws -> Void) -> String {
      do {
        try body()
        return "nothing"
      } catch {
        return InputError.describing(error) ?? "\(error)"
      }
    }
    let gained = "model.architecture=gained"
    var request = ComparisonRequest()
    request.measuresLadder = true
    let ladder = refusal { _ = try Comparison(experiment(gained), request, threads: 1) }
    #expect(ladder.contains("--ladder: found model.architecture gained"), "\(ladder)")
    request.measuresLadder = false
    let stages = refusal {
      _ = try Comparison(
        experiment(gained, "training.stages=[{train: [gain, scale], steps: 3}]"), request, threads: 1)
    }
    #expect(stages.contains("training.stages: found training of [gain, scale]"), "\(stages)")
    #expect(stages.contains("groups with the parameters of theory.stages"), "\(stages)")
    _ = try TrainingTask(experiment(), threads: 1).run(at: place["trained"])
    request.training = place["trained"]
    let other = refusal { _ = try Comparison(experiment(gained), request, threads: 1) }
    #expect(
      other.contains("architecture: disentangled") && other.contains("architecture: gained"), "\(other)")
  }

  /// A gain that trains changes nothing of what is compared by name.
  @Test func moreMayTrainThanTheoryHas() throws {
    let all = "training.stages=[{train: [gain, attention, coefficients, scale], steps: 8}]"
    let report = try compare("all", "model.architecture=gained", all)
    #expect(report.overlays[0].curves.contains { $0.quantity == "p[1]" })
    #expect(try compare("map", "model.architecture=gained", all).trainingLimits.count == 2)
    let cell = try experiment("model.architecture=gained", all)
    _ = try Duel(cell, threads: 1).run(at: place["duel"])
    let json = try JSON(parsing: Data(contentsOf: URL(fileURLWithPath: place["duel/summary.json"])))
    #expect(json["training"]?["share"]?.double != nil && json["agree"] != nil)
  }
}
