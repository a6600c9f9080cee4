extension FlowSystem {
  /// A self-contained NumPy module: `flow(time, state)`, `initial_state()` and `names`; scipy.integrate.solve_ivp
  /// runs it as it stands. Contractions are einsums over shared intermediate results.
  ///
  /// - Parameter dataFile: the name of the data file, which is looked for beside the module.
  public func pythonModule(dataFile: String) -> ExportedSource {
    var writer = PythonWriter(self, dataFile: dataFile)
    return writer.module()
  }
}

private struct PythonWriter {
  private let system: FlowSystem
  private let graph: ExpressionGraph
  private let dataFile: String
  private let needed: [NodeID]
  private let constants: SourceConstants
  private var identifiers: SourceIdentifiers
  /// What stands for a node: a variable or a short expression.
  private var names: [NodeID: String] = [:]
  private var lines: [String] = []
  private var usesEinsum = false
  private var helpers = Set<String>()

  private static let reserved: Set = [
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else",
    "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not",
    "or",
    "pass", "raise", "return", "try", "while", "with", "yield", "None", "True", "False", "np", "time",
    "state",
    "names", "flow", "initial_state", "derivative", "Path", "_data", "_paths", "_einsum", "_softmax",
    "_guarded_power",
  ]

  init(_ system: FlowSystem, dataFile: String) {
    self.system = system
    self.dataFile = dataFile
    graph = system.graph
    identifiers = SourceIdentifiers(reserved: Self.reserved)
    needed = graph.evaluated(system.components.map(\.derivative.id))
    constants = SourceConstants(system, used: needed)
  }

  mutating func module() -> ExportedSource {
    for node in needed { define(node) }
    var results: [String] = []
    for (component, (_, range)) in zip(system.components, system.layout) {
      let value = aligned(component.derivative.id, component.indices)
      let shape = component.indices.map { "\($0.extent)" }
      let filled =
        shape.count > 1 ? "np.broadcast_to(\(value), (\(shape.joined(separator: ", ")))).ravel()" : value
      results.append(
        shape.isEmpty
          ? "derivative[\(range.lowerBound)] = \(value)"
          : "derivative[\(range.lowerBound):\(range.upperBound)] = \(filled)")
    }
    let body = (unpacking() + lines + ["derivative = np.empty(\(system.names.count))"] + results)
      .map { "    \($0)" }.joined(separator: "\n")
    let text = """
      \(system.heading.map { "# \($0)".trimmingTrailingSpace }.joined(separator: "\n"))
      #
      # solution = scipy.integrate.solve_ivp(flow, (0, 100), initial_state(), method="LSODA")
      \(imports)import numpy as np

      # Components of the state.
      names = [
      \(system.names.map { "\"\($0)\"" }.wrapped(indentation: "    ")),
      ]
      \(constantsText)\(helpersText)

      def initial_state():
          return np.array([
      \(system.initial.map(PythonLiteral.text(_:)).wrapped(indentation: "        ")),
          ])


      def flow(time, state):
      \(body)
          return derivative

      """
    return ExportedSource(text: text, data: constants.data)
  }

  private var imports: String { constants.data.isEmpty ? "" : "from pathlib import Path\n\n" }

  private var constantsText: String {
    guard !constants.entries.isEmpty else { return "" }
    var text = "\n# Constants.\n"
    if !constants.data.isEmpty {
      text += "_data = np.fromfile(Path(__file__).with_name(\"\(dataFile)\"), dtype=\"<f8\")\n"
    }
    var identifiers = identifiers
    for entry in constants.entries {
      let name = identifiers.identifier(entry.symbol, in: graph)
      let shape = "(\(entry.shape.map { "\($0)," }.joined(separator: " ")))"
      if let offset = entry.offset {
        text += "\(name) = _data[\(offset):\(offset + entry.values.count)].reshape(\(shape))\n"
      } else if entry.shape.isEmpty {
        text += "\(name) = np.float64(\(PythonLiteral.text(entry.values[0])))\n"
      } else {
        text += """
          \(name) = np.array([
          \(entry.values.map(PythonLiteral.text(_:)).wrapped(indentation: "    ")),
          ]).reshape(\(shape))

          """
      }
    }
    return text
  }

  private var helpersText: String {
    var text = ""
    if usesEinsum {
      text += """


        _paths = {}


        def _einsum(subscripts, *operands):
            # The order of contraction is found once.
            path = _paths.get(subscripts)
            if path is None:
                path = _paths[subscripts] = np.einsum_path(subscripts, *operands, optimize="greedy")[0]
            return np.einsum(subscripts, *operands, optimize=path)

        """
    }
    if helpers.contains("_softmax") {
      text += """


        def _softmax(logits, axis):
            # Weight 0 for -inf, and all weights 0 where every logit is.
            largest = np.max(logits, axis=axis, keepdims=True)
            weights = np.exp(logits - np.where(largest > -np.inf, largest, 0.0))
            total = np.sum(weights, axis=axis, keepdims=True)
            return weights / np.where(total > 0, total, 1.0)

        """
    }
    if helpers.contains("_guarded_power") {
      text += """


        def _guarded_power(base, exponent):
            # 0 where the base is 0.
            return np.where(base == 0, 0.0, np.power(np.where(base == 0, 1.0, base), exponent))

        """
    }
    return text
  }

  /// The state's symbols that the derivative needs.
  private mutating func unpacking() -> [String] {
    let used = Set(
      needed.compactMap { node -> Symbol? in
        if case .symbol(let symbol, _) = graph.nodes[Int(node)] { symbol } else { nil }
      })
    var lines: [String] = []
    for (symbol, range) in system.layout where used.contains(symbol) {
      let name = identifiers.identifier(symbol, in: graph)
      let shape = graph.shape(of: symbol)
      let slice = shape.isEmpty ? "\(range.lowerBound)" : "\(range.lowerBound):\(range.upperBound)"
      let reshaped = shape.count > 1 ? ".reshape(\(shape.map(String.init).joined(separator: ", ")))" : ""
      lines.append("\(name) = state[\(slice)]\(reshaped)")
    }
    return lines
  }

