import Dispatch

/// Runs numbered blocks of work on a fixed number of threads. What a block does depends on its number alone,
/// so results do not depend on the number of threads.
struct Workers {
  let threads: Int

  /// - Parameters:
  ///   - isWorthwhile: false runs everything here: waking a thread costs some ten microseconds.
  ///   - body: block number, worker number (0..<threads).
  func run(blocks: Int, isWorthwhile: Bool, _ body: (Int, Int) -> Void) {
    let workers = isWorthwhile ? min(threads, blocks) : 1
    guard workers > 1 else {
      for block in 0..<blocks { body(block, 0) }
      return
    }
    withoutActuallyEscaping(body) { body in
      let body = UncheckedSendable(body)
      DispatchQueue.concurrentPerform(iterations: workers) { worker in
        for block in stride(from: worker, to: blocks, by: workers) { body.value(block, worker) }
      }
    }
  }
}

/// Carries a closure over to the worker threads; blocks write to disjoint memory.
private struct UncheckedSendable<Value>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}
