/// The text of a scalar program: for each part its statements, without indentation.
struct ScalarSource {
  private(set) var parts: [[String]] = []

  private let program: ScalarProgram
  private let dialect: SourceDialect
  private let names: Names
  /// Positions of each output in the result.
  private var outputs: [ValueID: [Int]] = [:]

  /// What the code calls what it is given.
  struct Names {
    let inputs: [Symbol: String]
    /// The array that it fills.
    let result: String
    /// The coefficients of a table, row-major.
    var table: (SumTable) -> String = { _ in "" }
    /// Scratch memory.
    static let scratch = "s"
  }

  init(_ program: ScalarProgram, _ dialect: SourceDialect, _ names: Names) {
    (self.program, self.dialect, self.names) = (program, dialect, names)
    for (position, output) in program.lowered.outputs.enumerated() {
      outputs[output, default: []].append(position)
    }
    parts = program.parts.indices.map(lines)
  }

  private func lines(_ part: Int) -> [String] {
    var lines: [String] = []
    var present = Set<ValueID>()
    for statement in program.parts[part] {
      if case .value(let id) = statement { present.insert(id) }
    }
    var loaded = Set<ValueID>()
    for statement in program.parts[part] {
      for operand in program.operands(of: statement) where !present.contains(operand) {
        guard let slot = program.slots[operand], loaded.insert(operand).inserted else { continue }
        lines.append(dialect.constant("t\(operand)", scratch(slot)))
      }
      switch statement {
      case .value(let id):
        lines += definition(id)
        if let slot = program.slots[id] { lines.append("\(scratch(slot)) = t\(id)\(dialect.end)") }
        lines += results(id, "t\(id)")
      case .table(let table): lines += self.table(table)
      }
    }
    guard part == 0 else { return lines }
    // What nothing computes: inputs and numbers.
    let given = outputs.keys.sorted().filter { program.lowered[$0].operands.isEmpty }
    return lines + given.flatMap { results($0, text($0)) }
  }

  private func results(_ id: ValueID, _ text: String) -> [String] {
    (outputs[id] ?? []).map { "\(names.result)[\($0)] = \(text)\(dialect.end)" }
  }

  private func scratch(_ slot: Int) -> String { "\(Names.scratch)[\(slot)]" }

  // MARK: Statements

  /// The operands side by side, then all sums at once.
  private func table(_ table: SumTable) -> [String] {
    let operands = table.columns.map(text)
    let (first, behind) = (table.operands, table.result)
    let end = behind + table.rows.count
    let product =
      switch dialect {
      case .python:
        ["\(Names.scratch)[\(first):\(behind)] = ["]
          + operands.wrapped(indentation: "    ").split(separator: "\n").map(String.init)
          + [
            "]",
            "\(Names.scratch)[\(behind):\(end)] = \(names.table(table)) @ \(Names.scratch)[\(first):\(behind)]",
          ]
      case .c, .swift:
        operands.enumerated().map { "\(scratch(first + $0)) = \($1)\(dialect.end)" } + [
          "multiply(\(names.table(table)), \(table.rows.count), \(table.columns.count), \(Names.scratch) + \(first), "
            + "\(Names.scratch) + \(behind))\(dialect.end)"
        ]
      }
    return product + zip(0..., table.rows).flatMap { results($1, scratch(behind + $0)) }
  }

  private func text(_ id: ValueID) -> String {
    switch program.lowered[id].operation {
    case .constant(let number): literal(number)
    case .input(let symbol, _): names.inputs[symbol] ?? dialect.literal(.nan)
    default: "t\(id)"
    }
  }

  /// In parentheses, so that a sign meets no other.
  private func literal(_ value: Double) -> String {
    let text = dialect.literal(value)
    return text.hasPrefix("-") ? "(\(text))" : text
  }

  private func definition(_ id: ValueID) -> [String] {
    let name = "t\(id)"
    if case .add(let terms) = program.lowered[id].operation {
      guard dialect == .swift, terms.count > 3 else { return [dialect.constant(name, balanced(terms))] }
      // One by one: the type checker takes long over long expressions.
      let summands = terms.map(summand)
      return ["var \(name): Double = \(summands[0].isNegative ? "-" : "")\(summands[0].text)"]
        + summands.dropFirst().map { "\(name) \($0.isNegative ? "-" : "+")= \($0.text)" }
    }
    return [dialect.constant(name, expression(program.lowered[id].operation))]
  }

  private func expression(_ operation: LoweredValue.Operation) -> String {
    switch operation {
    case .add(let terms): balanced(terms)
    case .multiply(let factors): factors.map(text).joined(separator: " * ")
    case .power(let base, let exponent): dialect.power(text(base), exponent)
    case .larger(let left, let right): dialect.larger(text(left), text(right))
    case .function(let function, let argument): dialect.apply(function, text(argument))
    // Scalars have no axes to run along.
    case .constant, .input, .delta, .renamed, .joined, .softmax, .reduce, .matrixProduct:
      dialect.literal(.nan)
    }
  }

  private typealias Summand = (text: String, isNegative: Bool)

  private func summand(_ term: LoweredValue.Weighted) -> Summand {
    if case .constant(let number) = program.lowered[term.value].operation {
      return (literal(term.weight * number), false)
    }
    let (size, value) = (abs(term.weight), text(term.value))
    return (size == 1 ? value : "\(dialect.literal(size)) * \(value)", term.weight < 0)
  }

  /// By halves: an error of log n roundings, independent additions side by side, and parentheses log n deep.
  private func balanced(_ terms: [LoweredValue.Weighted]) -> String {
    var level = terms.map(summand)
    while level.count > 1 {
      level = stride(from: 0, to: level.count, by: 2).map { first in
        guard first + 1 < level.count else { return level[first] }
        let (left, right) = (level[first], level[first + 1])
        return switch (left.isNegative, right.isNegative) {
        case (false, true): ("(\(left.text) - \(right.text))", false)
        case (true, false): ("(\(right.text) - \(left.text))", false)
        case (let negative, _): ("(\(left.text) + \(right.text))", negative)
        }
      }
    }
    return (level[0].isNegative ? "-" : "") + level[0].text
  }
}
