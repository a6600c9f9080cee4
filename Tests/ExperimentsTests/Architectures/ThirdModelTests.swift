import Foundation
import InductionModel
import SymbolicTensors
import Testing
import Transformer

@testable import Experiments

/// A model that the program does not have goes through training, measurements, checkpoints, resuming, exports and
/// evaluation by its type and its entry alone.
@Suite struct ThirdModelTests {
  private let place: TemporaryFolder

  init() throws {
    try Architectures.add(BigramArchitecture())
    place = try TemporaryFolder()
  }

  private static let text = """
    source: {tokens: 2, parents: [1], prior: {dirichlet: 1, kernels: 3, seed: 5}}
    model: {architecture: bigram, window: 2, heads: 2, degree: 1}
    loss: {epsilon: 1e-3}
    theory: {sequences: {context: 9, count: 30, seed: 4}}
    training:
      context: 9
      data: {fixed: 200}
      held-out: {count: 50}
      optimizer: {sgd: {rate: 2, momentum: 0.5}}
      stages: [{train: [table], steps: 300}, {steps: 20}]
      measure: {points: 5}
      checkpoints: {points: 4}
      seeds: [4]

    """

  private func experiment(_ overrides: String...) throws -> Experiment {
    try Experiment(
      Configuration(
        yaml: Self.text, named: "bigram.yaml", folder: URL(fileURLWithPath: place.path),
        overrides: overrides.compactMap(Override.init)))
  }

  private func train(_ name: String, _ observers: RunObservers = RunObservers()) throws -> [TrainingSummary] {
    try TrainingTask(experiment(), threads: 1).run(at: place[name], .keep, observers)
  }

  private func read(_ name: String) throws -> String {
    try String(contentsOfFile: place[name], encoding: .utf8)
  }

