import Foundation

/// Counts what threads have done.
final class SharedCounter: @unchecked Sendable {
  private let lock = NSLock()
  private var count = 0

  /// One more.
  func next() -> Int {
    lock.withLock {
      count += 1
      return count
    }
  }
}
