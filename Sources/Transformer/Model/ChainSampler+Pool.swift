import MarkovChains

extension ChainSampler {
  /// Enough that no thread waits long for the last one.
  private static var tasksWanted: Int { 32 }

  /// Fills the batch over `sequences`' storage, spread over the pool; the same sequences for any number of threads.
  ///
  /// - Throws: as `sample` does, when a kernel drawn from the prior has no unique stationary law to start from.
  public func fill(_ sequences: inout TokenSequences, seed: UInt64, place: DrawPlace, pool: WorkerPool) throws
  {
    let (count, length) = (sequences.count, sequences.length)
    let chunk = max(Self.block, padded(count / Self.tasksWanted, to: Self.block))
    let chunks = (count + chunk - 1) / chunk
    var failures = [(any Error)?](repeating: nil, count: chunks)
    sequences.withUnsafeMutableTokens { tokens in
      failures.withUnsafeMutableBufferPointer { failures in
        let slots = Slots(tokens: tokens, failures: failures)
        pool.forEach(tasks: chunks) { task, _ in
          do {
            try sample(
              into: slots.tokens, length: length, rows: task * chunk..<min((task + 1) * chunk, count),
              seed: seed,
              place: place)
          } catch {
            slots.failures[task] = error
          }
        }
      }
    }
    if let failure = failures.lazy.compactMap({ $0 }).first { throw failure }
  }

  /// Tasks write disjoint elements.
  private struct Slots: @unchecked Sendable {
    let tokens: UnsafeMutableBufferPointer<UInt16>
    let failures: UnsafeMutableBufferPointer<(any Error)?>
  }
}
