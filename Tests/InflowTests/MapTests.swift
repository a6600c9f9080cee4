import Foundation
import Testing

@Suite struct MapTests {
  @Test func cellsAreFoundByContent() throws {
    let place = try Workplace()
    let training =
      "training={context: 30, epsilon: 1e-2, data: {fresh: 32}, held-out: {count: 16}, stages: [{steps: 4}], seeds: [1]}"
    func map(_ axis: String, threads: String) throws -> Command.Result {
      try Command.run(
        "map", "small.yaml", "--out", "map", "--set", training, "--vary", axis, "--vary",
        "source.prior.dirichlet=[0.3, 1]",
        "--threads", threads, in: place)
    }
    let first = try map("initial.scale=[0.01, 1]", threads: "1")
    try #require(first.status == 0, "\(first.error)")
    #expect(first.output.contains("of 4 cells"))
    let (table, cells) = (try place.read("map/map.csv"), try place.names("map/cells"))
    #expect(cells.count == 4)
    let stamp = try place.read("map/cells/\(cells[0])/training/seed-1/manifest.json")
    // A larger map keeps the cells that are there.
    let second = try map("initial.scale=[0.01, 1, -1]", threads: "2")
    try #require(second.status == 0, "\(second.error)")
    #expect(try place.names("map/cells").count == 6)
    #expect(try place.read("map/cells/\(cells[0])/training/seed-1/manifest.json") == stamp)
    let lines = try place.read("map/map.csv").split(separator: "\n")
    #expect(lines.prefix(5) == table.split(separator: "\n")[...])
  }

  private static let quick =
    "training={context: 30, epsilon: 1e-2, data: {fresh: 32}, held-out: {count: 16}, stages: [{steps: 4}]}"

  /// Values that come to one configuration are one cell, in which one seed is trained for as long as the flow lasts.
  @Test func rowsShareTheirCell() throws {
    let place = try Workplace()
    let result = try Command.run(
      "map", "small.yaml", "--out", "map", "--set", Self.quick, "--threads", "2",
      "--vary", "theory.stages[0].until.time=[1, 1.0, 5]",
      "--vary", "training.optimizer=[{sgd: {rate: 1}, clip: none}, {sgd: {rate: 2}, clip: none}]", in: place)
    try #require(result.status == 0, "\(result.error)")
    let cells = try place.names("map/cells")
    #expect(cells.count == 2)
    #expect(try place.read("map/map.csv").split(separator: "\n").count == 7)
    for cell in cells {
      let training = try Table(place.read("map/cells/\(cell)/training/seed-1/trajectory.csv"))
      let theory = try Table(place.read("map/cells/\(cell)/theory/trajectory.csv"))
      #expect(theory["time"]?.last == training["time"]?.last)
    }
  }

  /// A cell is taken as it is only if it is whole and of the inputs that are there.
  @Test func cellsRecover() throws {
    let place = try Workplace()
    func map(_ options: String...) throws -> String {
      let arguments = [
        "map", "small.yaml", "--out", "map", "--set", Self.quick, "--vary", "initial.scale=0.1",
      ]
      let result = Command.finish(try Command.start(arguments + options, in: place.path))
      try #require(result.status == 0, "\(result.error)")
      return try place.read("map/map.csv")
    }
    let first = try map()
    let name = try #require(try place.names("map/cells").first)
    let cell = "map/cells/\(name)"
    func stamps() throws -> [String] {
      try ["theory", "training"].map { try place.read("\(cell)/\($0)/manifest.json") }
    }
    let before = try stamps()
    #expect(try map() == first)
    #expect(try stamps() == before)
    for damage in ["theory/trajectory.csv", "theory/checkpoint.json", "training/manifest.json"] {
      try place.write("damaged", to: "\(cell)/\(damage)")
      if damage.hasSuffix("checkpoint.json") {
        let manifest = try place.read("\(cell)/theory/manifest.json")
        try place.write(
          manifest.replacingOccurrences(of: "\"done\"", with: "\"interrupted\""),
          to: "\(cell)/theory/manifest.json")
      }
      #expect(try map() == first, "\(damage)")
    }
    try place.write("damaged", to: "\(cell)/training/summary.json")
    #expect(try map("--force") == first)
    #expect(try place.read("\(cell)/training/summary.json") != "damaged")
  }

  @Test func badAxesAreRefused() throws {
    let place = try Workplace()
    for (axis, message) in [
      ("initial.scael=[1]", "initial.scael"), ("initial.scale", "no key and value"),
      ("initial.scale=[]", "an empty list"),
    ] {
      let result = try Command.run("map", "small.yaml", "--out", "map", "--vary", axis, in: place)
      #expect(result.status == 65)
      #expect(result.error.contains(message), "\(result.error)")
    }
    for (options, message) in [
      (["--vary", "initial.scale=[0.01, 1]", "--vary", "initial.scale=1"], "a key that is varied twice"),
      (
        ["--vary", "initial.scale=[0.01, 1]", "--vary", "initial={own: 2}"],
        "an axis beside one of initial.scale"
      ),
      (["--vary", "training=[{}, {optimizer: {adam: {}}}]"], "found adam"),
    ] {
      let arguments = ["map", "small.yaml", "--out", "map"] + options
      let result = Command.finish(try Command.start(arguments, in: place.path))
      #expect(result.status == 65)
      #expect(result.error.contains(message), "\(result.error)")
    }
    #expect(try place.names() == ["small.yaml"])
    #expect(try Command.run("map", "small.yaml", "--out", "map", in: place).status == 64)
    let taken = try Command.run(
      "map", "small.yaml", "--out", "small.yaml", "--vary", "initial.scale=1", in: place)
    #expect(taken.status == 65, "\(taken.error)")
  }
}
