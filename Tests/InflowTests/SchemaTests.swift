import Experiments
import Foundation
import Testing

/// What the program writes fits docs/schemas.
@Suite struct SchemaTests {
  static let configuration = """
    source: {tokens: 3, parents: [1, 2], prior: {dirichlet: 0.5, kernels: 4, seed: 7}}
    model: {window: 3, heads: 3, degree: 2}
    loss: {epsilon: 1e-3}
    theory:
      level: finite-context
      sequences: {context: 20, count: 8}
      stages: [{until: {time: 3}}]
      output: {points: 3}
    training:
      context: 20
      data: {fixed: 8}
      held-out: {count: 16}
      stages: [{steps: 3}]
      measure: {points: 3}
      checkpoints: {points: 2}
      seeds: [1, 2]

    """

  private let place: Workplace

  init() throws {
    place = try Workplace()
    try place.write(Self.configuration, to: "c.yaml")
  }

  private func run(_ arguments: String...) throws -> String {
    let result = Command.finish(try Command.start(arguments, in: place.path))
    try #require(result.status == 0, "\(arguments): \(result.error)")
    return result.output
  }

  private func expect(_ text: String, fits name: String) throws {
    let problems = try JSONSchema(name).problems(JSON(parsing: Data(text.utf8)))
    #expect(problems.isEmpty, "\(name): \(problems.prefix(5))")
  }

  /// Of a table: a number or a word; `{}` is the empty set.
  private func cell(_ text: String) -> JSON {
    switch try? JSON(parsing: Data(text.utf8)) {
    case .object, nil: .string(text)
    case let value?: value
    }
  }

  /// Every row, as an object by column.
  private func expect(rowsOf file: String, fit name: String) throws {
    let rows = try place.read(file).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let header = try #require(rows.first)
    #expect(rows.count > 1)
    let schema = try JSONSchema(name)
    for row in rows.dropFirst() {
      try #require(row.count == header.count)
      let value = JSON.object(zip(header, row).map { (key: $0, value: cell($1)) })
      let problems = schema.problems(value)
      #expect(problems.isEmpty, "\(file): \(problems.prefix(5))")
    }
  }

  @Test func printed() throws {
    for level in ["infinite-context", "leading-order", "finite-context"] {
      try expect(run("evaluate", "c.yaml", "--level", level), fits: "evaluate")
    }
    try expect(run("inspect", "c.yaml", "--json"), fits: "inspect")
  }

  @Test func runFolders() throws {
    _ = try run("integrate", "c.yaml", "--out", "flow")
    _ = try run("integrate", "c.yaml", "--out", "reduced", "--set", "theory.level=leading-order")
    _ = try run("train", "c.yaml", "--out", "trained")
    for folder in ["flow", "reduced", "trained/seed-1", "trained"] {
      try expect(place.read("\(folder)/manifest.json"), fits: "manifest")
    }
    for folder in ["flow", "reduced", "trained/seed-1"] {
      try expect(place.read("\(folder)/checkpoint.json"), fits: "checkpoint")
      try expect(place.read("\(folder)/parameters.json"), fits: "parameters")
      try expect(rowsOf: "\(folder)/trajectory.csv", fit: "trajectory-row")
    }
    for folder in ["flow", "reduced"] {
      try expect(place.read("\(folder)/summary.json"), fits: "summary-flow")
    }
    try expect(place.read("trained/seed-1/summary.json"), fits: "summary-seed")
    try expect(place.read("trained/summary.json"), fits: "summary-training")
    try expect(rowsOf: "trained/seed-1/measurements.csv", fit: "measurements-row")
    _ = try run("generalize", "flow", "--length", "20", "--sequences", "8", "--out", "g.csv")
    try expect(rowsOf: "g.csv", fit: "generalize-row")
  }

  @Test func baselines() throws {
    _ = try run(
      "baselines", "c.yaml", "--out", "b", "--sequences", "64", "--length", "20", "--ablation", "one-layer")
    for file in ["baselines", "features"] { try expect(rowsOf: "b/\(file).csv", fit: "\(file)-row") }
    try expect(place.read("b/summary.json"), fits: "summary-baselines")
    try expect(place.read("b/manifest.json"), fits: "manifest")
  }

  @Test func comparisonsMapsAndSweeps() throws {
    _ = try run(
      "compare", "c.yaml", "--out", "cmp", "--sequences", "16", "--length", "30", "--level", "finite-context",
      "--level", "leading-order")
    try expect(place.read("cmp/summary.json"), fits: "summary-comparison")
    try expect(place.read("cmp/manifest.json"), fits: "manifest")
    try expect(rowsOf: "cmp/overlay.csv", fit: "overlay-row")
    _ = try run("map", "c.yaml", "--out", "map", "--vary", "initial.scale=[0.01, 0.1]")
    try expect(rowsOf: "map/map.csv", fit: "map-row")
    for cell in try place.names("map/cells") where !cell.hasPrefix(".") {
      try expect(place.read("map/cells/\(cell)/summary.json"), fits: "summary-map-cell")
    }
    try place.write(
      "base: c.yaml\nrun: integrate\naxes: [{key: initial.scale, list: [0.01, 0.1]}]\ncollect: {a: parameters.scale}\n",
      to: "s.yaml")
    _ = try run("sweep", "s.yaml", "--out", "sweep")
    try expect(rowsOf: "sweep/sweep.csv", fit: "sweep-row")
  }

  @Test func sampledFiles() throws {
    _ = try run("sample", "c.yaml", "--out", "s.json")
    try expect(place.read("s.json"), fits: "sequences")
    _ = try run("sample", "c.yaml", "--kernels", "--out", "k.json")
    try expect(place.read("k.json"), fits: "kernels")
  }

  /// The checker itself finds what is wrong.
  @Test(arguments: [
    (#"{"scale": 1, "coefficients": {}, "attention": []}"#, true),
    (#"{"scale": 1, "coefficients": {}, "attention": [], "more": 1}"#, false),
    (#"{"scale": "1", "coefficients": {}, "attention": []}"#, false),
    (#"{"scale": 1, "coefficients": {"1": 1}, "attention": []}"#, false),
    (#"{"scale": 1, "coefficients": {}}"#, false),
    (#"{"scale": 1, "coefficients": {}, "attention": [1]}"#, false),
  ])
  func checker(text: String, fits: Bool) throws {
    #expect(try JSONSchema("parameters").problems(JSON(parsing: Data(text.utf8))).isEmpty == fits)
  }
}
