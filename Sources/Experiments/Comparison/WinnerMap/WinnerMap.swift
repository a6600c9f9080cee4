import Foundation
import InductionModel
import MarkovChains
import ODESolvers

/// Which set of heads wins, in theory and in training, over a grid of configurations.
///
/// Every cell is a pair of run folders in `cells/`, found by the hash of its resolved configuration: a map that was
/// interrupted goes on where it was, and a larger map takes over the cells that it shares with an earlier one.
public struct WinnerMap: Sendable {
  public let axes: [MapAxis]
  private let cells: [MapCell]
  private let threads: Int

  /// Resolves and checks every cell before anything is run.
  ///
  /// - Throws: `ConfigurationError` that names the key of the first cell that cannot be.
  public init(_ configuration: String, overrides: [Override], axes: [MapAxis], threads: Int) throws {
    self.axes = axes
    self.threads = threads
    cells = try MapAxis.cells(axes).map { try MapCell($0, of: configuration, overrides) }
    for cell in cells.prefix(1) { _ = try Experiment(cell.configuration) }
  }

  public var count: Int { cells.count }

  /// Runs the cells that are not done, on all threads, and writes `map.csv`. A cell that fails says so in its row.
  ///
  /// - Throws: `RunFailure` when interrupted, cells that are done stay so; `RunFolderError`.
  public func run(
    in folder: String, progress: @escaping @Sendable (_ done: Int) -> Void,
    isInterrupted: @escaping @Sendable () -> Bool
  ) throws -> WinnerTable {
    try RunFolder.attempting("\(folder)/cells") {
      try FileManager.default.createDirectory(atPath: "\(folder)/cells", withIntermediateDirectories: true)
    }
    let done = SharedCounter()
    let results = Ensemble(threads: threads).map(cells.count) { index in
      guard !isInterrupted() else { throw RunFailure(.interruption, "interrupted") }
      defer { progress(done.next()) }
      do {
        return try cells[index].run(in: folder, isInterrupted: isInterrupted)
      } catch let failure as RunFailure where failure.isInterruption {
        throw failure
      } catch {
        let message = InputError.describing(error) ?? (error as? RunFailure)?.description ?? "\(error)"
        return MapResult(cell: cells[index], theory: nil, training: nil, selected: nil, failure: message)
      }
    }
    let table = try WinnerTable(axes: axes, results: results.map { try $0.get() })
    try RunFolder.attempting("\(folder)/map.csv") {
      try Data(table.csv.utf8).write(to: URL(fileURLWithPath: "\(folder)/map.csv"), options: .atomic)
    }
    return table
  }
}
