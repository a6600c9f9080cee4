import Experiments
import Foundation
import Testing

@Suite struct RunTests {
  @Test func leavesWhatAnotherRunReproducesBitForBit() throws {
    let place = try Workplace()
    let first = try Command.run("integrate", "small.yaml", "--out", "a", "--threads", "1", in: place)
    #expect(first.status == 0, "\(first.error)")
    #expect(first.error.isEmpty, "standard error is no terminal here")
    let second = try Command.run("integrate", "a/config.yaml", "--out", "b", "--threads", "2", in: place)
    #expect(second.status == 0, "\(second.error)")
    #expect(
      try place.names("a")
        == [
          "checkpoint.json", "config.yaml", "manifest.json", "parameters.json", "summary.json",
          "trajectory.csv",
        ])
    for file in ["config.yaml", "trajectory.csv", "summary.json", "checkpoint.json"] {
      #expect(try place.read("a/\(file)") == place.read("b/\(file)"))
    }
  }

  @Test func manifestCountsTheWork() throws {
    let place = try Workplace()
    #expect(try Command.run("integrate", "small.yaml", "--out", "run", in: place).status == 0)
    let manifest = try place.json("run/manifest.json")
    #expect(manifest["status"] as? String == "done")
    #expect((manifest["wall_time"] as? Double ?? 0) > 0)
    let counts = try #require(manifest["counts"] as? [String: Int])
    #expect(counts.keys.sorted() == ["accepted", "evaluations", "jacobians", "rejected"])
    #expect(try #require(counts["accepted"]) > 0)
    #expect(try #require(counts["evaluations"]) >= #require(counts["accepted"]))
  }

  @Test func rowsStandAtTheTimesAskedFor() throws {
    let place = try Workplace()
    let result = try Command.run(
      "integrate", "small.yaml", "--out", "run", "--set", "theory.output={times: [0, 1, 7.5, 20]}", in: place)
    #expect(result.status == 0, "\(result.error)")
    let table = try Table(place.read("run/trajectory.csv"))
    #expect(table["time"] == [0, 1, 7.5, 20])
    let loss = try #require(table["loss"])
    #expect(zip(loss, loss.dropFirst()).allSatisfy { $0 > $1 }, "a gradient flow lowers its loss")
    let shares = table.columns.filter { $0.hasPrefix("p[") }
    #expect(shares == ["p[]", "p[1]", "p[2]", "p[3]", "p[1 2]", "p[1 3]", "p[2 3]"])
  }

  @Test func stagesEndByTheirConditions() throws {
    let place = try Workplace()
    let stages = """
      theory.stages=[{train: [scale], until: {time: 3}}, \
      {train: [coefficients], until: {time: 1e6, share: {set: [1, 2], above: 0.5}}}, \
      {train: [attention], until: {time: 1e6, gradient-norm: 1e-3}}]
      """
    let result = try Command.run(
      "integrate", "small.yaml", "--out", "run", "--set", stages, "--set", "initial.scale=1",
      "--set", "source.prior={dirichlet: 0.5, kernels: 64, seed: 1}", in: place)
    #expect(result.status == 0, "\(result.error)")
    let ends = try #require(try place.json("run/summary.json")["stages"] as? [[String: Any]])
    #expect(ends.map { $0["ended_by"] as? String } == ["time", "share", "gradient-norm"])
    let table = try Table(place.read("run/trajectory.csv"))
    let end = try #require(ends[1]["end"] as? Double)
    let row = try #require(table["time"]?.firstIndex { abs($0 - end) <= 1e-12 * end })
    #expect(abs(try #require(table["p[1 2]"])[row] - 0.5) < 1e-6)
    // Only the scale moves in the first stage, only the attention in the last.
    let scale = try #require(table["a"])
    #expect(scale[row] == scale.last)
    #expect(try #require(table["c[1 2]"])[row] == table["c[1 2]"]?.last)
  }

  @Test func interruptionLeavesAReadableFolder() throws {
    let place = try Workplace()
    let running = try Command.start(Self.endless, in: place.path)
    try Self.waitForRows(place)
    running.0.interrupt()
    let result = Command.finish(running)
    #expect(result.status == 130)
    #expect(result.error.contains("interrupted at t ="), "\(result.error)")
    #expect(try place.json("run/manifest.json")["status"] as? String == "interrupted")
    #expect(try place.json("run/summary.json")["complete"] as? Bool == false)
    #expect(try place.json("run/checkpoint.json")["time"] is Double)
    _ = try Table(place.read("run/trajectory.csv"))
  }

  @Test func killedRunLeavesWholeRows() throws {
    let place = try Workplace()
    let running = try Command.start(Self.endless, in: place.path)
    try Self.waitForRows(place)
    kill(running.0.processIdentifier, SIGKILL)
    _ = Command.finish(running)
    let text = try place.read("run/trajectory.csv")
    #expect(text.last == "\n")
    #expect(try Table(text).columns.first == "time")
    #expect(try place.json("run/manifest.json")["status"] as? String == "running")
    _ = try Configuration(contentsOf: place["run/config.yaml"])
  }

  /// Steps of constant size far below what the flow needs.
  private static let endless = [
    "integrate", "small.yaml", "--out", "run", "--set", "theory.output={every: step}", "--set",
    "theory.solver={stepper: rk2, relative: 0, absolute: 1e-15, steps: 1000000000}",
  ]

  private static func waitForRows(_ place: Workplace) throws {
    for _ in 0..<3000 {
      if let text = try? place.read("run/trajectory.csv"), text.filter({ $0 == "\n" }).count > 5 { return }
      usleep(10_000)
    }
    Issue.record("no rows within half a minute")
  }

  @Test func failureKeepsTheLastAcceptedState() throws {
    let place = try Workplace()
    let result = try Command.run(
      "integrate", "small.yaml", "--out", "run", "--set", "theory.solver.steps=10", in: place)
    #expect(result.status == 1)
    #expect(result.error.contains("10 steps were not enough"), "\(result.error)")
    #expect(result.error.contains("theory.solver.steps") && result.error.contains("run/checkpoint.json"))
    #expect(try place.json("run/manifest.json")["status"] as? String == "failed")
    // JSONSerialization is off by a rounding now and then, JSONDecoder is not.
    struct Checkpoint: Decodable { let time: Double }
    let time = try JSONDecoder().decode(
      Checkpoint.self, from: Data(place.read("run/checkpoint.json").utf8)
    ).time
    #expect(time > 0 && time < 20)
    // The checkpoint is a point of the trajectory, and its parameters a parameters file.
    #expect(try Table(place.read("run/trajectory.csv"))["time"]?.last == time)
    let point = try #require(try place.json("run/checkpoint.json")["parameters"])
    try JSONSerialization.data(withJSONObject: point).write(to: URL(fileURLWithPath: place["p.json"]))
    #expect(try Command.run("evaluate", "small.yaml", "--parameters", "p.json", in: place).status == 0)
  }

  @Test func infiniteLossIsSaidAndNotPrinted() throws {
    let place = try Workplace()
    try place.write("[[0,0,0,0,0,0,1]]", to: "s.json")
    let result = try Command.run(
      "evaluate", "small.yaml", "--level", "finite-context", "--sequences", "s.json", in: place)
    #expect(result.status == 1)
    #expect(result.error.contains("loss.epsilon"), "\(result.error)")
    #expect(result.output.isEmpty)
  }

  @Test func allSequencesAreTheMeanOverTheirLaw() throws {
    let place = try Workplace()
    // One kernel without memory: the weight of a sequence is the product of its tokens' probabilities.
    try place.write(
      #"{"tokens": 2, "parents": [1], "kernels": [[[0.25, 0.75], [0.25, 0.75]]]}"#, to: "k.json")
    try place.write(
      """
      source: {tokens: 2, parents: [1], kernels: k.json, start: stationary}
      model: {window: 1, heads: 1, degree: 1}
      loss: {epsilon: 0.01}
      theory: {level: finite-context, sequences: {all: true, context: 3}}
      """, to: "c.yaml")
    let exact = try Command.run("evaluate", "c.yaml", in: place).json()
    var mean = 0.0
    for code in 0..<16 {
      let tokens = (0..<4).map { code >> $0 & 1 }
      try place.write("[\(tokens)]", to: "s.json")
      let one = try Command.run("evaluate", "c.yaml", "--sequences", "s.json", in: place).json()
      let weight = tokens.reduce(1.0) { $0 * ($1 == 0 ? 0.25 : 0.75) }
      mean += weight * (try #require(one["loss"] as? Double))
    }
    #expect(abs(mean - (try #require(exact["loss"] as? Double))) < 1e-13)
  }

  @Test func drawnSequencesApproachTheirLaw() throws {
    let place = try Workplace()
    func loss(_ sequences: String) throws -> Double {
      let result = try Command.run(
        "evaluate", "small.yaml", "--level", "finite-context", "--set",
        "model={window: 1, heads: 1, degree: 1}",
        "--set", "loss.epsilon=0.01", "--set", "initial.scale=1", "--set", "theory.sequences=\(sequences)",
        in: place)
      try #require(result.status == 0, "\(result.error)")
      return try #require(try result.json()["loss"] as? Double)
    }
    let exact = try loss("{all: true, context: 6}")
    // A sequence's loss lies in 0...log 100, so its standard deviation is below 2.31: five standard errors.
    #expect(abs(try loss("{context: 6, count: 40000, seed: 3}") - exact) < 5 * 2.31 / 200)
    #expect(try loss("{context: 6, count: 100, seed: 3}") == loss("{context: 6, count: 100, seed: 3}"))
    #expect(try loss("{context: 6, count: 100, seed: 3}") != loss("{context: 6, count: 100, seed: 4}"))
  }

  @Test func versionAndHelp() throws {
    let place = try Workplace()
    #expect(try Command.run("--version", in: place).output == "\(Provenance.version)\n")
    for command in ["validate", "inspect", "evaluate", "integrate"] {
      let help = try Command.run(command, "--help", in: place)
      #expect(help.status == 0)
      #expect(help.output.contains("inflow \(command) Examples/"), "\(help.output)")
    }
  }

  @Test func examplesAreValid() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Examples")
    let examples = try FileManager.default.contentsOfDirectory(atPath: root.path).filter {
      $0.hasSuffix(".yaml")
    }
    #expect(examples.contains("two-parents.yaml"))
    for example in examples {
      let path = root.appendingPathComponent(example).path
      let result = try Command.run("validate", path, in: Workplace())
      #expect(result.status == 0, "\(example): \(result.error)")
      #expect(result.output.hasSuffix("valid\n"))
    }
  }
}

/// A CSV file of numbers, all rows as long as the header.
struct Table {
  let columns: [String]
  private let rows: [[Double]]

  init(_ text: String) throws {
    let lines = text.split(separator: "\n")
    columns = try #require(lines.first).split(separator: ",").map(String.init)
    rows = try lines.dropFirst().map { line in
      try line.split(separator: ",").map { try #require(Double($0)) }
    }
    for row in rows { try #require(row.count == columns.count) }
  }

  subscript(column: String) -> [Double]? {
    columns.firstIndex(of: column).map { index in rows.map { $0[index] } }
  }
}
