import Foundation
import Testing

@Suite struct FiguresTests {
  /// All files below a folder, with what is in them.
  private func files(_ place: Workplace, _ folder: String) throws -> [String: Data] {
    let paths = try FileManager.default.subpathsOfDirectory(atPath: place[folder])
    return Dictionary(
      uniqueKeysWithValues: paths.compactMap { path in
        FileManager.default.contents(atPath: place["\(folder)/\(path)"]).map { (path, $0) }
      })
  }

  /// The rows of a table, fields by the names of their columns.
  private func rows(_ place: Workplace, _ file: String) throws -> [[String: String]] {
    let lines = try place.read(file).split(separator: "\n").map { line in Self.fields(String(line)) }
    return lines.dropFirst().map { fields in
      Dictionary(zip(lines[0], fields)) { first, _ in first }
    }
  }

  /// Sets of lags stand in quotes for their commas.
  private static func fields(_ line: String) -> [String] {
    var (fields, isQuoted) = ([""], false)
    for character in line {
      switch character {
      case "\"": isQuoted.toggle()
      case "," where !isQuoted: fields.append("")
      default: fields[fields.count - 1].append(character)
      }
    }
    return fields
  }

  @Test func bytesDependNeitherOnThreadsNorOnWhenTheyAreMade() throws {
    let place = try Workplace()
    let one = try Command.run("figures", "--quick", "--out", "one", "--threads", "1", in: place)
    try #require(one.status == 0, "\(one.error)")
    let first = try files(place, "one")
    #expect(first.keys.contains("style.mplstyle") && first.keys.contains("README.md"))
    let hidden = first.keys.filter { $0.contains("/.") || $0.hasPrefix(".") }
    #expect(hidden.isEmpty, "\(hidden)")
    let two = try Command.run("figures", "--quick", "--out", "two", "--threads", "2", in: place)
    #expect(two.status == 0, "\(two.error)")
    #expect(try files(place, "two") == first)
    let again = try Command.run("figures", "three-stages", "--quick", "--out", "one", in: place)
    #expect(again.status == 0 && again.output == "figure: one/three-stages\n", "\(again.error)")
    #expect(try files(place, "one") == first)
  }

  /// Shares are shares, in theory and in training.
  @Test func sharesSumToOne() throws {
    let place = try Workplace()
    let made = try Command.run("figures", "three-stages", "--quick", "--out", "figures", in: place)
    try #require(made.status == 0, "\(made.error)")
    let shares = try rows(place, "figures/three-stages/trajectory.csv").filter {
      $0["quantity"]?.hasPrefix("p[") == true
    }
    let times = Dictionary(grouping: shares) { $0["time"] ?? "" }
    #expect(times.count > 5)
    for (time, rows) in times {
      for side in ["theory", "training"] {
        let sum = rows.compactMap { $0[side].flatMap { Double($0) } }.reduce(0, +)
        #expect(rows.count == 7 && abs(sum - 1) < 1e-8, "\(side) at \(time)")
      }
    }
  }

  /// As α grows, rows become independent with equal small variances: then the ratio of information to that of both parents is
  /// d/(d + 1) for one parent, 1/d for both with another lag, and 0 for a lag that is no parent; the next order is 1/α.
  @Test func informationOfNearlyIndependentTokens() throws {
    let place = try Workplace()
    let made = try Command.run("figures", "information-over-prior", "--quick", "--out", "figures", in: place)
    try #require(made.status == 0, "\(made.error)")
    let table = try rows(place, "figures/information-over-prior/information.csv")
    let limits: [(String, Double)] = [
      ("{1}", 0.75), ("{2}", 0.75), ("{1,2,3}", 1 / 3), ("{3}", 0), ("{1,2}", 1),
    ]
    for (lags, limit) in limits {
      let row = try #require(table.first { $0["lags"] == lags && $0["dirichlet"] == "10" })
      let ratio = try #require(row["ratio"].flatMap { Double($0) })
      let error = try #require(row["ratio_se"].flatMap { Double($0) })
      #expect(abs(ratio - limit) < 4 * error + 0.05, "\(lags): \(ratio) ± \(error)")
    }
  }

