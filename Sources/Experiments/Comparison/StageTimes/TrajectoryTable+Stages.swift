import InductionModel
import ParameterSpaces

extension TrajectoryTable {
  /// The first stretch of rows over which this group changes and the others do not: from the row before its first change to
  /// that before another's. Runs have rows at the start and the end of each stage.
  func rows(changingOnly group: ParameterGroup, _ model: ModelDefinition) -> ClosedRange<Int>? {
    let space = model.parameterSpace
    let columns = space.groups.map { group in
      (group: group, values: space.range(of: group).compactMap { self[space.names[$0]] })
    }
    var first: Int?
    for row in times.indices.dropFirst() {
      let changing = columns.filter { column in
        column.values.contains { $0[row] != $0[row - 1] }
      }.map(\.group)
      if first == nil, changing == [group] { first = row - 1 }
      // A group that has converged may stand still before its stage ends.
      if let first, changing.contains(where: { $0 != group }) { return first...row - 1 }
    }
    return first.map { $0...times.count - 1 }
  }

  /// A column at a time: that of its row, or between two rows on the line through them. nil outside of the run.
  func value(_ column: String, at time: Double) -> Double? {
    let slack = 1e-9 * max(1, abs(time))
    guard let values = self[column], let after = times.firstIndex(where: { $0 >= time - slack }) else {
      return nil
    }
    if times[after] <= time + slack { return values[after] }
    guard after > 0 else { return nil }
    let fraction = (time - times[after - 1]) / (times[after] - times[after - 1])
    return values[after - 1] + fraction * (values[after] - values[after - 1])
  }

  /// By how much a column changes from a time to another.
  func change(_ column: String, _ start: Double, _ end: Double) -> Double? {
    guard let first = value(column, at: start), let last = value(column, at: end) else { return nil }
    return last - first
  }
}
