/// A matrix of known numbers that is 0 in most places, in groups of rows with numbers in the same columns: a product with
/// it is a smaller dense one with each group.
///
/// Indicators are such matrices, and products of indicators all the more.
struct KnownZeros {
  struct Group {
    /// Numbers of the matrix's rows, ascending.
    let rows: [Int]
    /// Where they are not 0, ascending.
    let columns: [Int]
    /// How many rows are in groups before.
    let firstRow: Int
    /// Where the group's numbers begin, `[column][row]`.
    let start: Int
  }

  let groups: [Group]

  /// Gathering and spreading a number costs as much as so many multiplications.
  private static let move = 8

  /// Brings the numbers into the order of the groups, within the matrix's own memory.
  ///
  /// - Parameter isTransposed: `[column][row]` instead of `[row][column]`.
  /// - Returns: nil, and nothing is moved, where the dense product is about as cheap.
  init?(packing matrix: Buffer, rows: Int, columns: Int, isTransposed: Bool) {
    let (rowStride, columnStride) = isTransposed ? (1, rows) : (columns, 1)
    var byPattern: [[UInt64]: [Int]] = [:]
    for row in 0..<rows {
      var pattern = [UInt64](repeating: 0, count: (columns + 63) / 64)
      for column in 0..<columns where matrix.base[row * rowStride + column * columnStride] != 0 {
        pattern[column / 64] |= 1 << UInt64(column % 64)
      }
      byPattern[pattern, default: []].append(row)
    }
    var groups: [Group] = []
    var (firstRow, start, work) = (0, 0, 0)
    for (pattern, members) in byPattern.sorted(by: { $0.value[0] < $1.value[0] }) {
      let own = (0..<columns).filter { pattern[$0 / 64] >> UInt64($0 % 64) & 1 == 1 }
      groups.append(Group(rows: members, columns: own, firstRow: firstRow, start: start))
      firstRow += members.count
      start += members.count * own.count
      work += members.count * own.count + Self.move * (members.count + own.count)
    }
    guard 2 * work < rows * columns else { return nil }
    self.groups = groups
    let packed = groups.flatMap { group in
      group.columns.flatMap { column in
        group.rows.map { matrix.base[$0 * rowStride + column * columnStride] }
      }
    }
    matrix.copy(from: packed[...])
  }
}
