import Foundation

/// What became of the cells that were run or found.
public struct SweepCounts: Hashable, Sendable {
  public var done = 0
  public var failed = 0
  /// Stopped by the user.
  public var interrupted = 0

  public init() {}
}

/// Which cells are run although they have come to an end.
public enum SweepRepeat: Sendable {
  case none
  /// Those that failed.
  case failed
  case all
}

extension Sweep {
  /// Runs cells in this process, side by side on all threads. Cells that are done are left as they are; cells that another
  /// process runs are waited for.
  ///
  /// - Returns: what became of them; a cell that fails says why in its folder.
  /// - Throws: `RunFailure` when interrupted; `RunFolderError` where nothing can be written.
  @discardableResult
  public func run(
    _ cells: CellRanges? = nil, again: SweepRepeat = .none, threads: Int,
    _ observers: RunObservers = RunObservers()
  ) throws -> SweepCounts {
    let wanted = try self.cells(cells)
    try RunFolder.create(place)
    let engine = LocalEngine(threads: threads)
    let run = SweepRun(
      self, again, threads: engine.threadsOfEach(of: wanted.count), total: wanted.count,
      durability: wanted.count < Self.fewCells ? .forced : .together, observers)
    let sync = wanted.count < Self.fewCells ? nil : PeriodicSync(path)
    defer { sync?.end() }
    var iterator = wanted.makeIterator()
    engine.forEach({ run.isStopping ? nil : iterator.next() }, run.attempt)
    // What others were at.
    while !run.isStopping, let busy = run.takeBusy() {
      Thread.sleep(forTimeInterval: 0.2)
      engine.forEach(ListSource(busy).next, run.attempt)
    }
    if let sync {
      sync.end()
      try DurableFile.synchronize(path)
    }
    return try run.finish()
  }

  /// So many cells are forced to the disk together: one by one that takes longer than many a cell. Fewer, as a task of a
  /// cluster has, are forced one by one: the whole file system may hold much that is not theirs.
  private static let fewCells = 16
}

/// The cells of one call on their way.
private final class SweepRun: @unchecked Sendable {
  private let sweep: Sweep
  private let again: SweepRepeat
  private let threads: Int
  private let total: Int
  private let durability: Durability
  private let observers: RunObservers
  private let budget = MemoryBudget()
  private let lock = NSLock()
  private var counts = SweepCounts()
  private var busy: [Int] = []
  private var obstacle: RunFailure?

  init(
    _ sweep: Sweep, _ again: SweepRepeat, threads: Int, total: Int, durability: Durability,
    _ observers: RunObservers
  ) {
    self.durability = durability
    self.sweep = sweep
    self.again = again
    self.threads = threads
    self.total = total
    self.observers = observers
  }

  var isStopping: Bool { lock.withLock { obstacle != nil } || observers.isInterrupted() }

  func takeBusy() -> [Int]? {
    lock.withLock {
      defer { busy = [] }
      return busy.isEmpty ? nil : busy
    }
  }

  func attempt(_ number: Int) {
    do {
      try run(number)
      finished(\.done)
    } catch RunFolderError.inUse {
      lock.withLock { busy.append(number) }
    } catch let failure as RunFailure where failure.isInterruption {
      finished(\.interrupted)
    } catch let failure as RunFailure where failure.cause == .surroundings {
      stop(failure)
    } catch let error as RunFolderError {
      stop(RunFailure(error))
    } catch {
      finished(\.failed)
    }
  }

  /// Not the cell's fault: the next one would fare no better.
  private func stop(_ failure: RunFailure) { lock.withLock { obstacle = obstacle ?? failure } }

  private func run(_ number: Int) throws {
    let cell = try sweep.cell(number)
    switch (try cell.standing(), again) {
    case (.done, .none), (.done, .failed): return
    case (.failed(let message), .none): throw RunFailure(.failure, message)
    case (.running(let holder), _): throw RunFolderError.inUse(cell.folder, by: holder)
    case (_, .all), (.failed, .failed): try run(cell, .replace)
    case (.absent, _), (.unfinished, _): try run(cell, .keep)
    }
  }

  private func run(_ cell: SweepCell, _ existing: RunClaim.Existing) throws {
    try budget.withGrant(of: cell.memory) {
      try cell.run(
        existing, threads: threads,
        RunObservers(isInterrupted: { self.isStopping }, durability: durability))
    }
  }

  private func finished(_ outcome: WritableKeyPath<SweepCounts, Int>) {
    let done = lock.withLock {
      counts[keyPath: outcome] += 1
      return counts.done + counts.failed
    }
    observers.progress(
      RunProgress(fraction: Double(done) / Double(max(total, 1))) { [total] in "\(done) of \(total) cells" })
  }

  func finish() throws -> SweepCounts {
    if let obstacle = lock.withLock({ obstacle }) { throw obstacle }
    guard !observers.isInterrupted() else {
      throw RunFailure(
        .interruption,
        "interrupted with \(counts.done) of \(total) cells done; inflow resume \(sweep.path) goes on with them"
      )
    }
    return lock.withLock { counts }
  }
}

/// A list to take from.
private final class ListSource {
  private var rest: ArraySlice<Int>

  init(_ list: [Int]) { rest = list[...] }

  func next() -> Int? { rest.popFirst() }
}
