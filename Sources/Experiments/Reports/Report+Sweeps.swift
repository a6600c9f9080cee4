import Foundation

/// Reports of many runs: their tables, gathered anew.
extension Report {
  init(_ sweep: Sweep, threads: Int) throws {
    let collection = try sweep.collect(threads: threads)
    guard collection.done > 0 else { throw ReportError.noRows(sweep.path) }
    let keys = sweep.definition.keys
    func list(_ words: [String]) -> String {
      "[\(words.map { JSON.string($0).text.trimmingCharacters(in: .newlines) }.joined(separator: ", "))]"
    }
    let (what, library, picture): (String, String, Picture)
    switch sweep.definition.report {
    case .map:
      _ = try WinnerTable(sweep, threads: threads)
      what = "map"
      library = ReportPython.map
      picture = Picture(
        names: ["map"],
        caption:
          "The set of heads with the largest share at the end; the stronger the colour, the larger the share.",
        drawing: "winners(\"map\", read(\"map.csv\"), \(list(keys)))")
    case .survey:
      what = "survey"
      library = ReportPython.sweep
      picture = Picture(
        names: ["survey"],
        caption:
          "Random sources: the winners' shares in theory and in training, and how far their predictions are apart.",
        drawing: "sources(\"survey\", read(\"sweep.csv\"))")
    case .table:
      let isMean = sweep.definition.meanCount < sweep.definition.count
      what = "sweep"
      library = ReportPython.sweep
      picture = Picture(
        names: ["sweep"],
        caption: "What the sweep collects"
          + (isMean ? ": means over the seeds, bars are standard errors." : "."),
        drawing: "quantities(\"sweep\", read(\"\(isMean ? "means" : "sweep").csv\"), "
          + "\(list(isMean ? sweep.definition.meanKeys : keys)), \(list(sweep.definition.quantities.map(\.name))))"
      )
    }
    self.init(
      title: "\(sweep.definition.name): \(what)", about: Self.standing(collection, of: sweep),
      library: [library],
      pictures: [picture], place: "\(sweep.path)/report", folder: sweep.path)
  }

  private static func standing(_ collection: Sweep.Collection, of sweep: Sweep) -> [String] {
    let count = sweep.definition.count
    var lines = ["\(collection.done) of \(count) cells are done."]
    if collection.failed > 0 { lines.append("**\(collection.failed) failed**; the table says why.") }
    if !collection.missing.isEmpty {
      lines.append("**Not finished**: the others are not drawn; `inflow resume` goes on with them.")
    }
    return lines
  }
}
