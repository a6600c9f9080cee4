import CKernels
import MarkovChains

/// A batch as the evaluation by windows reads it: every sequence a histogram, sequences ordered by their query.
final class WindowBatch<Real: LayerKernels>: @unchecked Sendable {
  /// n[e, Z] of every sequence: how many of its keys have window Z and token e. The buffers belong to the batch.
  enum Form {
    /// All of it, [sequence][d][stride].
    case counts(UnsafeMutablePointer<UInt16>)
    case entries(Entries)
  }

  /// The entries that are not 0, by token; a token's entries are padded to a multiple of eight.
  struct Entries {
    /// Where a sequence begins, [sequence].
    let first: UnsafeMutablePointer<Int32>
    /// Where a token's entries end, from there, [sequence][d].
    let end: UnsafeMutablePointer<Int32>
    let window: UnsafeMutablePointer<UInt16>
    let weight: UnsafeMutablePointer<UInt16>
  }

  let form: Form
  /// The sequence's place in what was prepared, [sequence].
  let original: [Int]
  private let owned: [AnyObject]
  let count: Int
  /// Window of the query, token to predict, [sequence].
  let query: Buffer<Int32>
  let target: Buffer<Int32>
  /// Sequences by query; row z of the queries is order[rows[z]..<rows[z + 1]].
  let order: Buffer<Int32>
  private(set) var rows: [Int]
  /// Ranges of queries with about equal work.
  private(set) var tasks: [Range<Int>] = []

  private static var tasksWanted: Int { 16 }

  /// An empty batch of dense histograms, for `count` to fill.
  init(plan: WindowPlan, count: Int) {
    self.count = count
    let counts = Buffer<UInt16>(count * plan.shape.tokens * plan.stride, zero: 0)
    form = .counts(counts.start)
    original = Array(0..<count)
    owned = [counts]
    query = Buffer(count, zero: 0)
    target = Buffer(count, zero: 0)
    order = Buffer(count, zero: 0)
    rows = Array(repeating: 0, count: plan.windows + 1)
  }

  /// Fills the histograms of fresh sequences.
  func count(_ sequences: TokenSequences, plan: WindowPlan, pool: WorkerPool, scratch: [Buffer<UInt32>]) {
    guard case .counts(let counts) = form else { return }
    let (d, length) = (plan.shape.tokens, sequences.length)
    let chunk = 32
    sequences.storage.withUnsafeBufferPointer { tokens in
      guard let tokens = tokens.baseAddress else { return }
      pool.forEach(tasks: (count + chunk - 1) / chunk) { task, worker in
        var layout = plan.layout
        for row in task * chunk..<min((task + 1) * chunk, count) {
          let x = tokens + row * length
          query.start[row] = trainer_count_windows(
            &layout, x, Int32(length), scratch[worker].start, counts + row * d * plan.stride)
          target.start[row] = Int32(x[length - 1])
        }
      }
    }
    sort(plan)
  }

  /// Histograms of sequences that will be evaluated often, without their zeros. They are renumbered by query, so that
  /// a pass reads memory from its start to its end. O(tokens log tokens) at most, spread over the pool.
  init(_ sequences: TokenSequences, plan: WindowPlan, pool: WorkerPool) {
    let sparse = SparseHistograms(sequences, plan: plan, pool: pool)
    count = sequences.count
    original = sparse.original
    query = sparse.query
    target = sparse.target
    order = Buffer(count, zero: 0)
    rows = Array(repeating: 0, count: plan.windows + 1)
    form = .entries(
      Entries(
        first: sparse.first.start, end: sparse.end.start, window: sparse.window.start,
        weight: sparse.weight.start))
    owned = [sparse.first, sparse.end, sparse.window, sparse.weight]
    sort(plan)
  }

  /// The places in a row of a sequence's keys, some of them several times.
  func forEachPlace(of sequence: Int, _ plan: WindowPlan, _ body: (Int) -> Void) {
    let d = plan.shape.tokens
    switch form {
    case .counts(let counts):
      let own = counts + sequence * d * plan.stride
      for token in 0..<d {
        for window in 0..<plan.windows where own[token * plan.stride + window] > 0 {
          body(token * plan.each + window)
        }
      }
    case .entries(let entries):
      var entry = Int(entries.first[sequence])
      let first = entry
      for token in 0..<d {
        while entry < first + Int(entries.end[sequence * d + token]) {
          if entries.weight[entry] > 0 { body(token * plan.each + Int(entries.window[entry])) }
          entry += 1
        }
      }
    }
  }

  /// Counting sort by query, and tasks by it: a rule that looks at the data alone.
  private func sort(_ plan: WindowPlan) {
    let (query, order) = (query.start, order.start)
    tasks.removeAll(keepingCapacity: true)
    rows.withUnsafeMutableBufferPointer { rows in
      rows.update(repeating: 0)
      for row in 0..<count { rows[Int(query[row]) + 1] += 1 }
      let share = max(1, count / Self.tasksWanted)
      var (begin, work) = (0, 0)
      for z in 0..<plan.windows {
        work += rows[z + 1]
        if work >= share {
          tasks.append(begin..<z + 1)
          (begin, work) = (z + 1, 0)
        }
        rows[z + 1] += rows[z]
      }
      if work > 0 { tasks.append(begin..<plan.windows) }
      for row in 0..<count {
        let z = Int(query[row])
        order[rows[z]] = Int32(row)
        rows[z] += 1
      }
      for z in rows.indices.reversed().dropLast() { rows[z] = rows[z - 1] }
      rows[0] = 0
    }
  }
}

/// Sizes, known before anything is allocated.
extension WindowBatch {
  /// Of the histograms of fresh sequences.
  static func denseBytes(_ plan: WindowPlan, count: Int) -> Double {
    2 * Double(count) * Double(plan.shape.tokens) * Double(plan.stride)
  }

  /// Entries of sequences without their zeros: every key at most one, and every token's padded.
  static func mostEntries(_ plan: WindowPlan, count: Int, length: Int) -> Double {
    Double(count) * Double(length + 7 * min(plan.shape.tokens, length))
  }

  /// Of those entries, and of the lists that they are collected in.
  static func entryBytes(_ plan: WindowPlan, count: Int, length: Int) -> Double {
    12 * mostEntries(plan, count: count, length: length)
      + Double(count) * Double(4 * plan.shape.tokens + 32)
  }

  /// Of what every window has, once for each task and for some threads.
  static func tableBytes(_ plan: WindowPlan) -> Double {
    8 * Double(tasksWanted + 8) * Double(plan.shape.heads * plan.shape.tokens)
      * Double(plan.row + (plan.each > 0 ? plan.stride : 0))
  }
}
