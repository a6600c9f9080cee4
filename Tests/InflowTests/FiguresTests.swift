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

  /// The columns of a table by name.
  private func columns(_ place: Workplace, _ file: String) throws -> [String: [String]] {
    let lines = try place.read(file).split(separator: "\n").map {
      // Sets of lags stand in quotes for their commas.
      $0.split(separator: "\"", omittingEmptySubsequences: false).enumerated().map { part, text in
        part % 2 == 1 ? text.replacing(",", with: " ") : String(text)
      }.joined().split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    return Dictionary(
      uniqueKeysWithValues: lines[0].enumerated().map { place, name in
        (name, lines.dropFirst().map { $0[place] })
      })
  }

  @Test func bytesDependNeitherOnThreadsNorOnWhenTheyAreMade() throws {
    let place = try Workplace()
    let one = try Command.run("figures", "--quick", "--out", "one", "--threads", "1", in: place)
    try #require(one.status == 0, "\(one.error)")
    let first = try files(place, "one")
    #expect(first.keys.contains("style.mplstyle") && first.keys.contains("README.md"))
    #expect(first.keys.allSatisfy { !$0.contains("/.") && !$0.hasPrefix(".") }, "\(first.keys.sorted())")
    let two = try Command.run("figures", "--quick", "--out", "two", "--threads", "2", in: place)
    #expect(two.status == 0, "\(two.error)")
    #expect(try files(place, "two") == first)
    let again = try Command.run("figures", "three-stages", "--quick", "--out", "one", in: place)
    #expect(again.status == 0 && again.output == "figure: one/three-stages\n", "\(again.error)")
    #expect(try files(place, "one") == first)

    // Shares are shares, in theory and in training.
    let stages = try columns(place, "one/three-stages/trajectory.csv")
    for side in ["theory", "training"] {
      var sums: [String: Double] = [:]
      for (row, quantity) in try #require(stages["quantity"]).enumerated() where quantity.hasPrefix("p[") {
        let value = try #require(Double(try #require(stages[side])[row]))
        sums[try #require(stages["time"])[row], default: 0] += value
      }
      #expect(sums.count > 5 && sums.values.allSatisfy { abs($0 - 1) < 1e-8 }, "\(side): \(sums)")
    }
    // As α grows, rows become independent with equal small variances: then the ratio of information to that of both parents
    // is d/(d + 1) for one parent, 1/d for both with another lag, and 0 for a lag that is no parent; the next order is 1/α.
    let information = try columns(place, "one/information-over-prior/information.csv")
    for (lags, limit) in [("{1}", 0.75), ("{2}", 0.75), ("{1 2 3}", 1.0 / 3), ("{3}", 0), ("{1 2}", 1)] {
      let row = try #require(
        try #require(information["lags"]).indices.first {
          information["lags"]?[$0] == lags && information["dirichlet"]?[$0] == "10"
        })
      let ratio = try #require(Double(try #require(information["ratio"])[row]))
      let error = try #require(Double(try #require(information["ratio_se"])[row]))
      #expect(abs(ratio - limit) < 4 * error + 0.05, "\(lags): \(ratio) ± \(error)")
    }
  }

  @Test func listAndUnknownNames() throws {
    let place = try Workplace()
    let list = try Command.run("figures", "--list", in: place)
    #expect(list.status == 0)
    #expect(list.output.contains("\nselection-over-scale  A start of the scale"), "\(list.output)")
    let unknown = try Command.run("figures", "selection-over-time", "--out", "figures", in: place)
    #expect(unknown.status == 65)
    #expect(
      unknown.error
        == "inflow: figures: found selection-over-time, allowed: three-stages, selection-over-scale, "
        + "information-over-prior; did you mean selection-over-scale?\n")
    #expect(try Command.run("figures", "three-stages", in: place).status == 64)
    #expect(try place.names() == ["small.yaml"])
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