  @Test func trainsToThePairsFrequencies() throws {
    let summary = try train("run")[0]
    let header = try read("run/seed-4/trajectory.csv").prefix { $0 != "\n" }
    #expect(header == "time,step,loss,t,b[1 1],b[1 2],b[2 1],b[2 2],largest,row")
    let measured = try read("run/seed-4/measurements.csv").prefix { $0 != "\n" }
    #expect(
      measured == "time,step,batch-loss,standard-error,gradient-norm,gradient-norm[table],"
        + "gradient-norm[temperature],icl-score,row")
    // The best table has the frequencies of what followed: the loss is the entropy of the pairs.
    let experiment = try experiment()
    guard case .fixed(let sequences, _) = try TrainingExperiment(experiment, threads: 1).data(seed: 4) else {
      Issue.record("no fixed sequences")
      return
    }
    var counts = [[0.0, 0.0], [0.0, 0.0]]
    for row in 0..<sequences.count {
      let pair = sequences[row].suffix(2).map(Int.init)
      counts[pair[0]][pair[1]] += 1
    }
    let point = summary.selection.point
    for token in 0..<2 {
      let (odds, logit) = (
        counts[token][1] / counts[token][0], point[4] * (point[2 * token + 1] - point[2 * token])
      )
      #expect(abs(logit - log(odds)) < 1e-6)
    }
    let json = try JSON(parsing: Data(read("run/seed-4/summary.json").utf8))
    #expect(json["shares"] == nil && json["winner"] == nil)
    #expect(json["parameters"]?["table"]?[1]?[0]?.double == point[2])
    #expect(json["parameters"]?["temperature"]?.double == point[4])
  }

  /// The bytes of a run that was stopped and gone on with are those of one that was not.
  @Test func goesOnToTheSameBytes() throws {
    _ = try train("whole")
    let steps = Counter()
    #expect(throws: RunFailure.self) {
      try train("cut", RunObservers(isInterrupted: { steps.next() == 100 }))
    }
    #expect(try read("cut/seed-4/checkpoint.json") != read("whole/seed-4/checkpoint.json"))
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

  @Test func isExportedAndEvaluated() throws {
    let point = try train("run")[0].selection.point
    let experiment = try experiment()
    let folder = try RunFolder(of: place["run/seed-4"])
    func read(_ path: String) throws -> [Double] {
      try InputFile(path: path, keyPath: "--parameters")
        .parameters(experiment.configuration.architecture, experiment.model)
    }
    for file in ["parameters.json", "parameters.safetensors", "summary.json", "checkpoint.json", ""] {
      #expect(try read("\(folder.path)/\(file)") == point, "\(file)")
    }
    let kept = try folder.keptCheckpoints().map(\.path)
    #expect(try kept.count == 4 && read(kept[0]) == [0, 0, 0, 0, 1])
    let run = InputFile(path: place["run"], keyPath: "--parameters")
    let json = try Evaluation(experiment, at: run, threads: 1).json
    #expect(json["level"]?.word == "finite-context")
    #expect(
      json["gradient"]?["table"]?[0]?[1]?.double != nil && json["gradient"]?["temperature"]?.double != nil)
    // The mean over the sequences of −log of the odds' law.
    let sequences = try experiment.resolved(experiment.configuration.theory.sequences).sequences
    let expected = sequences.reduce(0.0) { sum, x in
      let (last, next) = (x[x.count - 2], x[x.count - 1])
      let logit = point[4] * (point[2 * last + 1 - next] - point[2 * last + next])
      return sum + log1p(exp(logit)) / Double(sequences.count)
    }
    let loss = try #require(json["loss"]?.double)
    #expect(abs(loss - expected) < 1e-12)
    #expect(try RunPoint(place["run"]).parameters == point)
  }

  /// What is wrong, where, and what is allowed.
  private func refusal(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "nothing"
    } catch {
      return InputError.describing(error) ?? "another error: \(error)"
    }
  }

  @Test func refusesWhatIsNotItsOwn() throws {
    let group = refusal { _ = try experiment("training.stages=[{train: [attention], steps: 1}]") }
    #expect(group.contains("training.stages[0].train[0]: found attention"), "\(group)")
    #expect(group.contains("table, temperature, of model.architecture bigram"), "\(group)")
    let key = refusal { _ = try experiment("initial.own=1") }
    #expect(key.contains("initial.own: found an unknown key") && key.contains("logit, temperature"), "\(key)")
    let variant = refusal { _ = try experiment("model.variant={normalization: l2}") }
    #expect(variant.contains("model.variant.normalization: found l2; allowed: none"), "\(variant)")
    let name = refusal { _ = try experiment("model.architecture=bigrams") }
    #expect(name.contains("did you mean bigram?") && name.contains("disentangled"), "\(name)")
    let flow = refusal { _ = try FlowTask(experiment(), threads: 1) }
    #expect(flow.contains("model.architecture: found bigram") && flow.contains("has no w[1 1]"), "\(flow)")
    let theory = refusal { _ = try Evaluation(experiment(), with: .theory, threads: 1) }
    #expect(theory.contains("--with transformer"), "\(theory)")
    let share = refusal {
      _ = try TrainingTask(
        experiment("training.stages=[{until: {time: 1, share: {set: [1], above: 0.5}}}]"), threads: 1)
    }
    #expect(share.contains("waits for p[1], which the model does not have"), "\(share)")
  }

  @Test func filesOfAnotherModelAreRefused() throws {
    let disentangled = try experiment("model.architecture=disentangled", "training.stages=[{steps: 2}]")
    let other = try TrainingTask(disentangled, threads: 1).run(at: place["other"])[0]
    let file = InputFile(path: place["other/seed-4/parameters.json"], keyPath: "initial.parameters")
    let parameters = refusal { _ = try experiment("initial={parameters: \(file.path)}") }
    #expect(parameters.contains("--set model.architecture=disentangled"), "\(parameters)")
    let tensors = refusal {
      _ = try experiment("initial={parameters: \(place["other/seed-4/parameters.safetensors"])}")
    }
    #expect(tensors.contains("no tensor table in a file of the model disentangled tokens=2"), "\(tensors)")
    #expect(other.selection.shares.count == 3)

    // A checkpoint that was put in the place of the run's own.
    #expect(throws: RunFailure.self) { try train("run", RunObservers(isInterrupted: { true })) }
    let files = FileManager.default
    try files.removeItem(atPath: place["run/seed-4/checkpoint.json"])
    try files.copyItem(
      atPath: place["other/seed-4/checkpoint.json"], toPath: place["run/seed-4/checkpoint.json"])
    var text = try read("run/seed-4/checkpoint.json")
    for table in ["trajectory.csv", "measurements.csv"] {
      let rows = try read("run/seed-4/\(table)").split(separator: "\n").count - 1
      let hash = SHA256.hash(try read("run/seed-4/\(table)").utf8)
      text = text.replacing(
        try Regex("\"\(table)\" : \\{[^}]*\\}"),
        with: "\"\(table)\" : {\"rows\" : \(rows), \"sha256\" : \"\(hash)\"}")
    }
    try Data(text.utf8).write(to: URL(fileURLWithPath: place["run/seed-4/checkpoint.json"]))
    let before = try read("run/seed-4/trajectory.csv")
    let checkpoint = refusal { _ = try train("run") }
    #expect(checkpoint.contains("of another model: it says disentangled"), "\(checkpoint)")
    #expect(try read("run/seed-4/trajectory.csv") == before)
    #expect(throws: RunFolderError.self) { try TrainingTask(disentangled, threads: 1).run(at: place["run"]) }
  }

  /// The architecture is part of what a run means; the standard one is not said.
  @Test func identitiesDiffer() throws {
    let (own, other) = (
      try experiment(), try experiment("model.architecture=disentangled", "training.stages=[{steps: 2}]")
    )
    #expect(try own.configuration.contentIdentity().text.contains("model.architecture = bigram\n"))
    #expect(try !other.configuration.contentIdentity().text.contains("architecture"))
    let resolved = try Configuration(
      yaml: own.configuration.yaml(), named: "config.yaml", folder: URL(fileURLWithPath: "/"))
    #expect(resolved.architecture.name == "bigram")
    #expect(try resolved.contentIdentity() == own.configuration.contentIdentity())
    let random = try experiment("initial.logit={normal: 0.5}", "initial.seed=3")
    #expect(random.configuration.initial != own.configuration.initial && random.trainingStart[0] != 0)
    #expect(
      try experiment("training.stages[0].steps=7", "training.stages[1]={steps: 1}")
        .configuration.training?.stages.count == 2)
  }

  /// Axes and overrides reach into the defaults of the architecture that is asked for, whatever comes first.
  @Test func sweepsOverArchitectures() throws {
    let sweep = try SweepDefinition(
      yaml: """
        base:
          source: {tokens: 2, parents: [1]}
          model: {window: 2, heads: 2, degree: 1}
        run: train
        axes:
          - {key: 'training.stages[0].steps', list: [3]}
          - {key: model.architecture, list: [disentangled, bigram]}
        """, named: "sweep.yaml")
    let groups = try (1...2).map {
      try sweep.configuration(ofCell: $0).training?.stages[0].train.map(\.rawValue)
    }
    #expect(groups == [["attention", "coefficients", "scale"], ["table", "temperature"]])
    let set = try Configuration(
      yaml: "{source: {tokens: 2, parents: [1]}, model: {window: 2, heads: 2, degree: 1}}", named: "c.yaml",
      folder: URL(fileURLWithPath: "/"),
      overrides: ["training.stages[0].steps=3", "model.architecture=bigram"].compactMap(Override.init))
    #expect(set.training?.stages[0].train.map(\.rawValue) == ["table", "temperature"])
  }

  @Test func theProgramsOwnNamesAreTaken() {
    #expect(throws: ArchitectureRefusal.self) { try Architectures.add(Impostor()) }
  }

  private struct Impostor: ModelArchitecture {
    let name = "disentangled"
    let meaning = ""
    let theory = TheoryRelation.none
    let initialKeys: [InitialKey] = []
    func model(_ definition: ModelDefinition, loss: Loss) -> any TrainableModel { Bigram(tokens: 2) }
    func start(_ definition: ModelDefinition, _ values: InitialValues) -> [Double] { [] }
  }
}
