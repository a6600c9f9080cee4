/// Scalar equations as statements, children before parents, that compilers take in linear time: long sums over the same
/// operands are the rows of one table, and long bodies are split into parts that pass what later ones read through
/// scratch memory.
struct ScalarProgram {
  enum Statement {
    case value(ValueID)
    case table(SumTable)
  }

  /// Where statements become tables, and bodies parts.
  struct Shape {
    /// Operands of a sum that is written out.
    let longestSum: Int
    /// Operations of a part.
    let longestPart: Int

    /// Nothing is tabulated: a compiler schedules written sums better than loops.
    static let compiled = Shape(longestSum: .max, longestPart: 800)
  }

  let lowered: LoweredProgram
  private(set) var parts: [[Statement]] = [[]]
  /// Positions in scratch memory of values that are read outside of the part that computes them, and of rows of tables.
  private(set) var slots: [ValueID: Int] = [:]
  /// How many numbers the scratch memory holds.
  private(set) var scratch = 0
  /// Additions, multiplications, functions.
  private(set) var operationCount = 0

  init(_ roots: [NodeID], in graph: ExpressionGraph, _ shape: Shape) {
    lowered = Lowering.program(for: roots, in: graph)
    var partOf: [ValueID: Int] = [:]
    var inPart = 0
    for statement in statements(longestSum: shape.longestSum) {
      let cost = cost(of: statement)
      if inPart > 0, cost > shape.longestPart - inPart {
        parts.append([])
        inPart = 0
      }
      operationCount += cost
      inPart += cost
      let own = parts.count - 1
      parts[own].append(statement)
      switch statement {
      case .value(let id): partOf[id] = own
      case .table(let table): for (row, id) in table.rows.enumerated() { slots[id] = table.result + row }
      }
      for operand in operands(of: statement) where slots[operand] == nil {
        if let part = partOf[operand], part != own {
          slots[operand] = scratch
          scratch += 1
        }
      }
    }
  }

  var tables: [SumTable] {
    parts.joined().compactMap { if case .table(let table) = $0 { table } else { nil } }
  }

  func operands(of statement: Statement) -> [ValueID] {
    switch statement {
    case .value(let id): lowered[id].operands
    case .table(let table): table.columns
    }
  }

  private func cost(of statement: Statement) -> Int {
    switch statement {
    case .value(let id): lowered[id].operationCount
    case .table(let table): table.columns.count + table.rows.count
    }
  }

  /// In order; the rows of a table where the first of them is due. Tables have their places in scratch memory.
  private mutating func statements(longestSum: Int) -> [Statement] {
    let order = lowered.order.filter { lowered[$0].isComputed }
    var groups: [[ValueID]: [ValueID]] = [:]
    for id in order {
      guard let terms = lowered[id].tabulated(beyond: longestSum) else { continue }
      groups[terms.map(\.value), default: []].append(id)
    }
    return order.compactMap { id in
      guard let terms = lowered[id].tabulated(beyond: longestSum) else { return .value(id) }
      let columns = terms.map(\.value)
      guard let rows = groups[columns], rows[0] == id else { return nil }
      let table = SumTable(
        rows: rows, columns: columns,
        coefficients: rows.flatMap { lowered[$0].tabulated(beyond: longestSum)?.map(\.weight) ?? [] },
        operands: scratch, result: scratch + columns.count)
      scratch += columns.count + rows.count
      return .table(table)
    }
  }
}

/// Sums over the same operands, computed at once: a matrix of coefficients times the vector of the operands.
struct SumTable {
  /// The sums.
  let rows: [ValueID]
  /// Their operands.
  let columns: [ValueID]
  /// Row-major.
  let coefficients: [Double]
  /// Where the operands lie side by side in scratch memory, and the sums behind them.
  let operands, result: Int
}

extension LoweredValue {
  /// Whether a statement computes it.
  fileprivate var isComputed: Bool {
    switch operation {
    case .constant, .input: false
    default: true
    }
  }

  /// Additions, multiplications, functions.
  fileprivate var operationCount: Int {
    switch operation {
    case .add(let terms): max(1, terms.count - 1 + terms.count { abs($0.weight) != 1 })
    default: 1
    }
  }

  /// The terms of a long sum that has coefficients; nil for other values.
  fileprivate func tabulated(beyond longest: Int) -> [Weighted]? {
    guard case .add(let terms) = operation, terms.count > longest,
      terms.contains(where: { abs($0.weight) != 1 })
    else { return nil }
    return terms
  }
}
