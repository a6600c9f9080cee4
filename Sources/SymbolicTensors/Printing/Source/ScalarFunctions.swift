/// The functions of a system of scalars in one language.
struct ScalarFunctions {
  let flow: SourceFunction
  let product: SourceFunction?
  let constants: SourceConstants
  private(set) var identifiers: SourceIdentifiers

  init(
    _ system: FlowSystem, _ dialect: SourceDialect, _ identifiers: SourceIdentifiers,
    _ jacobian: RateEquations.JacobianProduct?
  ) {
    let flow = ScalarProgram(system.components.map(\.derivative.id), in: system.graph, dialect.shape)
    let product = jacobian.map { ScalarProgram($0.product.map(\.id), in: system.graph, dialect.shape) }
    let programs = [flow] + (product.map { [$0] } ?? [])
    var tables = Tables(graph: system.graph)
    for program in programs { tables.add(program) }
    let roots = system.components.map(\.derivative.id) + (jacobian?.product.map(\.id) ?? [])
    let constants = SourceConstants(
      system.adding(tables.values),
      of: system.graph.symbols(of: system.graph.reachable(roots)).union(tables.values.keys),
      given: jacobian?.direction ?? [])
    var writer = Writer(
      system: system, dialect: dialect, constants: constants, tables: tables, identifiers: identifiers)
    self.flow = writer.function(flow, into: "derivative", direction: [])
    self.product = product.map { writer.function($0, into: "product", direction: jacobian?.direction ?? []) }
    (self.constants, self.identifiers) = (constants, writer.identifiers)
  }

  /// Equal tables are one constant: those of a flow are among those of its Jacobian.
  private struct Tables {
    let graph: ExpressionGraph
    private(set) var values: [Symbol: [Double]] = [:]
    private var known: [[Double]: Symbol] = [:]

    init(graph: ExpressionGraph) { self.graph = graph }

    mutating func add(_ program: ScalarProgram) {
      for table in program.tables where known[table.coefficients] == nil {
        let symbol = graph.symbol(
          "table_\(known.count + 1)", shape: [table.rows.count, table.columns.count], role: .coefficient)
        known[table.coefficients] = symbol
        values[symbol] = table.coefficients
      }
    }

    func symbol(of table: SumTable) -> Symbol? { known[table.coefficients] }
  }

  private struct Writer {
    let system: FlowSystem
    let dialect: SourceDialect
    let constants: SourceConstants
    let tables: Tables
    var identifiers: SourceIdentifiers

    mutating func function(_ program: ScalarProgram, into result: String, direction: [Symbol])
      -> SourceFunction
    {
      let used = Set(program.lowered.order.compactMap(program.lowered.symbol))
      let vectors = [("state", system.components.map(\.symbol)), ("direction", direction)]
      var inputs: [Symbol: String] = [:]
      var unpacked: [String] = []
      for (array, symbols) in vectors {
        for (position, symbol) in symbols.enumerated() where used.contains(symbol) {
          let entry = "\(array)[\(position)]"
          // An entry of an array costs Python more than a name.
          inputs[symbol] = dialect == .python ? identifiers.identifier(symbol, in: system.graph) : entry
          if let name = inputs[symbol], dialect == .python { unpacked.append("\(name) = \(entry)") }
        }
      }
      for entry in constants.entries where inputs[entry.symbol] == nil {
        inputs[entry.symbol] = identifiers.identifier(entry.symbol, in: system.graph)
      }
      // Functions of parts do not see what C reads into a function's variables.
      let offsets = dialect == .c ? constants.offsets : [:]
      let (tables, names) = (tables, inputs)
      let source = ScalarSource(
        program, dialect,
        ScalarSource.Names(inputs: inputs, result: result) { table in
          tables.symbol(of: table).flatMap { symbol in
            offsets[symbol].map { "data + \($0)" } ?? names[symbol]
          } ?? ""
        })
      let reading = ["state"] + (direction.isEmpty ? [] : ["direction"])
      var function = assembled(source, program, reading: reading, into: result, unpacked)
      if !program.tables.isEmpty { function.helpers.insert(.multiply) }
      if program.lowered.order.contains(where: program.lowered.isGuardedPower) {
        function.helpers.insert(.guardedPower)
      }
      return function
    }

    private func assembled(
      _ source: ScalarSource, _ program: ScalarProgram, reading arguments: [String], into result: String,
      _ unpacked: [String]
    ) -> SourceFunction {
      let scratch = ScalarSource.Names.scratch
      switch dialect {
      case .python:
        return SourceFunction(
          lines: unpacked + (program.scratch > 0 ? ["\(scratch) = np.empty(\(program.scratch))"] : [])
            + ["\(result) = np.empty(\(program.lowered.outputs.count))"] + source.parts.joined())
      case .c:
        let parts = CParts(source.parts, named: "\(result)_part", reading: arguments, into: result)
        return SourceFunction(
          lines: ["double *const \(scratch) = \(program.scratch > 0 ? "workspace" : "NULL");"].indented
            + parts.calls.indented, definitions: parts.definitions, workspace: program.scratch)
      case .swift:
        let parts = SwiftParts(source.parts, named: "\(result)_part", reading: arguments, into: result)
        return SourceFunction(
          lines: parts.calls.indented, definitions: parts.definitions, workspace: program.scratch)
      }
    }
  }
}

extension SourceDialect {
  /// Sums beyond a few lines are tables. clang and swiftc take more than linear time over a function, CPython does not.
  var shape: ScalarProgram.Shape {
    ScalarProgram.Shape(
      longestSum: FlowSystem.longestWrittenSum, longestPart: self == .python ? .max : 800)
  }
}

extension [String] {
  fileprivate var indented: [String] { map { "  \($0)" } }
}

extension LoweredProgram {
  fileprivate func symbol(_ id: ValueID) -> Symbol? {
    if case .input(let symbol, _) = self[id].operation { symbol } else { nil }
  }

  fileprivate func isGuardedPower(_ id: ValueID) -> Bool {
    if case .function(.guardedPower, _) = self[id].operation { true } else { false }
  }
}
