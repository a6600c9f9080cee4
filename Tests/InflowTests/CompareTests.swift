import Foundation
import Testing

@Suite struct CompareTests {
  private static let training = """
    training={context: 60, epsilon: 1e-2, data: {fresh: 256}, held-out: {count: 64}, stages: [{steps: 20}], \
    seeds: [1, 2], measure: {points: 6}}
    """
  private static let quick = ["--sequences", "64", "--length", "30", "--threads", "2"]

  private func compare(_ arguments: [String], in place: Workplace) throws -> Command.Result {
    let base = ["compare", "small.yaml", "--out", "run", "--set", Self.training] + Self.quick
    return Command.finish(try Command.start(base + arguments, in: place.path))
  }

  @Test func curvesStandOnOneTimeAxis() throws {
    let place = try Workplace()
    let result = try compare(["--level", "infinite-context", "--level", "leading-order"], in: place)
    try #require(result.status == 0, "\(result.error)")
    #expect(result.output.contains("Agreement at t = 20"))
    let rows = try place.read("run/overlay.csv").split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    #expect(rows[0].prefix(5) == ["level", "quantity", "time", "theory", "mean"])
    let scale = rows.filter { $0[0] == "infinite-context" && $0[1] == "a" }
    let table = try Table(place.read("run/training/seed-1/trajectory.csv"))
    #expect(scale.map { Double($0[2]) } == table["time"])
    #expect(scale.first.map { Double($0[7]) } == 0, "both begin at one point")
    // Small times: both have moved by a'(0) t.
    let last = try #require(scale.last)
    let (theory, mean) = (try #require(Double(last[3])), try #require(Double(last[4])))
    #expect(abs(theory - mean) < 0.2 * (theory - 0.01))
    let summary = try place.json("run/summary.json")
    #expect(
      (summary["overlay"] as? [[String: Any]])?.map { $0["level"] as? String } == [
        "infinite-context", "leading-order",
      ])
    let limit = try #require(summary["limit"] as? [String: Any])
    for side in ["theory", "training"] {
      let part = try #require(limit[side] as? [String: Any])
      #expect(part["set"] is [Int])
      #expect((0...1).contains(try #require(part["total_variation"] as? Double)))
    }
    // The approach to GIH(S*) ends where the limit is measured, and begins where both are at the start's distance.
    let approach = try #require(limit["approach"] as? [String: Any])
    let path = try #require(approach["rows"] as? [[String: Any]])
    #expect(path.count == 6 || path.count == 7)
    #expect(path.last?["time"] as? Double == 20)
    let side = try #require(limit["training"] as? [String: Any])
    let ends = try #require(side["seeds"] as? [[String: Any]]).map { seed in
      let distances = try #require((seed["distances"] as? [[String: Any]])?.first)
      let sets = try #require(distances["sets"] as? [[String: Any]])
      let own = sets.first { $0["set"] as? [Int] == approach["set"] as? [Int] }
      return try #require(own?["total_variation"] as? Double)
    }
    #expect(abs(try #require(path.last?["training"] as? Double) - ends.reduce(0, +) / 2) < 1e-12)
    let first = try #require(path.first)
    #expect(
      abs(try #require(first["theory"] as? Double) - (try #require(first["training"] as? Double))) < 1e-3)
  }

