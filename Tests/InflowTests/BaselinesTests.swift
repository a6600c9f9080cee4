import Foundation
import Testing

@Suite struct BaselinesTests {
  static let configuration = """
    source: {tokens: 3, parents: [1, 2], prior: {dirichlet: 0.3, kernels: 16, seed: 7}}
    model: {window: 3, heads: 3, degree: 2, variant: {normalization: l2}}
    theory: {stages: [{until: {time: 200}}], output: {points: 3}}
    training:
      context: 40
      epsilon: 1e-3
      data: {fresh: 64}
      held-out: {count: 32}
      stages: [{train: [coefficients], until: {time: 10, share: {set: [1, 2], above: 0.9}}}, {steps: 30}]
      measure: {points: 2}
      checkpoints: {points: 2}
      seeds: [1, 2]

    """

  private let place: Workplace

  init() throws {
    place = try Workplace()
    try place.write(Self.configuration, to: "c.yaml")
  }

  private func run(_ arguments: String...) throws -> Command.Result {
    Command.finish(try Command.start(["baselines"] + arguments, in: place.path))
  }

  /// Rows as fields by column.
  private func rows(_ file: String) throws -> [[String: String]] {
    let lines = try place.read(file).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let header = try #require(lines.first)
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(header, $0)) }
  }

  @Test func everyPredictorAndAblation() throws {
    let result = try run("c.yaml", "--out", "b", "--sequences", "512", "--length", "12", "--length", "80")
    try #require(result.status == 0, "\(result.error)")
    let scores = try rows("b/baselines.csv")
    #expect(Set(scores.compactMap { $0["context"] }) == ["12", "80"])
    func value(_ predictor: String, _ column: String, at context: String = "80") throws -> Double {
      let row = try #require(scores.first { $0["predictor"] == predictor && $0["context"] == context })
      return try #require(row[column].flatMap { Double($0) })
    }
    let ablations = [
      "one-layer", "no-products", "no-normalization", "no-feature-norm", "one-head", "fixed-copy",
    ]
    for name in ablations + ["model"] {
      for seed in [1, 2] { _ = try value("\(name) seed \(seed)", "cross_entropy", at: "12") }
    }
    for name in [
      "uniform", "unigram", "counts {1 2}", "GIH {}", "GIH {1 2}", "context tree", "Bayes average",
    ] {
      #expect(try value(name, "cross_entropy") > value("true kernel", "cross_entropy"))
      #expect(try value(name, "accuracy") < value("true kernel", "accuracy"))
    }
    #expect(try value("true kernel", "total_variation") == 0)
    #expect(try value("GIH {1 2}", "difference") == 0)
    #expect(try value("uniform", "accuracy").isNearly(1.0 / 3))
    // More context is worth more to those who learn from it.
    for name in ["context tree", "Bayes average", "posterior mean {1 2}"] {
      #expect(try value(name, "cross_entropy") < value(name, "cross_entropy", at: "12"))
    }
    let features = try rows("b/features.csv").filter { $0["context"] == "80" }
    #expect(features.map { $0["predictor"] }.prefix(3) == ["chance", "model seed 1", "model seed 2"])
    #expect(features.count == 1 + 2 * 7)
    let summary = try place.json("b/summary.json")
    #expect(summary["information_set"] as? [Int] == [1, 2])
    // The copy of fixed-copy stands still, with each head on its own lag.
    let copy = try place.json("b/models/fixed-copy/seed-1/summary.json")
    let weights = try #require(copy["attention_weights"] as? [[Double]])
    for (head, row) in weights.enumerated() {
      for (lag, weight) in row.enumerated() { #expect(abs(weight - (head == lag ? 1 : 0)) < 1e-40) }
    }
    // The same command reads what is there.
    let again = try run("c.yaml", "--out", "b", "--sequences", "512", "--length", "12", "--length", "80")
    #expect(again.status == 0 && again.output == result.output)
    #expect(try run("c.yaml", "--out", "b", "--sequences", "256").status == 65)
    let resumed = Command.finish(try Command.start(["resume", "b"], in: place.path))
    #expect(resumed.status == 0 && resumed.output == result.output, "\(resumed.error)")
  }

  /// The flow's end, and a run of training, in place of training anew.
  @Test func modelsOfRuns() throws {
    #expect(try Command.run("integrate", "c.yaml", "--out", "flow", in: place).status == 0)
    let flow = try run(
      "c.yaml", "--out", "f", "--run", "flow", "--no-ablations", "--sequences", "256", "--length", "60")
    try #require(flow.status == 0, "\(flow.error)")
    #expect(try rows("f/baselines.csv").contains { $0["predictor"] == "flow" })
    #expect(!FileManager.default.fileExists(atPath: place["f/models"]))
    #expect(try Command.run("train", "c.yaml", "--out", "t", in: place).status == 0)
    let trained = try run(
      "c.yaml", "--out", "g", "--run", "t", "--ablation", "one-head", "--sequences", "256", "--length", "60")
    try #require(trained.status == 0, "\(trained.error)")
    let names = try rows("g/features.csv").compactMap { $0["predictor"] }
    #expect(
      names == ["chance", "model seed 1", "model seed 2", "one-head seed 1", "one-head seed 2"])
    // Any number of threads comes to the same bytes.
    let single = try run(
      "c.yaml", "--out", "h", "--run", "t", "--ablation", "one-head", "--sequences", "256", "--length", "60",
      "--threads", "1")
    #expect(single.status == 0)
    for file in ["baselines.csv", "features.csv", "summary.json"] {
      #expect(try place.read("g/\(file)") == place.read("h/\(file)"))
    }
  }

  /// docs/baselines.md as its script makes it, from small runs.
  @Test func documentation() throws {
    for folder in ["Examples", "scripts"] {
      try FileManager.default.createSymbolicLink(
        atPath: place[folder],
        withDestinationPath: Documentation.root.appendingPathComponent(folder).path)
    }
    let made = try Command.shell(
      "INFLOW=\"$program\" sh scripts/baselines.sh \"$PWD/runs\" \"$PWD/quick.md\" quick", in: place)
    try #require(made.status == 0, "\(made.error)")
    let (quick, full) = (try place.read("quick.md"), try Documentation.read("docs/baselines.md"))
    func rows(_ text: String) -> [String] {
      text.split(separator: "\n").filter { $0.hasPrefix("| ") }.map {
        $0.split(separator: "|")[0].description
      }
    }
    #expect(rows(quick).count > 100 && rows(quick) == rows(full))
    #expect(!quick.contains("nan") && !full.contains("nan"))
  }

  @Test func badInput() throws {
    for (arguments, message) in [
      (["--length", "2"], "length: found 2"), (["--run", "nowhere"], "nowhere"),
      (["--set", "initial={parameters: p.json}"], "initial.parameters"),
      (["--sequences", "4000000", "--length", "1000000"], "length: found"),
    ] {
      let result = Command.finish(
        try Command.start(["baselines", "c.yaml", "--out", "bad"] + arguments, in: place.path))
      #expect(result.status == 65 && result.error.contains(message), "\(arguments): \(result.error)")
      #expect(!FileManager.default.fileExists(atPath: place["bad"]))
    }
    #expect(try run("c.yaml", "--out", "bad", "--ablation", "all").status == 64)
    #expect(try run("c.yaml", "--out", "bad", "--ablation", "one-head", "--no-ablations").status == 64)
  }
}

extension Double {
  fileprivate func isNearly(_ other: Double) -> Bool { abs(self - other) < 1e-12 }
}
