import Foundation
import Testing

/// `inflow report` of what every command writes, with Python where it is there.
@Suite struct ReportTests {
  private static let training = """
    training:
      context: 20
      data: {fresh: 16}
      held-out: {count: 32}
      epsilon: 1e-3
      stages: [{steps: 6}]
      measure: {points: 4}
      seeds: [1, 2]

    """

  private static let sweep = """
    base: small.yaml
    run: integrate
    axes: [{key: initial.scale, list: [0.1, 1]}, {seeds: {key: source.prior.seed, count: 2}}]
    collect: {a: parameters.scale}

    """

  /// What is made, what is reported of, and what the pictures are called.
  static let folders: [(commands: [[String]], path: String, pictures: [String])] = [
    ([["integrate", "small.yaml", "--out", "run"]], "run", ["course-flow", "attention-flow"]),
    ([["train", "trained.yaml", "--out", "run"]], "run", ["course-training", "attention-training"]),
    ([["train", "trained.yaml", "--out", "run"]], "run/seed-2", ["course-training", "attention-training"]),
    (
      [["compare", "trained.yaml", "--out", "run", "--sequences", "8", "--length", "20"]], "run",
      ["overlay-infinite-context", "approach", "course-infinite-context", "course-training"]
    ),
    (
      [["compare", "trained.yaml", "--ladder", "--out", "run", "--sequences", "8", "--length", "20"]], "run",
      ["ladder"]
    ),
    (
      [
        [
          "baselines", "trained.yaml", "--out", "run", "--sequences", "16", "--length", "20", "--ablation",
          "one-layer",
        ]
      ], "run", ["baselines", "features"]
    ),
    ([["map", "trained.yaml", "--out", "run", "--vary", "initial.own=[0.5,1]"]], "run", ["map"]),
    (
      [["map", "trained.yaml", "--out", "run", "--vary", "initial.own=[0.5]"]], "run/cells/*/",
      ["course-theory", "attention-theory", "course-training", "attention-training"]
    ),
    ([["survey", "--count", "1", "--out", "run"]], "run", ["survey"]),
    ([["sweep", "sweep.yaml", "--out", "run"]], "run", ["sweep"]),
    (
      [
        ["integrate", "small.yaml", "--out", "flow"],
        ["generalize", "flow", "--length", "10", "--length", "20", "--sequences", "8", "--out", "table.csv"],
      ], "table.csv", ["generalization"]
    ),
  ]

  private func workplace(_ commands: [[String]] = []) throws -> Workplace {
    let place = try Workplace()
    try place.write(Workplace.configuration + Self.training, to: "trained.yaml")
    try place.write(Self.sweep, to: "sweep.yaml")
    for command in commands {
      let result = Command.finish(try Command.start(command, in: place.path))
      try #require(result.status == 0, "\(command): \(result.error)")
    }
    return place
  }

  @Test(arguments: folders.indices)
  func everyFolderHasItsPictures(index: Int) throws {
    let folder = Self.folders[index]
    let place = try workplace(folder.commands)
    let path = try place.expand(folder.path)
    let plain = try Command.run("report", path, in: place)
    try #require(plain.status == 0, "\(plain.error)")
    let notebook = try #require(plain.output.split(separator: "\n").first?.split(separator: " ").last)
    #expect(notebook.hasSuffix("/report.ipynb") && !notebook.contains("//"))
    let json = try place.json(String(notebook))
    #expect(json["nbformat"] as? Int == 4)
    let drawn = try Command.run("report", path, "--format", "png", "--quiet", in: place)
    if drawn.status == 1, drawn.error.contains("no pictures") { return print("note: \(drawn.error)") }
    try #require(drawn.status == 0, "\(drawn.error)")
    for name in folder.pictures {
      #expect(drawn.output.contains("/\(name).png\n"), "\(name): \(drawn.output)")
    }
  }

  @Test func pageStandsAlone() throws {
    let place = try workplace([["train", "trained.yaml", "--out", "run"]])
    let result = try Command.run("report", "run", "--execute", "--quiet", in: place)
    if result.status == 1, result.error.contains("no pictures") { return print("note: \(result.error)") }
    try #require(result.status == 0, "\(result.error)")
    #expect(result.output.contains("page: "))
    let page = try place.read("run/report/report.html")
    #expect(page.contains("data:image/png;base64,"))
    for reference in ["src=\"http", "href=\"http", "<script", "url(http"] {
      #expect(!page.contains(reference))
    }
  }

  /// Without Python the notebook is there, and the message says what is missing.
  @Test func withoutPython() throws {
    let place = try workplace([["integrate", "small.yaml", "--out", "run"]])
    var environment = ProcessInfo.processInfo.environment
    (environment["PATH"], environment["INFLOW_CACHE"]) = (place["nothing"], place["cache"])
    for arguments in [["report", "run", "--execute"], ["report", "run", "--format", "pdf"]] {
      let result = Command.finish(try Command.start(arguments, in: place.path, environment))
      #expect(result.status == 1 && result.error.contains("no python3"), "\(result.error)")
      #expect(try place.names("run/report").contains("report.ipynb"))
      #expect(try place.names("run/report").allSatisfy { !$0.hasSuffix(".html") && !$0.hasSuffix(".pdf") })
    }
  }

  @Test func whatIsNoRun() throws {
    let place = try workplace([["integrate", "small.yaml", "--out", "run"]])
    try FileManager.default.createDirectory(atPath: place["empty"], withIntermediateDirectories: true)
    for path in ["empty", "absent", "small.yaml"] {
      let before = try place.names()
      let result = try Command.run("report", path, in: place)
      #expect(result.status == 65 && result.error.contains("\(path): found"), "\(result.error)")
      #expect(try place.names() == before)
    }
    // A run that has no row yet: nothing is half written.
    try place.write("time,loss,a\n", to: "run/trajectory.csv")
    let none = try Command.run("report", "run", in: place)
    #expect(none.status == 65 && none.error.contains("without a row"), "\(none.error)")
    #expect(try !place.names("run").contains("report"))
    try place.write("", to: "run/report")
    try place.write("time,loss,a,p[],sigma[1 1]\n0,nan,1,1,1\n", to: "run/trajectory.csv")
    let file = try Command.run("report", "run", in: place)
    #expect(file.status == 65 && file.error.contains("report"), "\(file.error)")
  }

  /// One row, and numbers that are none.
  @Test func poorRuns() throws {
    let place = try workplace([["integrate", "small.yaml", "--out", "run"]])
    let lines = try place.read("run/trajectory.csv").split(separator: "\n").map(String.init)
    var cut = lines[1].split(separator: ",").map(String.init)
    cut[1] = "inf"
    try place.write("\(lines[0])\n\(cut.joined(separator: ","))\n", to: "run/trajectory.csv")
    let manifest = try place.read("run/manifest.json").replacing(
      "\"status\": \"done\"", with: "\"status\": \"running\"")
    try place.write(manifest, to: "run/manifest.json")
    let result = try Command.run("report", "run", "--format", "svg", "--quiet", in: place)
    if result.status == 1, result.error.contains("no pictures") { return print("note: \(result.error)") }
    #expect(result.status == 0, "\(result.error)")
    #expect(try place.read("run/report/report.ipynb").contains("**Not finished**"))
    #expect(try place.read("run/report/course-flow.svg").contains("<svg"))
  }
}
