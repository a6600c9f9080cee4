import Foundation
import Testing

@Suite struct SweepTests {
  private static let sweep = """
    base: small.yaml
    run: integrate
    set:
      theory.stages[0].until.time: 5
    axes:
      - {key: initial.scale, list: [0.01, 0.1]}
      - seeds: {key: source.prior.seed, list: [3, 5, 8]}
    collect: {share: 'shares.[1 2]', a: parameters.scale, loss: loss, set: selected_set}

    """

  private static func workplace(_ sweep: String = sweep) throws -> Workplace {
    let place = try Workplace()
    try place.write(sweep, to: "sweep.yaml")
    return place
  }

  private func rows(_ place: Workplace, _ file: String) throws -> [[String]] {
    try place.read(file).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }

  /// In one process, and cell by cell in processes of their own in any order.
  @Test func allWaysComeToTheSameBytes() throws {
    let place = try Self.workplace()
    let whole = try Command.run("sweep", "sweep.yaml", "--out", "whole", "--threads", "2", in: place)
    try #require(whole.status == 0, "\(whole.error)")
    #expect(whole.output.contains("6 of 6 cells are done"))
    let table = try rows(place, "whole/sweep.csv")
    #expect(
      table[0] == [
        "cell", "initial.scale", "source.prior.seed", "status", "share", "a", "loss", "set", "failure",
      ])
    #expect(table.dropFirst().map { $0[0] } == ["1", "2", "3", "4", "5", "6"])
    #expect(
      table.dropFirst().map { $0[1] + " " + $0[2] } == [
        "0.01 3", "0.01 5", "0.01 8", "0.1 3", "0.1 5", "0.1 8",
      ])
    // A summary of its own, integrated by another command.
    let alone = try Command.run(
      "integrate", "small.yaml", "--out", "alone", "--set", "theory.stages[0].until.time=5", "--set",
      "initial.scale=0.1", "--set", "source.prior.seed=5", in: place)
    #expect(alone.status == 0)
    #expect(try place.read("alone/summary.json").contains("\"loss\": \(table[5][6]),"))

    let first = try Command.run("sweep", "sweep.yaml", "--out", "parts", "--cells", "4", in: place)
    #expect(first.status == 0 && first.output.contains("missing: cells 1-3,5-6"), "\(first.output)")
    for cells in ["6", "2-3", "5"] {
      #expect(try Command.run("sweep", "run", "parts", "--cells", cells, in: place).status == 0)
    }
    let status = try Command.run("sweep", "status", "parts", in: place)
    #expect(status.output.contains("not begun      1  1"), "\(status.output)")
    #expect(try Command.run("resume", "parts", in: place).status == 0)
    for file in ["sweep.csv", "means.csv", "sweep.yaml"] {
      #expect(try place.read("parts/\(file)") == place.read("whole/\(file)"))
    }
    for cell in try place.names("whole/cells") {
      #expect(
        try place.read("parts/cells/\(cell)/trajectory.csv")
          == place.read("whole/cells/\(cell)/trajectory.csv"))
    }
    // Means and standard errors over the seeds, from the table itself.
    let means = try rows(place, "whole/means.csv")
    #expect(Array(means[0].prefix(5)) == ["initial.scale", "cells", "done", "share", "share_s.e."])
    let shares = table[1...3].compactMap { Double($0[4]) }
    let mean = shares.reduce(0, +) / 3
    let error = (shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 2 / 3).squareRoot()
    #expect(abs(try #require(Double(means[1][3])) - mean) < 1e-15)
    #expect(abs(try #require(Double(means[1][4])) - error) < 1e-15)
  }

  @Test func cellsThatFailSayWhyAndTheOthersRun() throws {
    let place = try Self.workplace(
      """
      base: small.yaml
      run: integrate
      axes:
        - {key: theory.solver.steps, list: [3, 100000]}
        - {key: initial.scale, list: [0.01, 0.02]}
      collect: {loss: loss}
      """)
    func run(_ options: String...) throws -> Command.Result {
      Command.finish(try Command.start(["sweep", "sweep.yaml", "--out", "s"] + options, in: place.path))
    }
    let result = try run()
    #expect(result.status == 1 && result.output.contains("2 failed"), "\(result.output)")
    let table = try place.read("s/sweep.csv")
    #expect(table.contains("3 steps were not enough"), "\(table)")
    #expect(try rows(place, "s/sweep.csv").dropFirst().map { $0[3] } == ["failed", "failed", "done", "done"])
    let stamps = try place.names("s/cells").map { try place.read("s/cells/\($0)/manifest.json") }
    #expect(try run().status == 1)
    #expect(try place.names("s/cells").map { try place.read("s/cells/\($0)/manifest.json") } == stamps)
    #expect(try run("--retry").status == 1)
    #expect(try place.read("s/sweep.csv") == table)
    // All of a map.
    let map = try Command.run(
      "map", "small.yaml", "--out", "m", "--set", "theory.solver.steps=3", "--vary", "initial.scale=[0.01]",
      in: place)
    #expect(map.status == 1, "\(map.output)")
  }

  @Test func trainingIsGatheredOverItsSeeds() throws {
    let place = try TrainTests.workplace()
    try place.write(
      """
      base: train.yaml
      run: train
      set: {training.seeds: [1, 2]}
      axes: [{key: initial.scale, list: [0.01, 1]}]
      collect: {a: parameters.scale, level: level}
      """, to: "sweep.yaml")
    let result = try Command.run("sweep", "sweep.yaml", "--out", "s", in: place)
    try #require(result.status == 0, "\(result.error)")
    #expect(result.output.contains("collect.level"), "a path that no summary has: \(result.output)")
    let table = try rows(place, "s/sweep.csv")
    #expect(table[0] == ["cell", "initial.scale", "status", "a", "a_s.e.", "level", "level_s.e.", "failure"])
    let cells = try place.names("s/cells")
    let scales = try cells.map { cell in
      try [1, 2].map { seed in
        let parameters = try place.json("s/cells/\(cell)/seed-\(seed)/parameters.json")
        return try #require(parameters["scale"] as? Double)
      }
    }
    let expected = scales.map { ($0[0] + $0[1]) / 2 }.sorted()
    let gathered = table.dropFirst().compactMap { Double($0[3]) }.sorted()
    #expect(zip(gathered, expected).allSatisfy { abs($0 - $1) < 1e-15 * $1 + 1e-15 } && gathered.count == 2)
  }

  @Test func anotherSweepIsRefused() throws {
    let place = try Self.workplace()
    #expect(try Command.run("sweep", "sweep.yaml", "--out", "s", "--cells", "1", in: place).status == 0)
    try place.write(Self.sweep.replacing("[0.01, 0.1]", with: "[0.01, 0.2]"), to: "other.yaml")
    let other = try Command.run("sweep", "other.yaml", "--out", "s", in: place)
    #expect(other.status == 65 && other.error.contains("--force"), "\(other.error)")
    // Other columns are the same sweep.
    try place.write(Self.sweep.replacing("share: 'shares.[1 2]', ", with: ""), to: "columns.yaml")
    #expect(try Command.run("sweep", "columns.yaml", "--out", "s", in: place).status == 0)
    #expect(try rows(place, "s/sweep.csv")[0].contains("share") == false)
    for (arguments, says) in [
      (["sweep", "run", "s", "--cells", "7"], "from 1 to 6"), (["sweep", "run", "nowhere"], "no sweep.yaml"),
      (["sweep", "sweep.yaml", "--out", "small.yaml"], "found a file"),
    ] {
      let refused = Command.finish(try Command.start(arguments, in: place.path))
      #expect(refused.status == 65 && refused.error.contains(says), "\(refused.error)")
    }
    for usage in [["sweep", "run", "s", "--cells", "0"], ["sweep", "sweep.yaml", "--out", "s", "--wait"]] {
      #expect(Command.finish(try Command.start(usage, in: place.path)).status == 64)
    }
  }

  /// kill -9 at any moment loses nothing but unfinished cells.
  @Test func killedSweepsGoOn() throws {
    let place = try Self.workplace()
    #expect(try Command.run("sweep", "sweep.yaml", "--out", "whole", in: place).status == 0)
    var random = SystemRandomNumberGenerator()
    for _ in 0..<4 {
      let running = try Command.start(["sweep", "sweep.yaml", "--out", "s"], in: place.path)
      usleep(UInt32.random(in: 0...150_000, using: &random))
      kill(running.0.processIdentifier, SIGKILL)
      _ = Command.finish(running)
    }
    let last = try Command.run("sweep", "sweep.yaml", "--out", "s", in: place)
    #expect(last.status == 0, "\(last.error)")
    #expect(try place.read("s/sweep.csv") == place.read("whole/sweep.csv"))
    // What a process was about to ask a lease with may stay for ten minutes: another could be writing it.
    let left = try FileManager.default.subpathsOfDirectory(atPath: place["s"])
      .filter { $0.contains("/.") && !$0.contains("/.writing-.lease-") }
    #expect(left == [])
  }
}
