import Foundation
import InductionModel
import Testing
import Transformer

@testable import Experiments

/// The full model by its configuration: starts, groups, runs, files, comparison, and what it refuses.
@Suite struct FullArchitectureTests {
  private let place: TemporaryFolder

  init() throws { place = try TemporaryFolder() }

  private static let text = """
    source: {tokens: 3, parents: [1, 2], prior: {dirichlet: 0.5, kernels: 4, seed: 5}}
    model: {architecture: full, window: 2, heads: 2, degree: 2}
    loss: {criterion: logits}
    theory: {stages: [{until: {time: 2}}], output: {points: 4}, sequences: {context: 12, count: 20, seed: 4}}
    training:
      context: 12
      data: {fixed: 100, kernels: prior}
      held-out: {count: 40}
      optimizer: {sgd: {rate: 0.1}}
      stages: [{train: [value, norm, coefficients], steps: 5}, {steps: 15}]
      measure: {points: 4}
      checkpoints: {points: 3}
      seeds: [4]

    """

  private func experiment(_ overrides: String...) throws -> Experiment {
    try Experiment(
      Configuration(
        yaml: Self.text, named: "full.yaml", folder: URL(fileURLWithPath: place.path),
        overrides: overrides.compactMap(Override.init)))
  }

  private func train(_ name: String, _ observers: RunObservers = RunObservers()) throws -> [TrainingSummary] {
    try TrainingTask(experiment(), threads: 2).run(at: place[name], .keep, observers)
  }

  private func read(_ name: String) throws -> String {
    try String(contentsOfFile: place[name], encoding: .utf8)
  }

  private func start(_ overrides: String...) throws -> FullParameters {
    let experiment = try Experiment(
      Configuration(
        yaml: Self.text, named: "full.yaml", folder: URL(fileURLWithPath: place.path),
        overrides: overrides.compactMap(Override.init)))
    return FullParameters(flat: experiment.trainingStart, model: experiment.model)
  }

  /// The start of the published runs.
  @Test func startsAsThePublishedRuns() throws {
    let start = try start()
    #expect(start.position == [3, 0.01, 3, 0.01])
    let map = [0.001, 0, 0, 0, 0.001, 0, 0, 0, 0.001]
    #expect(start.query == map + map && start.key == map + map && start.value == map + map)
    #expect(start.gain == [1, 1, 1] && start.bias == [0, 0, 0])
    #expect(start.coefficients == [0.01, 0.01, 0.01, 0.01] && start.scale == 0.01)
    #expect(try self.start("initial.own=1").position == [1, 0.01, 1, 0.01])
  }

  /// Mean 0, the stated deviation, and other numbers for every map and seed.
  @Test func randomStartsAreNormal() throws {
    let sizes = ["source.tokens=10", "model.heads=8", "model.window=8", "initial.seed=7"]
    let random = try start(sizes[0], sizes[1], sizes[2], sizes[3], "initial.value={normal: 0.2}")
    let count = Double(random.value.count)
    let mean = random.value.reduce(0, +) / count
    let square = random.value.reduce(0) { $0 + $1 * $1 } / count
    let fourth = random.value.reduce(0) { $0 + $1 * $1 * $1 * $1 } / count
    #expect(random.value.count == 800 && abs(mean) < 4 * 0.2 / count.squareRoot())
    #expect(abs(square / 0.04 - 1) < 4 * (2 / count).squareRoot())
    #expect(abs(fourth / (3 * 0.0016) - 1) < 4 * (96.0 / 9 / count).squareRoot())
    #expect(random.query[0] == 0.001)
    let again = try start(sizes[0], sizes[1], sizes[2], sizes[3], "initial.value={normal: 0.2}")
    #expect(again == random)
    let both = try start("initial={query: {normal: 1}, key: {normal: 1}, seed: 7}")
    #expect(Set(both.query + both.key).count == 36)
    #expect(try start("initial={query: {normal: 1}, seed: 8}").query != both.query)
  }

  @Test func aStageTrainsItsGroups() throws {
    _ = try train("run")
    let rows = try read("run/seed-4/trajectory.csv").split(separator: "\n").map { $0.split(separator: ",") }
    #expect(rows[0].contains("w[1 1]") && rows[0].contains("Q[2 0 1]") && rows[0].contains("gain[2]"))
    #expect(rows[0].contains("sigma[2 3]") && rows[0].contains("p[1 2]"))
    func column(_ name: String, _ row: Int) throws -> Substring {
      try rows[row][#require(rows[0].firstIndex { $0 == name })]
    }
    let end = try #require(rows.dropFirst().indices.first { rows[$0][1] == "5" })
    for (name, moves) in [
      ("w[1 1]", false), ("Q[1 0 0]", false), ("a", false), ("V[1 0 0]", true), ("c[1]", true),
    ] {
      #expect(try (column(name, 1) != column(name, end)) == moves, "\(name)")
      #expect(try column(name, 1) != column(name, rows.count - 1), "\(name)")
    }
    let measured = try read("run/seed-4/measurements.csv").prefix { $0 != "\n" }.split(separator: ",")
    for name in ["C drift", "|Q|^2-|K|^2[2]", "gradient-norm[norm]", "match[1 2]", "lag[1 0]", "lag[2 3]"] {
      #expect(measured.contains { $0 == name }, "\(name)")
    }
  }

  /// The bytes of a run that was stopped and gone on with are those of one that was not.
  @Test func goesOnToTheSameBytes() throws {
    _ = try train("whole")
    let steps = Counter()
    #expect(throws: RunFailure.self) {
      try train("cut", RunObservers(isInterrupted: { steps.next() == 9 }))
    }
    _ = try train("cut")
    for file in ["trajectory.csv", "measurements.csv", "checkpoint.json", "parameters.json", "summary.json"] {
      #expect(try read("cut/seed-4/\(file)") == read("whole/seed-4/\(file)"), "\(file)")
    }
  }

