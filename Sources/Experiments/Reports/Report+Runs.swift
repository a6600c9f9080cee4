import Foundation
import InductionModel

/// Reports of single runs, and of theory beside training.
extension Report {
  init(_ folder: RunFolder) throws {
    let stored = try StoredManifest(folder)
    let configuration = try Configuration(contentsOf: folder[.configuration])
    let about = [Self.about(configuration), try Self.standing(stored, of: folder)].compactMap { $0 }
    var result: Report
    switch stored.kind {
    case .flow:
      result = Report(folder, configuration, "flow", about, [try Course("flow", [""], folder)])
    case .seed:
      result = Report(folder, configuration, "training", about, [try Course("training", [""], folder)])
    case .training:
      let seeds = configuration.training?.seeds.map { "seed-\($0)/" } ?? []
      result = Report(folder, configuration, "training", about, [try Course("training", seeds, folder)])
    case .comparison, .duel:
      result = try Report(comparison: folder, configuration, about)
    case .baselines:
      result = try Report(baselines: folder, configuration, about)
    case nil: throw ReportError.unknown(folder.path)
    }
    self = result
  }

  private init(
    _ folder: RunFolder, _ configuration: Configuration, _ what: String, _ about: [String],
    _ courses: [Course],
    _ others: [Picture] = []
  ) {
    self.init(
      title: "\(configuration.name): \(what)", about: about,
      library: [ReportPython.course] + (others.isEmpty ? [] : [ReportPython.comparison]),
      pictures: others + courses.flatMap(\.pictures),
      tables: courses.map { $0.transitions(configuration.model) },
      place: "\(folder.path)/report", folder: folder.path)
  }

  /// Theory beside training once both are done, and each alone as far as it has come.
  private init(comparison folder: RunFolder, _ configuration: Configuration, _ about: [String]) throws {
    let levels = try RunFolder.namesIfThere(in: "\(folder.path)/theory")
    // A cell of a map has one level, and no folder for it.
    let flows =
      levels.contains(RunFolder.File.trajectory.rawValue) ? ["theory/"] : levels.map { "theory/\($0)/" }
    let seeds = try RunFolder.namesIfThere(in: "\(folder.path)/training").filter { $0.hasPrefix("seed-") }
    let courses =
      try flows.compactMap { flow in
        let name = flow == "theory/" ? "theory" : flow.split(separator: "/").last.map(String.init) ?? flow
        return try Course.ifBegun(name, [flow], folder)
      } + [try Course.ifBegun("training", seeds.map { "training/\($0)/" }, folder)].compactMap { $0 }
    guard !courses.isEmpty else { throw ReportError.noRows(folder.path) }
    self.init(
      folder, configuration, "theory and training", about, courses,
      folder.has(.overlay) ? try Self.comparisons(folder) : [])
  }

  private static func comparisons(_ folder: RunFolder) throws -> [Picture] {
    let table = String(decoding: try folder.read(.overlay), as: UTF8.self)
    let levels = table.split(separator: "\n").dropFirst().compactMap {
      $0.split(separator: ",").first.map(String.init)
    }
    let summary = folder.has(.summary) ? try? JSON(parsing: folder.read(.summary)) : nil
    var pictures = levels.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }.map { level in
      Picture(
        names: ["overlay-\(level)"],
        caption:
          "Theory at the level `\(level)` (lines) and training (points: means over the seeds, bars: standard errors); "
          + "below, training minus theory.",
        drawing:
          "rows = read(\"overlay.csv\")\noverlay(\"overlay-\(level)\", rows[rows.level == \"\(level)\"])")
    }
    let reading = "summary = json.loads((run / \"summary.json\").read_text())\n"
    if case .array(let rows)? = summary?["limit"]?["approach"]?["rows"], !rows.isEmpty {
      pictures.append(
        Picture(
          names: ["approach"], caption: "How far the models are from the induction head of S*.",
          drawing: reading + "approach(\"approach\", summary[\"limit\"][\"approach\"][\"rows\"])"))
    }
    if case .array(let edges)? = summary?["ladder"], !edges.isEmpty {
      pictures.append(
        Picture(
          names: ["ladder"],
          caption:
            "The gaps between training and the explicit theory, with lines of the measured orders (predicted ones in "
            + "parentheses).",
          drawing: reading + "ladder(\"ladder\", summary[\"ladder\"])"))
    }
    return pictures
  }

  private static func about(_ configuration: Configuration) -> String {
    let (source, model) = (configuration.source, configuration.model)
    let parents =
      source.parents.isEmpty
      ? "that explain its text best" : "{\(source.parents.map(String.init).joined(separator: ","))}"
    return
      "\(source.tokens) tokens, parents \(parents); H = \(model.heads) heads, "
      + "windows of M = \(model.window) lags, sets of at most D = \(model.degree) heads."
  }

  /// nil for a run that is done.
  private static func standing(_ stored: StoredManifest, of folder: RunFolder) throws -> String? {
    if let holder = try Lease.holder(of: folder.path) {
      return "**In progress**, by \(holder): this is what was there when the report was made."
    }
    let resume = "`inflow resume` goes on with it"
    return switch Manifest.Status(rawValue: stored.status) {
    case .done: nil
    case .running, nil: "**Not finished**: the process that ran it is gone; \(resume)."
    case .interrupted: "**Interrupted**: \(resume)."
    case .failed: "**Failed**: \(stored.failure ?? "it did not say why")"
    }
  }
}

