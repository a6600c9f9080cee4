import CKernels

/// The threads of a run. Work is cut into tasks by a rule that does not look at the number of threads, and partial
/// results are added in the order of the tasks: the same bits come out for any number.
public final class WorkerPool: @unchecked Sendable {
  /// The calling thread included.
  public let threads: Int
  private let pool: OpaquePointer?

  /// - Parameter threads: at least 1; the calling thread works alone when the system refuses so many.
  public init(threads: Int = 1) {
    let pool = trainer_pool_create(Int32(clamping: max(1, threads)))
    self.pool = pool
    self.threads = pool == nil ? 1 : max(1, threads)
  }

  deinit { trainer_pool_destroy(pool) }

  /// Calls `body(task, worker)` for every task in 0..<tasks, from several threads; returns when all are done.
  /// One caller at a time, and never from inside a task.
  func forEach(tasks: Int, _ body: (_ task: Int, _ worker: Int) -> Void) {
    guard let pool, threads > 1 else {
      for task in 0..<tasks { body(task, 0) }
      return
    }
    withoutActuallyEscaping(body) { body in
      var job = Job(body: body)
      withUnsafeMutablePointer(to: &job) { job in
        trainer_pool_run(
          pool, Int32(tasks),
          { context, task, worker in
            context?.assumingMemoryBound(to: Job.self).pointee.body(Int(task), Int(worker))
          }, job)
      }
    }
  }

  /// What `body` returns for every task, in their order.
  func map<Value>(tasks: Int, _ body: (_ task: Int, _ worker: Int) -> Value) -> [Value] {
    var values = [Value?](repeating: nil, count: tasks)
    values.withUnsafeMutableBufferPointer { values in
      let slots = Slots(values: values)
      forEach(tasks: tasks) { task, worker in slots.values[task] = body(task, worker) }
    }
    return values.compactMap { $0 }
  }

  /// Tasks write disjoint elements.
  private struct Slots<Value>: @unchecked Sendable {
    let values: UnsafeMutableBufferPointer<Value?>
  }

  private struct Job {
    let body: (Int, Int) -> Void
  }
}