  // MARK: Statements

  private mutating func define(_ node: NodeID) {
    let free = graph.free[Int(node)]
    switch graph.nodes[Int(node)] {
    case .number(let value): names[node] = PythonLiteral.text(value)
    case .symbol(let symbol, let indices):
      let name = identifiers.identifier(symbol, in: graph)
      names[node] = name
      if indices != free {
        assign(node, "np.einsum(\"\(subscripts(indices, free))->\(subscripts(free, free))\", \(name))")
      }
    case .delta(let first, _): assign(node, "np.eye(\(first.extent))")
    case .sum(let terms):
      var text = ""
      for term in terms {
        let isNegative = term.coefficient.isNegative
        let size = PythonLiteral.text(isNegative ? -term.coefficient : term.coefficient)
        let operand = aligned(term.node, free)
        text += text.isEmpty ? (isNegative ? "-" : "") : isNegative ? " - " : " + "
        text += term.node == ExpressionGraph.one ? size : size == "1" ? operand : "\(size) * \(operand)"
      }
      assign(node, text)
    case .product(let factors): assign(node, product(factors, free))
    case .function(let function, let argument): assign(node, apply(function, names[argument] ?? "0"))
    case .largest(let nodes):
      let operands = nodes.map { aligned($0, free) }
      assign(node, operands.dropFirst().reduce(operands[0]) { "np.maximum(\($0), \($1))" })
    case .softmax(let logits, over: let index):
      helpers.insert("_softmax")
      assign(node, "_softmax(\(names[logits] ?? "0"), \(free.firstIndex(of: index) ?? 0))")
    case .contraction(_, let body): assign(node, contraction(body, onto: free))
    }
  }

  private mutating func assign(_ node: NodeID, _ text: String) {
    let name = "t\(lines.count + 1)"
    lines.append("\(name) = \(text)")
    names[node] = name
  }

  private func product(_ factors: [Factor], _ domain: [Index]) -> String {
    let above = factors.filter { !$0.exponent.isNegative }.map { power($0, domain) }
    let below = factors.filter { $0.exponent.isNegative }
      .map { power(Factor(base: $0.base, exponent: -$0.exponent), domain) }
    let numerator = above.isEmpty ? "1.0" : above.joined(separator: " * ")
    guard !below.isEmpty else { return numerator }
    let denominator = below.joined(separator: " * ")
    return "\(numerator) / \(below.count > 1 ? "(\(denominator))" : denominator)"
  }

  private func power(_ factor: Factor, _ domain: [Index]) -> String {
    let operand = aligned(factor.base, domain)
    if factor.exponent.isOne { return operand }
    if factor.exponent == Number(1, over: 2) { return "np.sqrt(\(operand))" }
    return
      "\(operand)**\(factor.exponent.integer == nil ? "(\(PythonLiteral.text(factor.exponent)))" : PythonLiteral.text(factor.exponent))"
  }

  private mutating func contraction(_ body: NodeID, onto free: [Index]) -> String {
    let domain = graph.free[Int(body)]
    var operands: [(text: String, indices: [Index])] = [(names[body] ?? "0", domain)]
    if case .product(let factors) = graph.nodes[Int(body)] {
      operands = factors.map { factor in
        let indices = graph.free[Int(factor.base)]
        let isNegative = factor.exponent.isNegative
        let size = Factor(base: factor.base, exponent: isNegative ? -factor.exponent : factor.exponent)
        return ((isNegative ? "1.0 / " : "") + power(size, indices), indices)
      }
    }
    // einsum knows 52 letters; an expression of this many indices cannot be evaluated anyway.
    usesEinsum = true
    let inputs = operands.map { subscripts($0.indices, domain) }.joined(separator: ",")
    return "_einsum(\"\(inputs)->\(subscripts(free, domain))\", "
      + operands.map(\.text).joined(separator: ", ") + ")"
  }

  private func subscripts(_ indices: [Index], _ domain: [Index]) -> String {
    let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return String(indices.map { letters[(domain.firstIndex(of: $0) ?? 0) % letters.count] })
  }

  /// An operand broadcast along the indices of a larger domain.
  private func aligned(_ node: NodeID, _ domain: [Index]) -> String {
    let name = names[node] ?? "0"
    let own = graph.free[Int(node)]
    guard let first = own.first, own != domain, let start = domain.firstIndex(of: first) else { return name }
    let tail = domain[start...]
    if Array(tail) == own { return name }
    return "\(name)[\(tail.map { own.contains($0) ? ":" : "None" }.joined(separator: ", "))]"
  }

  private mutating func apply(_ function: Function, _ x: String) -> String {
    if case .guardedPower = function { helpers.insert("_guarded_power") }
    return function.row.numpy(x)
  }
}

/// Numbers in Python.
enum PythonLiteral {
  static func text(_ number: Number) -> String {
    switch number {
    case .rational(let numerator, 1): "\(numerator)"
    case .rational(let numerator, let denominator): "(\(numerator) / \(denominator))"
    case .real(let value): text(value)
    }
  }

  static func text(_ value: Double) -> String {
    value.isFinite ? "\(value)" : value.isNaN ? "np.nan" : value < 0 ? "-np.inf" : "np.inf"
  }
}

extension String {
  var trimmingTrailingSpace: String { String(reversed().drop { $0 == " " }.reversed()) }
}