/// A run over time, or the seeds of one.
private struct Course {
  let name: String
  let files: [String]
  private let tables: [TrajectoryTable]

  /// - Parameter places: of the folders below the run's, each empty or ending in a slash; those without rows are left out.
  /// - Throws: `ReportError.noRows`; `ConfigurationError` for rows that cannot be read.
  init(_ name: String, _ places: [String], _ folder: RunFolder) throws {
    self.name = name
    files = places.map { $0 + RunFolder.File.trajectory.rawValue }.filter { file in
      guard let text = try? RunFolder.read("\(folder.path)/\(file)") else { return false }
      // A header and a row that ends.
      return text.lazy.filter { $0 == UInt8(ascii: "\n") }.count > 1
    }
    guard !files.isEmpty else { throw ReportError.noRows(folder.path) }
    tables = try files.map { try TrajectoryTable(contentsOf: "\(folder.path)/\($0)") }
  }

  /// nil where there are no rows yet.
  static func ifBegun(_ name: String, _ places: [String], _ folder: RunFolder) throws -> Course? {
    do { return try Course(name, places, folder) } catch ReportError.noRows { return nil }
  }

  private var table: String { "transitions_\(name.replacing("-", with: "_"))" }

  var pictures: [Report.Picture] {
    let list = files.map { "read(\"\($0)\")" }.joined(separator: ", ")
    let spread = files.count > 1 ? "mean over \(files.count) seeds and the range over them; " : ""
    let hasHeads = tables.contains { $0.columns.contains { $0.hasPrefix("sigma[") } }
    let course = [
      Report.Picture(
        names: ["course-\(name)"],
        caption:
          "Of \(name), over time: \(spread)shaded where a quantity moves from one plateau to the next; a dotted line, or a "
          + "diamond where curves share a panel, stands where half of the change is done.",
        drawing: "tables = [\(list)]\ncourse(\"course-\(name)\", tables, read(\"\(table).csv\", Path(\".\")))"
      )
    ]
    guard hasHeads else { return course }
    return course + [
      Report.Picture(
        names: ["attention-\(name)"], caption: "Attention of each head to each lag.",
        drawing: "attention(\"attention-\(name)\", [\(list)])")
    ]
  }

  /// Of the mean over the seeds as far as all have come, where they were measured at the same times.
  func transitions(_ model: ModelDefinition) -> FigureTable {
    var result = FigureTable(
      table,
      [
        .init("quantity", "loss, a, a share or an own-lag weight"), .init("begin", "when it begins to move"),
        .init("middle", "when half of the change is done"), .init("end", "when it stands still"),
        .init("from", "value at the beginning"), .init("to", "value at the end"),
      ])
    let count = tables.map(\.times.count).min() ?? 0
    let common = tables.filter { $0.times.prefix(count) == tables[0].times.prefix(count) }
    for quantity in StageTimes.quantities(model, tables[0]) {
      let curves = common.compactMap { $0[quantity] }
      guard !curves.isEmpty else { continue }
      let mean = (0..<count).map { row in curves.reduce(0) { $0 + $1[row] } / Double(curves.count) }
      guard mean.allSatisfy(\.isFinite) else { continue }
      for transition in Transition.all(times: Array(tables[0].times.prefix(count)), values: mean) {
        result.add([
          .word(quantity), .number(transition.begin), .number(transition.middle), .number(transition.end),
          .number(transition.from), .number(transition.to),
        ])
      }
    }
    return result
  }
}

extension RunFolder {
  /// Sorted; none where there is no such folder.
  fileprivate static func namesIfThere(in path: String) throws -> [String] {
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    return try names(in: path).filter { !$0.hasPrefix(".") }.sorted()
  }
}
