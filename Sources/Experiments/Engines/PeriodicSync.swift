import Foundation

/// Forces what many runs write to the disk every now and then, beside them: little waits at the end, and a power cut takes
/// little.
final class PeriodicSync: @unchecked Sendable {
  private static let interval = 2.0

  private let condition = NSCondition()
  private var isEnding = false
  private var hasEnded = false

  /// - Parameter folder: on the file system that is meant.
  init(_ folder: String) {
    Thread.detachNewThread { [self] in
      while wait() { try? DurableFile.synchronize(folder) }
      condition.withLock {
        hasEnded = true
        condition.broadcast()
      }
    }
  }

  /// - Returns: false when it is time to end.
  private func wait() -> Bool {
    condition.withLock {
      let next = Date(timeIntervalSinceNow: Self.interval)
      while !isEnding, condition.wait(until: next) {}
      return !isEnding
    }
  }

  func end() {
    condition.withLock {
      isEnding = true
      condition.broadcast()
      while !hasEnded { condition.wait() }
    }
  }
}
