import Foundation
import ODESolvers

/// How the cells of a sweep stand, as their folders tell.
public struct SweepStatus: Sendable {
  public var done = CellRanges()
  public var failed = CellRanges()
  /// Being written by a process that lives.
  public var running = CellRanges()
  /// Begun, and stopped or killed.
  public var unfinished = CellRanges()
  /// Not begun.
  public var absent = CellRanges()

  /// What an engine has still to run.
  public var pending: CellRanges { unfinished.union(absent) }
}

extension Sweep {
  /// - Throws: `RunFolderError` for folders that cannot be read. Memory O(ranges).
  public func status(threads: Int) throws -> SweepStatus {
    var status = SweepStatus()
    try forEachCell(threads: threads) { cell in
      try cell.map { try $0.standing() } ?? .failed("")
    } receive: { number, standing in
      switch standing {
      case .done: status.done.insert(number)
      case .failed: status.failed.insert(number)
      case .running: status.running.insert(number)
      case .unfinished: status.unfinished.insert(number)
      case .absent: status.absent.insert(number)
      }
    }
    return status
  }

  /// Looks at all cells on all threads, and hands over what was found in their order. A cell without a configuration is nil.
  func forEachCell<Found: Sendable>(
    threads: Int, _ look: @Sendable (_ cell: SweepCell?) throws -> Found,
    receive: (_ number: Int, Found) throws -> Void
  ) throws {
    let block = 256
    for start in stride(from: 1, through: definition.count, by: block) {
      let numbers = start..<min(start + block, definition.count + 1)
      let found = Ensemble(threads: threads).map(numbers.count) { offset in
        try look(try? cell(start + offset))
      }
      for (number, result) in zip(numbers, found) { try receive(number, try result.get()) }
    }
  }
}
