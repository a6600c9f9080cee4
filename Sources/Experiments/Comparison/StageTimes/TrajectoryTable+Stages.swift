import InductionModel

extension TrajectoryTable {
  /// The first stretch of at least three rows over which this group changes and the others do not.
  func rows(changingOnly group: ParameterGroup, _ model: ModelDefinition) -> ClosedRange<Int>? {
    let names = model.parameterNames
    let columns = ParameterGroup.allCases.map { group in
      (group: group, values: model.range(of: group).compactMap { self[names[$0]] })
    }
    var first: Int?
    for row in 1..<max(times.count, 1) {
      let isAlone = columns.allSatisfy { column in
        let changes = column.values.contains { $0[row] != $0[row - 1] }
        return changes == (column.group == group)
      }
      if isAlone, first == nil { first = row - 1 }
      if !isAlone, let start = first {
        if row - 1 - start >= 2 { return start...row - 1 }
        first = nil
      }
    }
    guard let first, times.count - 1 - first >= 2 else { return nil }
    return first...times.count - 1
  }
}
