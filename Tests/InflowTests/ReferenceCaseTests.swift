import Foundation
import Testing

/// The command on the reference cases: an independent implementation's numbers, through files and formats.
@Suite struct ReferenceCaseTests {
  static let names = ["two-parents", "gap-parents", "reference-code"]

  /// The case as a configuration with kernels, parameters and sequences files.
  private func prepare(_ name: String) throws -> (Workplace, [String: Any]) {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("TheoryTests/ReferenceCases/\(name).json")
    let reference = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
    func object(_ key: String) throws -> [String: Any] { try #require(reference[key] as? [String: Any]) }
    let place = try Workplace()
    let (source, model, loss) = (try object("source"), try object("model"), try object("loss"))
    func write(_ value: Any, _ name: String) throws {
      try JSONSerialization.data(withJSONObject: value).write(to: URL(fileURLWithPath: place[name]))
    }
    try write(source, "k.json")
    try write(try object("parameters"), "p.json")
    try write(try #require(reference["sequences"]), "s.json")
    func value(_ object: [String: Any], _ key: String) throws -> Any { try #require(object[key]) }
    try place.write(
      """
      source: {tokens: \(value(source, "tokens")), parents: \(value(source, "parents")), kernels: k.json}
      model:
        window: \(value(model, "window"))
        heads: \(value(model, "heads"))
        degree: \(value(model, "degree"))
        variant: {windows: \(value(model, "windows")), normalization: \(value(model, "normalization")), \
      keys: \(value(reference, "keys"))}
      loss: {criterion: \(value(loss, "criterion")), epsilon: \(value(loss, "epsilon"))}
      """, to: "c.yaml")
    return (place, reference)
  }

  @Test(arguments: names, ["infinite-context", "finite-context"])
  func evaluates(name: String, level: String) throws {
    let (place, reference) = try prepare(name)
    let sequences = level == "finite-context" ? ["--sequences", "s.json"] : []
    let result = Command.finish(
      try Command.start(
        ["evaluate", "c.yaml", "--parameters", "p.json", "--level", level] + sequences, in: place.path))
    try #require(result.status == 0, "\(result.error)")
    let found = try result.json()
    let expected = try #require(
      reference[level.replacingOccurrences(of: "-", with: "_")] as? [String: Any])
    #expect(found["level"] as? String == level)
    for key in ["loss", "gradient", "prediction"] where expected[key] != nil {
      try expectClose(try #require(found[key]), try #require(expected[key]), key)
    }
  }

  /// Same shape, and equal to 1e-10 of each group's largest entry.
  private func expectClose(_ found: Any, _ expected: Any, _ path: String) throws {
    if path == "gradient" {
      let (found, expected) = (
        try #require(found as? [String: Any]), try #require(expected as? [String: Any])
      )
      #expect(found.keys.sorted() == expected.keys.sorted())
      for (group, value) in expected {
        try expectClose(try #require(found[group]), value, "gradient.\(group)")
      }
      return
    }
    let (left, right) = (numbers(found), numbers(expected))
    #expect(left.keys.sorted() == right.keys.sorted())
    let largest = right.values.map(abs).max() ?? 0
    for (key, value) in right {
      #expect(abs((left[key] ?? .nan) - value) <= 1e-10 * largest, "\(path)\(key)")
    }
  }

  /// Every number below a value, by its path.
  private func numbers(_ value: Any, _ path: String = "") -> [String: Double] {
    switch value {
    case let list as [Any]:
      list.enumerated().reduce(into: [:]) { $0.merge(numbers($1.element, "\(path)[\($1.offset)]")) { $1 } }
    case let object as [String: Any]:
      object.reduce(into: [:]) { $0.merge(numbers($1.value, "\(path).\($1.key)")) { $1 } }
    case let number as NSNumber: [path: number.doubleValue]
    default: [:]
    }
  }

  @Test(arguments: names)
  func inspects(name: String) throws {
    let (place, reference) = try prepare(name)
    let found = try Command.run("inspect", "c.yaml", "--json", in: place).json()
    let information = try #require(found["modified_chi2_information"] as? [String: Double])
    let expected = try #require(reference["modified_chi2_information"] as? [String: Double])
    for (set, value) in expected {
      #expect(abs((information[set] ?? .nan) - value) < 1e-10, "\(set)")
    }
    let table = try Command.run("inspect", "c.yaml", in: place)
    #expect(table.status == 0)
    #expect(table.output.contains("S* = {"))
  }

  @Test(arguments: names)
  func integrates(name: String) throws {
    let (place, reference) = try prepare(name)
    let flow = try #require(reference["joint_flow"] as? [String: Any])
    let start = try #require(flow["start"] as? [String: Double])
    let points = try #require(flow["trajectory"] as? [[String: Any]])
    let times = try points.map { try #require($0["time"] as? Double) }
    let entries = start.map { "\($0): \($1)" }.joined(separator: ", ")
    let result = try Command.run(
      "integrate", "c.yaml", "--out", "run", "--set", "initial={\(entries)}", "--set",
      "theory={stages: [{until: {time: \(try #require(times.last))}}], output: {times: \(times)}, "
        + "solver: {relative: 1e-9, absolute: 1e-11}}", in: place)
    try #require(result.status == 0, "\(result.error)")
    let table = try Table(place.read("run/trajectory.csv"))
    #expect(table["time"] == times)
    for (row, point) in points.enumerated() {
      func expect(_ column: String, _ value: Any?) throws {
        let found = try #require(table[column], "\(column)")[row]
        #expect(abs(found - (try #require(value as? Double))) < 1e-6, "\(column) at \(times[row])")
      }
      try expect("loss", point["loss"])
      try expect("a", point["scale"])
      for (set, value) in try #require(point["coefficients"] as? [String: Double]) {
        try expect("c\(set)", value)
      }
      for (set, value) in try #require(point["share"] as? [String: Double]) { try expect("p\(set)", value) }
      let weights = try #require(point["attention_weights"] as? [[Double]])
      let shifted = (reference["model"] as? [String: Any])?["windows"] as? String == "shifted"
      for (head, row) in weights.enumerated() {
        for (lag, value) in row.enumerated() {
          try expect("sigma[\(head + 1) \(lag + 1 + (shifted ? head : 0))]", value)
        }
      }
    }
  }
}
