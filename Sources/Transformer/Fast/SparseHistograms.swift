import CKernels
import MarkovChains

/// The histograms of a batch without their zeros, as `WindowBatch.Entries` describes them, sequences ordered by query.
struct SparseHistograms {
  /// The sequence's place in the batch, [sequence].
  let original: [Int]
  /// Window of the query, token to predict, [sequence].
  let query: Buffer<Int32>
  let target: Buffer<Int32>
  let first: Buffer<Int32>
  let end: Buffer<Int32>
  let window: Buffer<UInt16>
  let weight: Buffer<UInt16>

  /// Sequences that a task counts, one list of entries for all of them.
  private static let chunk = 32

  init(_ sequences: TokenSequences, plan: WindowPlan, pool: WorkerPool) {
    let (count, length, d) = (sequences.count, sequences.length, plan.shape.tokens)
    let (query, target, first) = (
      Buffer<Int32>(count, zero: 0), Buffer<Int32>(count, zero: 0), Buffer<Int32>(count, zero: 0)
    )
    let end = Buffer<Int32>(count * d, zero: 0)
    let counters = (0..<pool.threads).map { _ in WindowCounter(plan: plan, length: length) }
    let tasks = (count + Self.chunk - 1) / Self.chunk
    func rows(_ task: Int) -> Range<Int> { task * Self.chunk..<min((task + 1) * Self.chunk, count) }
    let (original, lists) = sequences.storage.withUnsafeBufferPointer { tokens -> ([Int], [EntryList]) in
      guard let tokens = tokens.baseAddress else { return ([], []) }
      let queries = (0..<count).map { counters[0].query(of: tokens + $0 * length) }
      let original = (0..<count).sorted { (queries[$0], $0) < (queries[$1], $1) }
      let lists = pool.map(tasks: tasks) { task, worker in
        var list = EntryList()
        for row in rows(task) {
          let x = tokens + original[row] * length
          query.start[row] = queries[original[row]]
          target.start[row] = Int32(x[length - 1])
          first.start[row] = Int32(list.window.count)
          counters[worker].append(x, to: &list, ends: end.start + row * d)
        }
        return list
      }
      return (original, lists)
    }
    let total = lists.reduce(0) { $0 + $1.window.count }
    let (window, weight) = (Buffer<UInt16>(total, zero: 0), Buffer<UInt16>(total, zero: 0))
    var place = 0
    for (task, list) in lists.enumerated() {
      for row in rows(task) { first.start[row] += Int32(place) }
      (window.start + place).update(from: list.window, count: list.window.count)
      (weight.start + place).update(from: list.weight, count: list.weight.count)
      place += list.window.count
    }
    self.original = original
    (self.query, self.target, self.first, self.end) = (query, target, first, end)
    (self.window, self.weight) = (window, weight)
  }
}

/// Entries of some sequences, one after the other.
struct EntryList: Sendable {
  var window: [UInt16] = []
  var weight: [UInt16] = []
}

/// One thread's memory for counting a sequence's windows.
private final class WindowCounter: @unchecked Sendable {
  private let plan: WindowPlan
  private let length: Int
  private let keys: Range<Int>
  private let scratch: Buffer<UInt32>  // [L + 1]
  private let listed: Buffer<Int32>  // [L + 1]
  private let counts: Buffer<UInt16>  // [d][stride], 0 between sequences
  private let codes: Buffer<UInt32>  // [L + 1]; places in `counts` that are not 0, ascending
  /// Whether the table is so small that reading all of it costs less than sorting what is in it.
  private var isSmall: Bool { counts.count <= 4 * length }

  init(plan: WindowPlan, length: Int) {
    self.plan = plan
    self.length = length
    keys = plan.shape.keys(context: length - 1)
    scratch = Buffer(length, zero: 0)
    listed = Buffer(length, zero: 0)
    counts = Buffer(plan.shape.tokens * plan.stride, zero: 0)
    codes = Buffer(length, zero: 0)
  }

  /// The query's window needs the last W tokens only.
  func query(of x: UnsafePointer<UInt16>) -> Int32 {
    let skipped = max(0, length - 1 - plan.shape.reach)
    var layout = plan.layout
    return trainer_list_windows(&layout, x + skipped, Int32(length - skipped), scratch.start, listed.start)
  }

  /// Appends a sequence's entries, and writes where those of each token end, [d].
  func append(_ x: UnsafePointer<UInt16>, to list: inout EntryList, ends: UnsafeMutablePointer<Int32>) {
    let distinct = isSmall ? countTable(x) : countListed(x)
    let begin = list.window.count
    var next = 0
    for token in 0..<plan.shape.tokens {
      let row = token * plan.stride
      while next < distinct, Int(codes.start[next]) < row + plan.stride {
        let code = Int(codes.start[next])
        list.window.append(UInt16(code - row))
        list.weight.append(counts.start[code])
        counts.start[code] = 0
        next += 1
      }
      let padding = padded(list.window.count - begin, to: 8) - (list.window.count - begin)
      list.window.append(contentsOf: repeatElement(0, count: padding))
      list.weight.append(contentsOf: repeatElement(0, count: padding))
      ends[token] = Int32(list.window.count - begin)
    }
  }

  private func countTable(_ x: UnsafePointer<UInt16>) -> Int {
    var layout = plan.layout
    _ = trainer_count_windows(&layout, x, Int32(length), scratch.start, counts.start)
    var distinct = 0
    for code in 0..<counts.count where counts.start[code] > 0 {
      codes.start[distinct] = UInt32(code)
      distinct += 1
    }
    return distinct
  }

  private func countListed(_ x: UnsafePointer<UInt16>) -> Int {
    var layout = plan.layout
    _ = trainer_list_windows(&layout, x, Int32(length), scratch.start, listed.start)
    var distinct = 0
    for (key, position) in keys.enumerated() {
      let code = Int(x[position]) * plan.stride + Int(listed.start[key])
      if counts.start[code] == 0 {
        codes.start[distinct] = UInt32(code)
        distinct += 1
      }
      counts.start[code] += 1
    }
    var found = UnsafeMutableBufferPointer(start: codes.start, count: distinct)
    found.sort()
    return distinct
  }
}
