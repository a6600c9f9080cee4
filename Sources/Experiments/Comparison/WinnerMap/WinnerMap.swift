import Foundation
import InductionModel
import MarkovChains
import ODESolvers

/// Which set of heads wins, in theory and in training, over a grid of configurations.
///
/// Every cell is a pair of run folders in `cells/`, found by the hash of its resolved configuration: a map that was
/// interrupted goes on where it was, and a larger map takes over the cells that it shares with an earlier one.
public struct WinnerMap: Sendable {
  /// What happens to cells that are there already.
  public enum Existing: Sendable {
    /// They are taken as they are, if their inputs are what they were.
    case keep
    /// They are run anew.
    case replace
  }

  public let axes: [MapAxis]
  /// Each configuration once.
  private let cells: [MapCell]
  /// Values of the axes, and the place of their cell in `cells`.
  private let rows: [(values: [String], cell: Int)]
  private let threads: Int

  /// Resolves every cell, reads its inputs, and makes sure that theory and training can be compared in it, before
  /// anything is run.
  ///
  /// - Throws: `ConfigurationError` that names the key of the first cell that cannot be, or of two axes that are one.
  public init(_ configuration: String, overrides: [Override], axes: [MapAxis], threads: Int) throws {
    try MapAxis.checkIndependent(axes)
    var (cells, rows): ([MapCell], [(values: [String], cell: Int)]) = ([], [])
    var places: [String: Int] = [:]
    for values in MapAxis.cells(axes) {
      let cell = try MapCell(values, of: configuration, overrides)
      let place = places[cell.folder] ?? cells.count
      if place == cells.count {
        try cell.check(values)
        places[cell.folder] = place
        cells.append(cell)
      }
      rows.append((values.map(\.value), place))
    }
    self.axes = axes
    self.threads = threads
    self.cells = cells
    self.rows = rows
  }

  /// How many cells there are to run: rows of one resolved configuration share one.
  public var count: Int { cells.count }

  /// Runs the cells that are not done, on all threads, and writes `map.csv`. A cell that fails says so in its row.
  ///
  /// - Throws: `RunFailure` when interrupted, cells that are done stay so; `RunFolderError`.
  public func run(
    in folder: String, _ existing: Existing = .keep, progress: @escaping @Sendable (_ done: Int) -> Void,
    isInterrupted: @escaping @Sendable () -> Bool
  ) throws -> WinnerTable {
    let place = "\(folder)/cells"
    try RunFolder.attempting(place) {
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    }
    let done = SharedCounter()
    let results = try Ensemble(threads: threads).map(cells.count) { index in
      guard !isInterrupted() else { throw RunFailure(.interruption, "interrupted") }
      defer { progress(done.next()) }
      do {
        return try cells[index].run(in: place, existing, isInterrupted: isInterrupted)
      } catch let failure as RunFailure where failure.isInterruption {
        throw failure
      } catch {
        let message = InputError.describing(error) ?? (error as? RunFailure)?.description ?? "\(error)"
        return MapResult(folder: cells[index].folder, failure: message)
      }
    }.map { try $0.get() }
    let table = WinnerTable(
      axes: axes, rows: rows.map { .init(values: $0.values, result: results[$0.cell]) },
      isTrained: cells.contains { $0.configuration.training != nil })
    try RunFolder.attempting("\(folder)/map.csv") {
      try Data(table.csv.utf8).write(to: URL(fileURLWithPath: "\(folder)/map.csv"), options: .atomic)
    }
    return table
  }
}
