import Foundation
import ODESolvers

/// The tables of a sweep: pure functions of its folders, written row by row.
extension Sweep {
  /// What `collect` has found.
  public struct Collection: Sendable {
    public var done = 0
    public var failed = 0
    public var missing = CellRanges()
    /// Quantities that no summary has.
    public var problems: [ConfigurationError] = []
  }

  /// Writes `sweep.csv`, a row a cell, and `means.csv` where the sweep has axes of seeds.
  ///
  /// - Throws: `RunFolderError`. Memory does not grow with the number of cells.
  public func collect(threads: Int) throws -> Collection {
    let header = ["cell"] + definition.keys + ["status"] + columns + ["failure"]
    let collection = try write(to: "sweep.csv", header, threads: threads) { row in
      ["\(row.number)"] + row.values + [row.status] + row.fields + [row.failure]
    }
    if definition.meanCount < definition.count { try writeMeans() }
    return collection
  }

  /// Names of the quantities; a mean over seeds has its standard error beside it.
  private var columns: [String] {
    definition.quantities.flatMap { definition.work == .train ? [$0.name, "\($0.name)_s.e."] : [$0.name] }
  }

  /// A cell as tables show it.
  struct Row: Sendable {
    let number: Int
    /// Of the axes' keys.
    let values: [String]
    /// `done`, `failed`, `running`, `unfinished` or `missing`.
    let status: String
    /// Of the quantities; empty unless the cell is done.
    let fields: [String]
    let failure: String
    /// The name of the cell's folder; empty for a cell without a configuration.
    let folder: String
  }

  /// Streams all rows into a CSV file, which is there when it is whole.
  func write(
    to name: String, _ header: [String], threads: Int, _ fields: (Row) -> [String]
  ) throws -> Collection {
    var collection = Collection()
    var file = try StreamedFile("\(path)/\(name)")
    try file.append(CSV.line(header))
    let gathered = SharedFields(definition)
    try forEachRow(threads: threads, gathered) { row in
      switch row.status {
      case "done": collection.done += 1
      case "failed": collection.failed += 1
      default: collection.missing.insert(row.number)
      }
      try file.append(CSV.line(fields(row)))
    }
    try file.finish()
    collection.problems = gathered.problems
    return collection
  }

  private func forEachRow(threads: Int, _ gathered: SharedFields, _ receive: (Row) throws -> Void) throws {
    let (width, definition) = (columns.count, definition)
    let block = 256
    for start in stride(from: 1, through: definition.count, by: block) {
      let count = min(block, definition.count + 1 - start)
      let rows = Ensemble(threads: threads).map(count) { offset in
        try row(start + offset, width: width, gathered)
      }
      for row in rows { try receive(row.get()) }
    }
  }

  private func row(_ number: Int, width: Int, _ gathered: SharedFields) throws -> Row {
    let values = definition.values(ofCell: number).map(\.value)
    let empty = [String](repeating: "", count: width)
    func row(_ status: String, _ fields: [String]? = nil, failure: String = "", folder: String = "") -> Row {
      Row(
        number: number, values: values, status: status, fields: fields ?? empty, failure: failure,
        folder: folder)
    }
    let cell: SweepCell
    do {
      cell = try self.cell(number)
    } catch let error as ConfigurationError {
      return row("failed", failure: error.description)
    }
    let folder = URL(fileURLWithPath: cell.folder).lastPathComponent
    switch try cell.standing() {
    case .absent: return row("missing", folder: folder)
    case .unfinished: return row("unfinished", folder: folder)
    case .running: return row("running", folder: folder)
    case .failed(let message): return row("failed", failure: message, folder: folder)
    case .done(let run, let stored):
      do {
        return row("done", try gathered.fields(of: cell, run, stored), folder: folder)
      } catch let error as RunFolderError {
        return row("unfinished", failure: error.description, folder: folder)
      }
    }
  }

  /// `means.csv`: means over the axes of seeds, with standard errors.
  private func writeMeans() throws {
    let names = definition.quantities.map(\.name)
    var file = try StreamedFile("\(path)/means.csv")
    try file.append(
      CSV.line(definition.meanKeys + ["cells", "done"] + names.flatMap { [$0, "\($0)_s.e."] }))
    try forEachMean { mean in
      try file.append(
        CSV.line(mean.values + ["\(mean.cells)", "\(mean.done)"] + mean.quantities.flatMap(\.fields)))
    }
    try file.finish()
  }

  /// Takes means over the axes of seeds, one after the other.
  ///
  /// - Returns: quantities that no summary has.
  /// - Throws: `RunFolderError`. Memory does not grow with the number of cells.
  @discardableResult
  func forEachMean(_ receive: (SweepMean) throws -> Void) throws -> [ConfigurationError] {
    let (gathered, width) = (SharedFields(definition), columns.count)
    let stride = width / max(definition.quantities.count, 1)
    for mean in 1...definition.meanCount {
      let cells = definition.cells(ofMean: mean)
      let all = try cells.map { try row($0, width: width, gathered) }
      let done = all.filter { $0.status == "done" }
      let quantities = definition.quantities.indices.map { index in
        SeedMean(done.map { $0.fields[index * stride] })
      }
      try receive(
        SweepMean(
          values: definition.meanValues(ofCell: cells[0]), cells: all.count, done: done.count,
          quantities: quantities, failure: all.first { $0.status == "failed" }?.failure))
    }
    return gathered.problems
  }
}

/// What cells that differ in seeds alone have come to.
struct SweepMean: Sendable {
  /// Of the keys of the other axes, as YAML on one line.
  let values: [String]
  let cells: Int
  let done: Int
  /// Over the cells that are done.
  let quantities: [SeedMean]
  /// Of the first cell that failed.
  let failure: String?
}

/// Gathers from several threads.
private final class SharedFields: @unchecked Sendable {
  private let lock = NSLock()
  private let work: SweepDefinition.Work
  private var fields: SummaryFields

  init(_ definition: SweepDefinition) {
    work = definition.work
    fields = SummaryFields(definition.quantities)
  }

  /// The quantities of a cell that is done: each from its summary, or the mean over its seeds and its standard error.
  func fields(of cell: SweepCell, _ run: RunFolder, _ stored: StoredManifest) throws -> [String] {
    let summaries = try cell.summaries(run, stored)
    let rows = lock.withLock { summaries.map { fields.fields(of: $0) } }
    guard work == .train else { return rows[0] }
    return (0..<(rows.first?.count ?? 0)).flatMap { column in SeedMean(rows.map { $0[column] }).fields }
  }

  var problems: [ConfigurationError] { lock.withLock { fields.problems } }
}

extension SweepDefinition {
  /// The cells that differ in seeds alone.
  func cells(ofMean mean: Int) -> [Int] {
    var (rest, first, strides) = (mean - 1, 1, [(stride: Int, count: Int)]())
    for axis in axes.indices.reversed() {
      if axes[axis].isSeeds {
        strides.append((self.strides[axis], axes[axis].count))
      } else {
        first += rest % axes[axis].count * self.strides[axis]
        rest /= axes[axis].count
      }
    }
    return strides.reduce([first]) { cells, axis in
      (0..<axis.count).flatMap { point in cells.map { $0 + point * axis.stride } }
    }.sorted()
  }

  func meanValues(ofCell cell: Int) -> [String] {
    let keys = Set(meanKeys)
    return values(ofCell: cell).filter { keys.contains($0.key) }.map(\.value)
  }
}
