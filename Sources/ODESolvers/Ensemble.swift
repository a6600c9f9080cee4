import Dispatch
import Foundation

/// Many integrations, over initial conditions or parameters, on several threads.
///
/// Every member is integrated by one thread on its own, so results do not depend on how many threads there are.
public struct Ensemble: Sendable {
  public var threads: Int

  public init(threads: Int = ProcessInfo.processInfo.activeProcessorCount) { self.threads = max(1, threads) }

  /// Runs `member` for 0..<count and returns the results in order; a failure is that member's own.
  ///
  ///     let finals = Ensemble(threads: 4).map(100) { index in
  ///       try solve(system(rate: rates[index]), from: 0, state: start, to: 10).outcome.state
  ///     }
  public func map<Value: Sendable>(
    _ count: Int, _ member: @Sendable (Int) throws -> Value
  ) -> [Result<Value, any Error>] {
    let results = Slots<Result<Value, any Error>>(count: count)
    DispatchQueue.concurrentPerform(iterations: min(threads, max(count, 1))) { _ in
      while let index = results.take() {
        results.put(Result { try member(index) }, at: index)
      }
    }
    return results.all
  }
}

/// Work to hand out and results to collect, behind one lock.
private final class Slots<Value: Sendable>: @unchecked Sendable {
  private let lock = NSLock()
  private var next = 0
  private var values: [Value?]

  init(count: Int) { values = Array(repeating: nil, count: count) }

  func take() -> Int? {
    lock.withLock {
      guard next < values.count else { return nil }
      next += 1
      return next - 1
    }
  }

  func put(_ value: Value, at index: Int) { lock.withLock { values[index] = value } }

  var all: [Value] { lock.withLock { values.compactMap { $0 } } }
}
