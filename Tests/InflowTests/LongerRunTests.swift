import Foundation
import Testing

/// Runs that are made longer, and folders that two processes want.
@Suite struct LongerRunTests {
  /// Momentum, which a new stage forgets, goes on in one that is made longer.
  @Test(arguments: [
    ("auto", momentum: 0.0), ("rk8pd", 0), ("msbdf", 0), ("auto", 0.9), ("msbdf", 0.9),
  ])
  func flowsGoOnBehindTheirEnd(stepper: String, momentum: Double) throws {
    let place = try Workplace()
    let solver = [
      "--set", "theory.solver.stepper=\(stepper)", "--set",
      "theory.correction=\(momentum > 0 ? "momentum" : "none")", "--set",
      "training={optimizer: {sgd: {rate: 0.3, momentum: \(momentum)}}}",
    ]
    func run(_ arguments: [String]) throws -> Command.Result {
      Command.finish(try Command.start(arguments, in: place.path))
    }
    #expect(try run(["integrate", "small.yaml", "--out", "run"] + solver).status == 0)
    let before = try place.read("run/trajectory.csv")
    func expectRefused(_ change: String, says: String) throws {
      let refused = try run(["resume", "run", "--set", change])
      #expect(refused.status == 65 && refused.error.contains(says), "\(refused.error)")
    }
    try expectRefused(
      "theory.stages[0].until.time=5", says: "theory.stages[0].until.time: found 5.0; allowed: at least 20")
    let longer = ["resume", "run", "--set", "theory.stages[0].until.time=50"]
    let result = try run(longer)
    try #require(result.status == 0, "\(result.error)")
    let after = try place.read("run/trajectory.csv")
    #expect(after.hasPrefix(before) && after.count > before.count)
    #expect(
      try run(
        ["integrate", "small.yaml", "--out", "whole", "--set", "theory.stages[0].until.time=50"] + solver
      ).status
        == 0)
    let (ours, whole) = (try Table(after), try Table(place.read("whole/trajectory.csv")))
    #expect(ours["time"]?.last == 50)
    for column in whole.columns where column != "row" {
      let (a, b) = (try #require(ours[column]?.last), try #require(whole[column]?.last))
      #expect(abs(a - b) <= 1e-6 * max(1, abs(b)), "\(column)")
    }
    let summary = try place.json("run/summary.json")
    #expect((summary["stages"] as? [[String: Any]])?.count == 1)
    #expect(
      (summary["conserved"] as? [Any])?.count
        == (try place.json("whole/summary.json")["conserved"] as? [Any])?.count)
    // The same once more is done; a stage behind it goes on.
    #expect(try run(longer).status == 0)
    #expect(try place.read("run/trajectory.csv") == after)
    let stages = "theory.stages=[{until: {time: 50}}, {train: [scale], until: {time: 10}}]"
    #expect(try run(["resume", "run", "--set", stages]).status == 0)
    #expect(try place.read("run/trajectory.csv").hasPrefix(after))
    #expect(try Table(place.read("run/trajectory.csv"))["time"]?.last == 60)
    // A run that was made longer states its rows, and is as long as it has become.
    try expectRefused("theory.stages[0].until.time=30", says: "theory.stages[0].until.time: found 30")
    try expectRefused(
      "theory.stages[1].until.time=5",
      says: "theory.stages[1].until.time: found 5.0; allowed: at least 10.0, as long as the run was to last")
    try expectRefused("theory.output.times=[0, 70]", says: "theory.output.times[1]")
    try expectRefused("theory.output={times: [0, 70]}", says: "theory.output.times[1]")
    try expectRefused("initial.scale=1", says: "initial.scale: found 1")
    try expectRefused("theory.solver.relative=1e-4", says: "theory.solver.relative")
  }

  @Test func aFailedFlowTakesMoreSteps() throws {
    let place = try Workplace()
    let failed = try Command.run(
      "integrate", "small.yaml", "--out", "run", "--set", "theory.solver.steps=20", in: place)
    #expect(failed.status == 1)
    let result = try Command.run("resume", "run", "--set", "theory.solver.steps=100000", in: place)
    #expect(result.status == 0, "\(result.error)")
    #expect(try place.json("run/manifest.json")["status"] as? String == "done")
    #expect(try Command.run("integrate", "small.yaml", "--out", "whole", in: place).status == 0)
    let (ours, whole) = (
      try Table(place.read("run/trajectory.csv")), try Table(place.read("whole/trajectory.csv"))
    )
    #expect(abs(try #require(ours["a"]?.last) - (try #require(whole["a"]?.last))) < 1e-7)
  }

  /// A start without a loss fails again, rather than that training goes on without the row of its start.
  @Test func aStartThatCannotBeMeasured() throws {
    let place = try Workplace()
    let training = "training={context: 10, data: {fresh: 1}, stages: [{steps: 3}], seeds: [1]}"
    for arguments in [["train", "small.yaml", "--out", "run", "--set", training], ["resume", "run"]] {
      let failed = Command.finish(try Command.start(arguments, in: place.path))
      #expect(failed.status == 1 && failed.error.contains("the loss at step 0 is inf"), "\(failed.error)")
      #expect(failed.error.contains("run/seed-1/checkpoint.json"), "\(failed.error)")
    }
    #expect(try place.json("run/seed-1/checkpoint.json")["step"] as? Int == 0)
  }

  /// Descent has no memory of where it ended, so that a longer run is the run that was longer from the start.
  @Test(arguments: ["{sgd: {rate: 1, momentum: 0.9}}", "{adam: {rate: 0.01}}"])
  func trainingGoesOnToTheBitsOfALongerOne(optimizer: String) throws {
    let place = try TrainTests.workplace()
    let common = [
      "--set", "training.optimizer=\(optimizer)", "--set", "training.measure={every: step}", "--set",
      "training.seeds=[1]",
    ]
    func train(_ out: String, steps: Int) throws {
      let result = Command.finish(
        try Command.start(
          ["train", "train.yaml", "--out", out, "--set", "training.stages=[{steps: 5}, {steps: \(steps)}]"]
            + common, in: place.path))
      try #require(result.status == 0, "\(result.error)")
    }
    try train("run", steps: 20)
    try train("whole", steps: 45)
    let before = try place.read("run/seed-1/trajectory.csv")
    let result = try Command.run(
      "resume", "run", "--set", "training.stages[1].steps=45", "--set", "training.seeds=[1, 2]", in: place)
    try #require(result.status == 0, "\(result.error)")
    let after = try place.read("run/seed-1/trajectory.csv")
    #expect(after.hasPrefix(before))
    #expect(try after == place.read("whole/seed-1/trajectory.csv"))
    #expect(try place.read("run/seed-1/parameters.json") == place.read("whole/seed-1/parameters.json"))
    #expect(try Table(place.read("run/seed-2/trajectory.csv"))["step"]?.last == 50)
    let shorter = try Command.run("resume", "run", "--set", "training.stages[1].steps=30", in: place)
    #expect(
      shorter.status == 65
        && shorter.error.contains("training.stages[1].steps: found 30; allowed: at least 45"),
      "\(shorter.error)")
  }

  private static let endless = [
    "integrate", "small.yaml", "--out", "run", "--set", "theory.output={every: step}", "--set",
    "theory.solver={stepper: rk2, relative: 0, absolute: 1e-15, steps: 1000000000}",
  ]

  private func start(_ place: Workplace) throws -> (Process, output: Pipe, error: Pipe) {
    let running = try Command.start(Self.endless, in: place.path)
    // Once it holds the folder it has rows to come, and takes notice of signals.
    for _ in 0..<3000 {
      let lease = try? place.names("run").filter { $0.hasPrefix(".lease") }.map {
        try place.read("run/\($0)")
      }
      if lease?.contains(where: { $0.contains("\(running.0.processIdentifier)") }) == true { break }
      usleep(10_000)
    }
    return running
  }

  @Test func aFolderIsWrittenByOneProcess() throws {
    let place = try Workplace()
    let running = try start(place)
    let number = "process \(running.0.processIdentifier) on "
    for arguments in [Self.endless, Self.endless + ["--force"], ["resume", "run"]] {
      let second = Command.finish(try Command.start(arguments, in: place.path))
      #expect(second.status == 65 && second.error.contains(number), "\(second.error)")
    }
    // A killed process is succeeded at once.
    kill(running.0.processIdentifier, SIGKILL)
    _ = Command.finish(running)
    let next = try start(place)
    kill(next.0.processIdentifier, SIGTERM)
    let stopped = Command.finish(next)
    #expect(stopped.status == 130 && stopped.error.contains("inflow resume"), "\(stopped.error)")
    #expect(try place.json("run/checkpoint.json")["time"] is Double)
    #expect(try place.names("run").filter { $0.hasPrefix(".") } == [])
  }

  /// What was done and has changed since is not done.
  @Test func damageIsNoticed() throws {
    let place = try TrainTests.workplace()
    #expect(try Command.run("integrate", "small.yaml", "--out", "f", in: place).status == 0)
    let stages = "training.stages=[{steps: 60}]"
    #expect(try Command.run("train", "train.yaml", "--out", "t", "--set", stages, in: place).status == 0)
    func withoutRow(_ row: Int, _ file: String) throws -> String {
      var lines = try place.read(file).split(separator: "\n")
      lines.remove(at: row + 1)
      return lines.joined(separator: "\n") + "\n"
    }
    let damages = [
      ("f", "f/trajectory.csv", try withoutRow(2, "f/trajectory.csv")), ("f", "f/summary.json", "{}"),
      ("t", "t/seed-1/trajectory.csv", "garbage"),
      ("t", "t/seed-1/measurements.csv", try withoutRow(3, "t/seed-1/measurements.csv")),
    ]
    for (folder, file, text) in damages {
      let good = try place.read(file)
      try place.write(text, to: file)
      let resumed = try Command.run("resume", folder, in: place)
      #expect(resumed.status == 65 && resumed.error.contains(file), "\(file): \(resumed.error)")
      if folder == "t" {
        let compared = try Command.run(
          "compare", "train.yaml", "--out", "c", "--training", "t", "--sequences", "16", in: place)
        #expect(compared.status == 65 && compared.error.contains(file), "\(file): \(compared.error)")
      }
      try place.write(good, to: file)
    }
    // An interrupted run that has lost a row in the middle.
    try place.write(
      place.read("f/manifest.json").replacing("\"done\"", with: "\"interrupted\""), to: "f/manifest.json")
    try place.write(withoutRow(2, "f/trajectory.csv"), to: "f/trajectory.csv")
    let interrupted = try Command.run("resume", "f", in: place)
    #expect(
      interrupted.status == 65 && interrupted.error.contains("rows that are missing"), "\(interrupted.error)")
  }

  /// Every folder and file of parameters that the program writes.
  @Test func parametersAreReadFromEverythingThatHoldsThem() throws {
    let place = try TrainTests.workplace()
    #expect(try Command.run("integrate", "small.yaml", "--out", "f", in: place).status == 0)
    #expect(try Command.run("train", "train.yaml", "--out", "t", in: place).status == 0)
    func loss(_ path: String) throws -> Double {
      let result = try Command.run("evaluate", "small.yaml", "--parameters", path, in: place)
      try #require(result.status == 0, "\(result.error)")
      return try #require(try result.json()["loss"] as? Double)
    }
    let flow = try loss("f/parameters.json")
    for path in ["f", "f/summary.json", "f/checkpoint.json"] { #expect(try loss(path) == flow, "\(path)") }
    let trained = try loss("t/seed-1/parameters.json")
    for path in [
      "t", "t/seed-1", "t/seed-1/summary.json", "t/seed-1/checkpoint.json", "t/seed-1/parameters.safetensors",
      "t/seed-1/checkpoints/step-000000060.json",
    ] {
      #expect(try loss(path) == trained, "\(path)")
      if path != "t" {
        let result = try Command.run("generalize", path, "--length", "20", "--sequences", "8", in: place)
        #expect(result.status == 0, "\(path): \(result.error)")
      }
    }
  }
}
