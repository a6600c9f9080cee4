/// The tasks of one array that a line of `squeue` stands for.
struct QueuedTasks: Hashable {
  /// The number of the array, as a text: nothing is computed with it.
  let job: String
  /// Counted from 1; nil for a job that is no array.
  let tasks: CellRanges?

  /// `12_3`, `12_[3-17,20]`, `12_[1-898:3%4]` (every third, four at a time), `12`, `12+1` (a part of a heterogeneous job).
  ///
  /// - Returns: nil for anything else, such as a list that was cut, `12_[1-3,...]`.
  init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "_", maxSplits: 1, omittingEmptySubsequences: false)
    let numbers = parts[0].split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
    guard numbers.allSatisfy({ Self.isNumber($0) }) else { return nil }
    job = String(numbers[0])
    guard parts.count > 1 else {
      tasks = nil
      return
    }
    guard let tasks = Self.tasks(parts[1]) else { return nil }
    self.tasks = tasks
  }

  private static func isNumber(_ text: some StringProtocol) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }

  private static func tasks(_ text: some StringProtocol) -> CellRanges? {
    guard text.hasPrefix("[") else { return isNumber(text) ? CellRanges(String(text)) : nil }
    guard text.hasSuffix("]") else { return nil }
    let list = text.dropFirst().dropLast().split(separator: "%", omittingEmptySubsequences: false)
    guard list.count == 1 || list.count == 2 && isNumber(list[1]) else { return nil }
    let ranges = list[0].split(separator: ",", omittingEmptySubsequences: false)
    let plain = ranges.filter { !$0.contains(":") }.joined(separator: ",")
    guard var tasks = plain.isEmpty && !ranges.contains("") ? CellRanges() : CellRanges(plain) else {
      return nil
    }
    for range in ranges where range.contains(":") {
      guard let stepped = stepped(range) else { return nil }
      tasks = tasks.union(stepped)
    }
    return tasks
  }

  /// `1-898:3`
  private static func stepped(_ text: some StringProtocol) -> CellRanges? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, isNumber(parts[1]), let step = Int(parts[1]), step > 0,
      let ends = CellRanges(String(parts[0]))?.ranges.first
    else { return nil }
    return CellRanges(stride(from: ends.lowerBound, through: ends.upperBound, by: step))
  }
}