  @Test func readsTrainingThatIsThere() throws {
    let place = try Workplace()
    #expect(
      try Command.run("train", "small.yaml", "--out", "trained", "--set", Self.training, in: place).status
        == 0)
    let fresh = try compare([], in: place)
    try #require(fresh.status == 0, "\(fresh.error)")
    let overlay = try place.read("run/overlay.csv")
    let reread = try compare(["--training", "trained", "--force"], in: place)
    try #require(reread.status == 0, "\(reread.error)")
    #expect(try place.read("run/overlay.csv") == overlay)
    // Its own section counts, whatever the configuration says of training.
    let bare = try compare(["--set", "training=null", "--training", "trained", "--force"], in: place)
    try #require(bare.status == 0, "\(bare.error)")
    #expect(try place.read("run/overlay.csv") == overlay)
    #expect(bare.output.contains("at L = 60;"))
    let onto = try compare(["--training", "trained", "--out", "trained", "--force"], in: place)
    #expect(onto.status == 64)
    #expect(onto.error.contains("--out: found trained"))
    #expect(FileManager.default.fileExists(atPath: place["trained/seed-1/trajectory.csv"]))
    for (difference, key) in [
      ("source.parents=[1]", "source"), ("model.degree=1", "model"), ("initial.scale=0.5", "initial"),
      ("loss.criterion=logits", "loss.criterion"),
    ] {
      let refused = try compare(["--training", "trained", "--force", "--set", difference], in: place)
      #expect(refused.status == 65)
      #expect(refused.error.contains(" \(key): found"), "\(refused.error)")
    }
  }

  /// Only training that is done and unchanged is compared.
  @Test func refusesFoldersOfNoTraining() throws {
    let place = try Workplace()
    #expect(
      try Command.run(
        "integrate", "small.yaml", "--out", "flow", "--set", Self.training, "--set",
        "theory.stages=[{until: {time: 2}}]", in: place
      ).status == 0)
    #expect(
      try Command.run("train", "small.yaml", "--out", "trained", "--set", Self.training, in: place).status
        == 0)
    let manifest = try place.read("trained/manifest.json")
    try manifest.replacing("\"done\"", with: "\"interrupted\"").write(
      toFile: place["trained/manifest.json"], atomically: true, encoding: .utf8)
    for (folder, found) in [
      ("flow", "a run of inflow integrate"), ("trained", "training that is interrupted"),
      ("none", "no config.yaml"),
    ] {
      let refused = try compare(["--training", folder], in: place)
      #expect(refused.status == 65)
      #expect(refused.error.contains(found), "\(refused.error)")
      #expect(!FileManager.default.fileExists(atPath: place["run"]))
    }
  }

  /// What cannot stand on one time axis, or is about something else, with the key that says so.
  @Test(arguments: [
    ("training.optimizer={adam: {}}", "training.optimizer"),
    ("training.optimizer.clip=1", "training.optimizer.clip"),
    ("training.data.kernels=prior", "training.data.kernels"),
    ("training.stages=[{train: [scale], steps: 5}]", "training.stages"),
    ("theory.level=finite-context", "theory.sequences.context"),
    ("training=null", "training"),
  ])
  func refusesWhatCannotBeCompared(override: String, key: String) throws {
    let place = try Workplace()
    let refused = try compare(["--set", override], in: place)
    #expect(refused.status == 65)
    #expect(refused.error.contains(" \(key): found"), "\(refused.error)")
    #expect(!FileManager.default.fileExists(atPath: place["run"]), "nothing is written for bad input")
  }

  /// Full-batch descent on the very sequences that the finite-context flow averages over: the equation of its finite steps
  /// leaves O(η²) of the O(η) by which descent leaves the flow.
  @Test(arguments: [
    ("step-size", optimizer: "{sgd: {rate: 2}}", steps: 20, factor: 10.0),
    ("momentum", optimizer: "{sgd: {rate: 0.1, momentum: 0.9}}", steps: 60, factor: 10.0),
  ])
  func equationsOfFiniteStepsFollowDescent(
    correction: String, optimizer: String, steps: Int, factor: Double
  ) throws {
    func largest(_ correction: String) throws -> Double {
      let place = try Workplace()
      let result = try compare(
        [
          "--level", "finite-context", "--set", "theory.sequences={context: 60, count: 64, seed: 1}", "--set",
          "loss.epsilon=1e-2", "--set", "theory.stages=[{until: {time: 80}}]", "--set",
          "theory.correction=\(correction)", "--set", "training.data={fixed: 64}", "--set",
          "training.optimizer=\(optimizer)", "--set", "training.stages=[{steps: \(steps)}]", "--set",
          "training.seeds=[1]",
        ], in: place)
      try #require(result.status == 0, "\(result.error)")
      let overlay = try #require((try place.json("run/summary.json")["overlay"] as? [[String: Any]])?.first)
      let discrepancy = try #require(overlay["discrepancy"] as? [String: [String: Any]])
      return try #require(discrepancy["a"]?["maximum"] as? Double)
    }
    let (flow, corrected) = (try largest("none"), try largest(correction))
    #expect(corrected < flow / factor, "\(corrected) against \(flow)")
  }

  /// An expansion in a that went on to a = 20 tells nothing, and says so.
  @Test func aLevelSaysWhereItLeavesItsRange() throws {
    let place = try Workplace()
    let result = try compare(
      ["--level", "leading-order", "--set", "theory.stages=[{until: {time: 400}}]"], in: place)
    try #require(result.status == 0, "\(result.error)")
    #expect(result.output.contains("outside of its range from t = "))
    let limit = try #require(try place.json("run/summary.json")["limit"] as? [String: Any])
    let theory = try #require(limit["theory"] as? [String: Any])
    let verdict = try #require(theory["verdict"] as? [String: Any])
    #expect(verdict["reasons"] as? [String] == ["outside-range"])
    let range = try #require(theory["range"] as? [String: Any])
    #expect(range["holds"] as? Bool == false)
    let table = try Table(place.read("run/theory/leading-order/trajectory.csv"))
    let (times, values) = (try #require(table["time"]), try #require(table["next-term"]))
    let first = try #require(values.firstIndex { $0 > 0.5 })
    #expect((range["left"] as? [String: Any])?["time"] as? Double == times[first])
    #expect(values[0] < 0.1 && (values.last ?? 0) > 0.5)
  }

  /// A row of the closed forms is the same whatever lies between the start and the end of a stage.
  @Test func closedFormsDoNotDependOnTheGrid() throws {
    let place = try Workplace()
    func forms(_ grid: String) throws -> [[String: Any]] {
      let stages = ["coefficients", "attention", "scale"]
      func list(_ end: String) -> String {
        stages.map { "{train: [\($0)], \(end)}" }.joined(separator: ", ")
      }
      let result = try compare(
        [
          "--force", "--set", "theory.stages=[\(list("until: {time: 20}"))]", "--set",
          "training.stages=[\(list("steps: 20"))]", "--set", "training.measure=\(grid)",
        ], in: place)
      try #require(result.status == 0, "\(result.error)")
      return try #require(try place.json("run/summary.json")["closed_forms"] as? [[String: Any]])
    }
    let (coarse, fine) = (try forms("{points: 2}"), try forms("{every: step}"))
    #expect(coarse.count == 9, "six slopes, two weights, the scale")
    for (left, right) in zip(coarse, fine) {
      #expect(left["name"] as? String == right["name"] as? String)
      for side in ["theory", "training"] {
        let (a, b) = (try #require(left[side] as? Double), try #require(right[side] as? Double))
        #expect(abs(a - b) <= 1e-6 * abs(b), "\(left) \(right)")
      }
    }
  }

  /// Runs that cannot end in GIH(S*), each for a reason of its own.
  @Test(arguments: [
    // All of the share on a set that is not S* and stays there.
    (
      "wrong-set", winner: "[1 3]", scale: "2",
      [
        "theory.stages=[{train: [scale], until: {time: 20}}]",
        "training.stages=[{train: [scale], steps: 20}]",
      ]
    ),
    // S* has won, but at L = 30 a stands still early.
    (
      "finite-context-floor", winner: "[1 2]", scale: "0.1",
      [
        "theory.stages=[{train: [scale], until: {time: 8000}}]",
        "training.stages=[{train: [scale], steps: 2000}]", "training.optimizer.sgd.rate=4",
        "training.data={fixed: 1000}",
      ]
    ),
    // C = 7e-4 is no match for steps of rate 1.
    (
      "step-too-large", winner: "", scale: "0.01",
      ["initial={coefficients: 0.01}", "theory.solver.stepper=msbdf", "theory.stages=[{until: {time: 2}}]"]
    ),
  ])
  func verdictsSayWhy(reason: String, winner: String, scale: String, overrides: [String]) throws {
    let place = try Workplace()
    let coefficients = ["[]", "[1]", "[2]", "[3]", "[1 2]", "[1 3]", "[2 3]"].map {
      "\"\($0)\": \($0 == winner ? 1 : 0)"
    }
    try place.write(
      """
      {"attention": [[9, 0, 0], [0, 9, 0], [0, 0, 9]], "coefficients": {\(coefficients.joined(separator: ", "))}, \
      "scale": \(scale)}
      """, to: "start.json")
    let common = [
      "source.prior={dirichlet: 1, kernels: 64, seed: 1}", "initial={parameters: start.json}",
      "training.context=30", "training.seeds=[1]",
    ]
    let result = try compare((common + overrides).flatMap { ["--set", $0] }, in: place)
    try #require(result.status == 0, "\(result.error)")
    let limit = try #require(try place.json("run/summary.json")["limit"] as? [String: Any])
    let training = try #require(limit["training"] as? [String: Any])
    let seed = try #require((training["seeds"] as? [[String: Any]])?.first)
    let verdict = try #require(seed["verdict"] as? [String: Any])
    #expect(verdict["reached"] as? Bool == false)
    #expect((verdict["reasons"] as? [String])?.contains(reason) == true, "\(verdict)")
  }

  /// Orders of an own, small model: within 0.15, as for the built-in example.
  @Test func ordersOfTheLadder() throws {
    let place = try Workplace()
    let result = try compare(
      [
        "--ladder", "--set", "source={tokens: 2, parents: [1], prior: {dirichlet: 1, kernels: 4, seed: 3}}",
        "--set",
        "model={window: 2, heads: 2, degree: 1}",
      ], in: place)
    try #require(result.status == 0, "\(result.error)")
    let ladder = try #require(try place.json("run/summary.json")["ladder"] as? [[String: Any]])
    #expect(ladder.compactMap { $0["predicted"] as? Double } == [1, 2, 2, 0.5, 1, 1])
    for edge in ladder {
      let (measured, predicted) = (edge["measured"] as? Double, edge["predicted"] as? Double)
      let error = try #require(edge["standard_error"] as? Double)
      let difference = abs(try #require(measured) - (try #require(predicted)))
      #expect(difference < 0.15 && difference < 4 * error + 0.002, "\(edge)")
    }
  }

  /// The closed forms of a stage, against the flow that knows nothing of them: where p and σ are what they assume.
  private func closedForms(
    stage: String, until time: Double, own: Double, others: Double, scale: Double
  ) throws -> [(name: String, predicted: Double, flow: Double)] {
    let place = try Workplace()
    let rows = (0..<3).map { head in "[\((0..<3).map { "\($0 == head ? own : 0)" }.joined(separator: ","))]" }
    let coefficients = ["[]", "[1]", "[2]", "[3]", "[1 2]", "[1 3]", "[2 3]"].map {
      "\"\($0)\": \($0 == "[1 2]" ? 1 : others)"
    }
    try place.write(
      """
      {"attention": [\(rows.joined(separator: ","))], "coefficients": {\(coefficients.joined(separator: ","))}, \
      "scale": \(scale)}
      """, to: "start.json")
    let result = try compare(
      [
        "--set", "source.prior={dirichlet: 0.5, kernels: 64, seed: 1}", "--set",
        "initial={parameters: start.json}", "--set", "theory.solver.time=logarithmic", "--set",
        "theory.stages=[{train: [\(stage)], until: {time: \(time)}}]", "--set",
        "training.stages=[{train: [\(stage)], steps: 20}]", "--set",
        // As long as the flow; what such steps do is not looked at.
        "training.optimizer.sgd.rate=\(time / 20)",
      ], in: place)
    try #require(result.status == 0, "\(result.error)")
    let forms = try #require(try place.json("run/summary.json")["closed_forms"] as? [[String: Any]])
    return try forms.map {
      (
        try #require($0["name"] as? String), try #require($0["predicted"] as? Double),
        try #require($0["theory"] as? Double)
      )
    }
  }

  /// First order in a = 0.02, and exact in t as long as only coefficients move.
  @Test func slopesOfTheShares() throws {
    let forms = try closedForms(stage: "coefficients", until: 60, own: 6, others: 1, scale: 0.02)
    #expect(forms.count == 6)
    for form in forms {
      #expect(form.name.hasPrefix("slope of log(p[1 2]/"))
      #expect(abs(form.flow / form.predicted - 1) < 0.05, "\(form)")
    }
  }

  /// First order in a = 0.05, and late.
  @Test func constantsOfTheWeights() throws {
    let forms = try closedForms(stage: "attention", until: 1e8, own: 3, others: 0, scale: 0.05)
    let name = " t after 1e+08 of its stage"
    #expect(forms.map(\.name) == ["(1 - sigma[1 1])\(name)", "(1 - sigma[2 2])\(name)"])
    for form in forms { #expect(abs(form.flow / form.predicted - 1) < 0.05, "\(form)") }
  }

  /// The scale's own equation is exact for one-hot heads.
  @Test func equationOfTheScale() throws {
    let forms = try closedForms(stage: "scale", until: 100, own: 40, others: 0, scale: 0.5)
    let form = try #require(forms.last)
    #expect(form.name.hasPrefix("a after"))
    #expect(abs(form.flow / form.predicted - 1) < 1e-6, "\(form)")
  }
}
