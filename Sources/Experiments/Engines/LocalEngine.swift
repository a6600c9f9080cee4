import Foundation
import ODESolvers

/// Runs tasks side by side in this process. What a task comes to does not depend on how many threads there are.
public struct LocalEngine: Sendable {
  public let threads: Int

  public init(threads: Int) { self.threads = max(1, threads) }

  /// How many threads each of so many tasks has for itself.
  func threadsOfEach(of count: Int) -> Int { max(1, threads / max(1, min(count, threads))) }

  /// The results in order; a failure is that task's own.
  func map<Value: Sendable>(_ count: Int, _ task: @Sendable (Int) throws -> Value) -> [Result<
    Value, any Error
  >] {
    Ensemble(threads: threads).map(count, task)
  }

  /// Takes cells one by one as threads come free; what they come to is not kept.
  ///
  /// - Parameter next: the next cell, or nil when there is none; called by one thread at a time.
  func forEach<Cell: Sendable>(_ next: () -> Cell?, _ body: @Sendable (Cell) -> Void) {
    let lock = NSLock()
    withoutActuallyEscaping(next) { next in
      let source = Unshared(value: next)
      DispatchQueue.concurrentPerform(iterations: threads) { _ in
        while let cell = lock.withLock({ source.value() }) { body(cell) }
      }
    }
  }

  /// Behind the lock.
  private struct Unshared<Value>: @unchecked Sendable {
    let value: Value
  }
}

/// The progress of several tasks as that of one.
final class ProgressShares: @unchecked Sendable {
  private let lock = NSLock()
  private var fractions: [Double]
  private let whole: RunObservers

  init(count: Int, _ whole: RunObservers) {
    fractions = Array(repeating: 0, count: count)
    self.whole = whole
  }

  /// What one of the tasks reports to.
  func part(_ index: Int, _ name: String) -> RunObservers {
    RunObservers(
      progress: { [self] inner in
        let fraction = lock.withLock {
          fractions[index] = inner.fraction
          return fractions.reduce(0, +) / Double(fractions.count)
        }
        whole.progress(RunProgress(fraction: fraction) { "\(name)  \(inner.place())" })
      }, isInterrupted: whole.isInterrupted, durability: whole.durability)
  }
}
