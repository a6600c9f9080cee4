import Foundation
import Testing

/// What `inflow train` refuses, before it writes anything.
@Suite struct TrainInputTests {
  private static func set(_ override: String, _ says: String...) -> BadInput {
    BadInput(["--set", override], says)
  }

  static let inputs = [
    set("training=null", "training", "nothing", "--set training={}"),
    set("training.optimizer.sgd.rate=0", "training.optimizer.sgd.rate", "above 0"),
    set("training.optimizer.adam.rate=-1", "training.optimizer.adam.rate", "above 0"),
    set("training.optimizer.sgd.momentum=1", "training.optimizer.sgd.momentum", "below 1"),
    set("training.optimizer.clip=0", "training.optimizer.clip", "above 0"),
    set("training.optimizer={sgd: {}, adam: {}}", "sgd and adam", "one of"),
    set("training.context=3", "training.context", "at least 4", "lower model.window"),
    set("training.data={fixed: 10, batch: 11}", "training.data.batch", "from 1 to 10"),
    set("training.data={fixed: 1000000000}", "training.data.fixed", "lower training.data.fixed"),
    set("training.data={file: none.json}", "training.data.file", "no such file"),
    set("training.data={file: odd.json}", "[1][3]", "from 0 to 2"),
    set("training.data={file: short.json}", "[0]", "4 tokens", "at least 5"),
    set("training.data={file: six.json}", "6 tokens", "--set training.context=5"),
    set("training.seeds=[1, 1]", "training.seeds[1]", "every seed once"),
    set("training.stages=[{train: [heads], steps: 3}]", "training.stages[0].train[0]", "attention"),
    set("training.stages=[{steps: 9223372036854775807}]", "training.stages[0].steps", "from 1 to 1000000000"),
    set("training.stages=[{steps: 1e15}, {steps: 1}]", "stage 2", "lower its steps"),
    set("training.measure={points: 1000000000}", "training.measure.points", "from 2 to 1000000"),
    set("initial.coefficients=0", "initial.coefficients", "differs from 0"),
    set("training.stages=[{steps: 0}]", "training.stages[0].steps", "at least 1"),
    set(
      "training={stages: [{until: {time: 50}}], optimizer: {schedule: {cosine: {steps: 10}}}}",
      "stage 1", "floor is above 0"),
    set("training.precision=half", "training.precision", "double, float"),
    set("training.epsilon=-1", "training.epsilon", "at least 0"),
  ]

  @Test(arguments: inputs) func isRefused(input: BadInput) throws {
    let place = try TrainTests.workplace()
    try place.write("[[0, 1, 2, 0, 1, 2], [0, 1, 2, 3, 1, 2]]", to: "odd.json")
    try place.write("[[0, 1, 2, 0]]", to: "short.json")
    try place.write("[[0, 1, 2, 0, 1, 2]]", to: "six.json")
    let before = try place.names()
    let result = Command.finish(
      try Command.start(["train", "train.yaml", "--out", "run"] + input.arguments, in: place.path))
    #expect(result.status == 65, "\(result.error)")
    for part in input.says { #expect(result.error.contains(part), "\(result.error)") }
    #expect(result.output.isEmpty)
    #expect(try place.names() == before)
  }

  /// A run that has lost a file goes on from what is left of it to the same bits, or says so; it never starts over.
  @Test func aRunThatLostAFileIsNotStartedOver() throws {
    let place = try TrainTests.workplace()
    #expect(try Command.run("train", "train.yaml", "--out", "whole", in: place).status == 0)
    func damaged(by damage: () throws -> Void) throws -> Command.Result {
      let manager = FileManager.default
      if try place.names().contains("run") { try manager.removeItem(atPath: place["run"]) }
      try manager.copyItem(atPath: place["whole"], toPath: place["run"])
      try place.write(
        place.read("run/seed-1/manifest.json").replacing("\"done\"", with: "\"interrupted\""),
        to: "run/seed-1/manifest.json")
      try damage()
      return try Command.run("resume", "run/seed-1", in: place)
    }
    func remove(_ file: String) throws { try FileManager.default.removeItem(atPath: place[file]) }
    let older = try damaged { try remove("run/seed-1/checkpoint.json") }
    #expect(older.status == 0, "\(older.error)")
    #expect(try TrainTests.contents(place, "run/seed-1") == TrainTests.contents(place, "whole/seed-1"))
    let cut = try damaged {
      let rows = try place.read("run/seed-1/measurements.csv").split(separator: "\n").prefix(4)
      try place.write(rows.joined(separator: "\n") + "\n", to: "run/seed-1/measurements.csv")
    }
    #expect(cut.status == 0, "\(cut.error)")
    #expect(try TrainTests.contents(place, "run/seed-1") == TrainTests.contents(place, "whole/seed-1"))
    let table = try damaged { try remove("run/seed-1/measurements.csv") }
    #expect(table.status == 65 && table.error.contains("run/seed-1/measurements.csv"), "\(table.error)")
    let text = try damaged { try place.write("{", to: "run/seed-1/checkpoint.json") }
    #expect(text.status == 65 && text.error.contains("checkpoints/step-000000060.json"), "\(text.error)")
    let all = try damaged {
      try remove("run/seed-1/checkpoint.json")
      try remove("run/seed-1/checkpoints")
    }
    #expect(all.status == 65 && all.error.contains("run/seed-1/checkpoint.json"), "\(all.error)")
    #expect(try place.read("run/seed-1/trajectory.csv") == place.read("whole/seed-1/trajectory.csv"))
  }

  @Test func otherRunsAreNotResumed() throws {
    let place = try TrainTests.workplace()
    func resume(_ folder: String) throws -> Command.Result { try Command.run("resume", folder, in: place) }
    let nothing = try resume("nowhere")
    #expect(nothing.status == 65 && nothing.error.contains("no config.yaml"), "\(nothing.error)")
    #expect(try Command.run("train", "train.yaml", "--out", "a", in: place).status == 0)
    #expect(
      try Command.run("train", "train.yaml", "--out", "b", "--set", "model.variant=reference-code", in: place)
        .status == 0)
    // A checkpoint of another model.
    try place.write(
      place.read("a/seed-1/manifest.json").replacing("\"done\"", with: "\"interrupted\""),
      to: "a/seed-1/manifest.json")
    for file in ["checkpoint.json", "trajectory.csv", "measurements.csv"] {
      try place.write(place.read("b/seed-1/\(file)"), to: "a/seed-1/\(file)")
    }
    let other = try resume("a/seed-1")
    #expect(other.status == 65 && other.error.contains("another model"), "\(other.error)")
    // A configuration that was changed since.
    try place.write(
      place.read("a/seed-1/config.yaml").replacing("held-out: {count: 50", with: "held-out: {count: 51"),
      to: "a/seed-1/config.yaml")
    let changed = try resume("a/seed-1")
    #expect(changed.status == 65 && changed.error.contains("another configuration"), "\(changed.error)")
  }
}