  private final class Counter: @unchecked Sendable {
    private var count = 0
    func next() -> Int {
      count += 1
      return count
    }
  }

  /// Files give the parameters back, and `evaluate` the loss and gradient of the model on the same sequences.
  @Test func isExportedAndEvaluated() throws {
    let point = try train("run")[0].selection.point
    let experiment = try experiment()
    for file in ["parameters.json", "parameters.safetensors", "checkpoint.json", ""] {
      let found = try InputFile(path: place["run/seed-4/\(file)"], keyPath: "--parameters")
        .parameters(experiment.configuration.architecture, experiment.model)
      #expect(found == point, "\(file)")
    }
    let json = try Evaluation(
      experiment, at: InputFile(path: place["run/seed-4"], keyPath: "--parameters"), threads: 1
    ).json
    let sequences = try experiment.resolved(experiment.configuration.theory.sequences).sequences
    let model = FullTransformer(experiment.model, loss: Loss(criterion: .logits))
    let expected = try model.evaluate(point, on: sequences)
    let loss = try #require(json["loss"]?.double)
    #expect(abs(loss - expected.loss) < 1e-14)
    let gradient = FullParameters(flat: expected.gradient, model: experiment.model)
    let printed = json["gradient"]
    #expect(printed?["position"]?[1]?[0]?.double == gradient.position[2])
    #expect(printed?["query"]?[1]?[2]?[0]?.double == gradient.query[9 + 6])
    #expect(printed?["value"]?[0]?[1]?[2]?.double == gradient.value[5])
    #expect(
      printed?["gain"]?[1]?.double == gradient.gain[1] && printed?["bias"]?[2]?.double == gradient.bias[2])
    #expect(printed?["coefficients"]?["[1 2]"]?.double == gradient.coefficients[3])
    #expect(printed?["scale"]?.double == gradient.scale)
  }

  @Test func isComparedWithTheReducedTheory() throws {
    var request = ComparisonRequest()
    (request.sequences, request.contexts) = (16, [])
    let report = try Comparison(
      experiment("training.stages=[{steps: 20}]", "training.data={fixed: 100}"), request, threads: 1
    )
    .run(at: place["compare"])
    #expect(report.overlays[0].curves.contains { $0.quantity == "p[1 2]" })
    #expect(report.overlays[0].curves.contains { $0.quantity == "sigma[1 1]" })
    #expect(report.overlays[0].curves.contains { $0.quantity == "a" })
    #expect(report.overlays[0].notCompared.training.contains("Q"))
    #expect(report.overlays[0].notCompared.theory.isEmpty)
  }

  @Test func refusesWhatItDoesNotHave() throws {
    func refusal(_ body: () throws -> Void) -> String {
      do {
        try body()
        return "nothing"
      } catch {
        return InputError.describing(error) ?? "another error: \(error)"
      }
    }
    let group = refusal { _ = try experiment("training.stages=[{train: [attention], steps: 1}]") }
    #expect(group.contains("training.stages[0].train[0]: found attention"), "\(group)")
    #expect(
      group.contains("position, query, key, value, norm, coefficients, scale, of model.architecture full"),
      "\(group)")
    let norm = refusal { _ = try experiment("model.variant=paper") }
    #expect(norm.contains("model.variant.normalization: found none"), "\(norm)")
    #expect(norm.contains("l2, in whose place LayerNorm stands, of model.architecture full"), "\(norm)")
    let features = refusal {
      _ = try experiment("model.variant={normalization: l2, feature-norm: feature}")
    }
    #expect(features.contains("model.variant.feature-norm: found feature; allowed: constant"), "\(features)")
    let size = refusal { _ = try experiment("source.tokens=300") }
    #expect(size.contains("parameters") && size.contains("model.heads"), "\(size)")
    let key = refusal { _ = try experiment("model.architecture=disentangled", "initial.query=1") }
    #expect(key.contains("initial.query: found an unknown key"), "\(key)")
    let deviation = refusal { _ = try experiment("initial.query={normal: -1}") }
    #expect(deviation.contains("initial.query.normal: found -1"), "\(deviation)")
    _ = try train("run")
    let other = refusal {
      _ = try experiment(
        "model.architecture=disentangled", "training.stages=[{steps: 1}]",
        "initial={parameters: \(place["run/seed-4/parameters.json"])}")
    }
    #expect(other.contains("--set model.architecture=full"), "\(other)")
    let file = place["short.json"]
    let text = try read("run/seed-4/parameters.json")
    try Data(text.replacing("\"gain\": [", with: "\"gain\": [1, ").utf8).write(to: URL(fileURLWithPath: file))
    let gain = refusal { _ = try experiment("initial={parameters: \(file)}") }
    #expect(gain.contains("gain") && gain.contains("3 numbers"), "\(gain)")
  }
}
