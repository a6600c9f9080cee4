import Foundation

/// The memory that the tasks of an engine share. A task is granted what it says that it needs, or waits for others to end;
/// one that needs more than there is runs alone.
final class MemoryBudget: @unchecked Sendable {
  private let condition = NSCondition()
  private let total: Int
  private var granted = 0

  /// - Parameter total: bytes.
  init(total: Int = Resources.memory) { self.total = total }

  func withGrant<Value>(of bytes: Int, _ body: () throws -> Value) rethrows -> Value {
    let share = min(max(bytes, 0), total)
    condition.withLock {
      while granted + share > total { condition.wait() }
      granted += share
    }
    defer {
      condition.withLock {
        granted -= share
        condition.broadcast()
      }
    }
    return try body()
  }
}
