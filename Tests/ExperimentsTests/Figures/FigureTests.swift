import Foundation
import SymbolicTensors
import Testing

@testable import Experiments

@Suite struct FigureTests {
  /// Two columns, for what figures have in common.
  private struct Line: Figure {
    let name = "line"
    let title = "A line"
    let caption = "A line. With \"quotes\" in it."
    let drawing = "fig, axes = plt.subplots()\naxes.plot(line.x, line.y)"
    var rows = [(1.0, 0.1 + 0.2), (2.0, .infinity)]

    func configuration(_ extent: FigureExtent) -> String { "{a: 1, b: [0.5, word, 'yes'], c: {d: true}}" }

    func tables(in workshop: FigureWorkshop) throws -> [FigureTable] {
      var table = FigureTable(
        "line", [.init("x", "place", unit: "m"), .init("y", "height"), .init("of", "whose")])
      for (x, y) in rows { table.add([.number(x), .number(y), .word("{1,2}")]) }
      return [table]
    }
  }

  private func write(_ figure: Line, _ folder: TemporaryFolder) throws {
    let workshop = FigureWorkshop(figure, .full, in: folder["work"], threads: 1, RunObservers())
    try FigureFolder(figure: figure, path: folder["line"]).write(figure.tables(in: workshop), .full)
  }

  @Test func descriptionSaysWhatTheTablesHold() throws {
    let folder = try TemporaryFolder()
    try write(Line(), folder)
    #expect(try folder.names("line") == ["figure.ipynb", "figure.json", "line.csv"])
    let csv = try Data(contentsOf: URL(fileURLWithPath: folder["line/line.csv"]))
    #expect(String(decoding: csv, as: UTF8.self) == "x,y,of\n1,0.3,\"{1,2}\"\n2,,\"{1,2}\"\n")
    let json = try JSON(parsing: Data(contentsOf: URL(fileURLWithPath: folder["line/figure.json"])))
    let table = try #require(json["tables"]?[0])
    #expect(table["sha256"]?.word == SHA256.hash(csv) && table["rows"]?.whole == 2)
    let columns = try #require(table["columns"])
    #expect(columns[0]?["unit"]?.word == "m" && columns[0]?["range"]?[1]?.double == 2)
    #expect(columns[1]?["range"]?[1]?.double == 0.3 && columns[1]?["unit"] == nil)
    #expect(columns[2]?["values"]?[0]?.word == "{1,2}" && columns[2]?["values"]?[1] == nil)
    let configuration = try #require(json["configuration"])
    #expect(configuration["a"]?.whole == 1 && configuration["b"]?[0]?.double == 0.5)
    #expect(configuration["b"]?[2]?.word == "yes")
    for key in ["machine", "started", "threads", "system"] {
      #expect(json[key] == nil && json["versions"]?[key] == nil)
    }
  }

  /// Pictures of other numbers, and tables that the figure no longer has, go; other files stay.
  @Test func whatAnOlderFigureHasLeftGoes() throws {
    let folder = try TemporaryFolder()
    try write(Line(), folder)
    for name in ["figure.svg", "figure.pdf", "old.csv", "note.txt"] {
      try Data("old".utf8).write(to: URL(fileURLWithPath: folder["line/\(name)"]))
    }
    try write(Line(rows: [(3, 4)]), folder)
    #expect(try folder.names("line") == ["figure.ipynb", "figure.json", "line.csv", "note.txt"])
  }

  /// A figure that was stopped goes on to the same bytes.
  @Test func anInterruptedFigureIsGoneOnWith() throws {
    let folder = try TemporaryFolder()
    func make(_ path: String, _ observers: RunObservers) throws {
      let maker = try FigureMaker(["selection-over-scale"], in: folder[path], .quick)
      defer { maker.release() }
      try maker.make(threads: 2, observers)
    }
    let count = Counter()
    #expect {
      try make("stopped", RunObservers(isInterrupted: { count.next() > 300 }))
    } throws: { error in
      (error as? RunFailure)?.isInterruption == true
    }
    #expect(try folder.names("stopped") == [".work"])
    try make("stopped", RunObservers())
    try make("whole", RunObservers())
    #expect(try folder.names("stopped") == ["README.md", "selection-over-scale", "style.mplstyle"])
    for name in try folder.names("whole/selection-over-scale") {
      let path = "selection-over-scale/\(name)"
      #expect(
        FileManager.default.contents(atPath: folder["stopped/\(path)"])
          == FileManager.default.contents(atPath: folder["whole/\(path)"]), "\(name)")
    }
  }

  @Test(arguments: Figures.all.map(\.name))
  func namesAreThoseOfFoldersAndDataFrames(name: String) throws {
    let figure = try #require(try Figures.named([name]).first)
    #expect(name.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" })
    #expect(!figure.caption.contains("\n"))
    // Reads as YAML at both extents.
    for extent in [FigureExtent.full, .quick] {
      #expect(throws: Never.self) {
        try ConfigurationTree(yaml: figure.configuration(extent), at: .configuration)
      }
    }
  }
}

private final class Counter: @unchecked Sendable {
  private let lock = NSLock()
  private var count = 0

  func next() -> Int {
    lock.withLock {
      count += 1
      return count
    }
  }
}