  @Test func listAndUnknownNames() throws {
    let place = try Workplace()
    let list = try Command.run("figures", "--list", in: place)
    #expect(list.status == 0)
    #expect(list.output.contains("\nselection-over-scale    A start of the scale"), "\(list.output)")
    let names = list.output.split(separator: "\n").dropFirst().compactMap { $0.split(separator: " ").first }
    #expect(names.count >= 13)
    let unknown = try Command.run("figures", "selection-over-time", "--out", "figures", in: place)
    #expect(unknown.status == 65)
    #expect(
      unknown.error
        == "inflow: figures: found selection-over-time, allowed: \(names.joined(separator: ", "))"
        + "; did you mean selection-over-scale?\n")
    #expect(try Command.run("figures", "three-stages", in: place).status == 64)
    #expect(try place.names() == ["small.yaml"])
  }

  /// Three committed notebooks at reduced size: their tables have the committed columns, executing leaves them as they are, and
  /// draws.
  @Test func notebooksAreExecuted() throws {
    let place = try Workplace()
    let names = ["simultaneous", "generalization", "winner-map"]
    let made = Command.finish(
      try Command.start(["figures"] + names + ["--quick", "--execute", "--out", "figures"], in: place.path))
    if made.status == 1, made.error.contains("no pictures") { return print("note: \(made.error)") }
    try #require(made.status == 0, "\(made.error)")
    let plain = Command.finish(
      try Command.start(["figures"] + names + ["--quick", "--out", "plain"], in: place.path))
    try #require(plain.status == 0, "\(plain.error)")
    for name in names {
      #expect(try place.read("figures/\(name)/figure.svg").contains("<svg"))
      #expect(try place.read("figures/\(name)/figure.ipynb").contains("image/png"))
      let tables = try place.names("figures/\(name)").filter { $0.hasSuffix(".csv") }
      #expect(!tables.isEmpty)
      for table in tables {
        let text = try place.read("figures/\(name)/\(table)")
        #expect(try place.read("plain/\(name)/\(table)") == text)
        let committed = try Documentation.read("notebooks-export/\(name)/\(table)")
        #expect(text.prefix { $0 != "\n" } == committed.prefix { $0 != "\n" }, "\(name)/\(table)")
      }
    }
  }

  /// Nothing of somebody else's is overwritten, and nothing is half written.
  @Test func placesThatCannotBeWritten() throws {
    let place = try Workplace()
    func make(_ options: String...) throws -> Command.Result {
      Command.finish(
        try Command.start(
          ["figures", "information-over-prior", "--quick", "--out"] + options, in: place.path))
    }
    let below = try make("small.yaml/figures")
    #expect(below.status == 65 && below.error.contains("small.yaml is a file"), "\(below.error)")
    try place.write("# Mine\n", to: "README.md")
    let mine = try make(".")
    #expect(mine.status == 65 && mine.error.contains("README.md"), "\(mine.error)")
    #expect(try place.names() == ["README.md", "small.yaml"])
    #expect(try place.read("README.md") == "# Mine\n")

    try FileManager.default.createDirectory(
      atPath: place["out/information-over-prior"], withIntermediateDirectories: true)
    try place.write("thesis", to: "out/information-over-prior/thesis.tex")
    let folder = try make("out")
    #expect(folder.status == 65 && folder.error.contains("--force"), "\(folder.error)")
    #expect(try place.names("out") == ["information-over-prior"])
    #expect(try make("out", "--force").status == 0)
    #expect(try place.read("out/information-over-prior/thesis.tex") == "thesis")
    // Now it is a folder of figures.
    #expect(try make("out").status == 0)
  }
}
