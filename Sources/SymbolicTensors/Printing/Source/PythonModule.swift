extension FlowSystem {
  /// A self-contained NumPy module: `flow(time, state)`, `jacobian(time, state)` unless the flow takes a root, a logarithm or a
  /// kink at 0, `initial_state()` and `names`; scipy.integrate.solve_ivp runs it as it stands. Contractions are einsums over
  /// shared intermediate results.
  ///
  /// - Parameter dataFile: the name of the data file, which is looked for beside the module.
  public func pythonModule(dataFile: String) -> ExportedSource {
    let functions = FlowFunctions(
      self, .python, reserved: PythonWriter.reserved, jacobian: equations.jacobianProduct())
    let writer = PythonWriter(system: self, functions: functions, dataFile: dataFile)
    return ExportedSource(text: writer.text, data: functions.constants.data)
  }
}

private struct PythonWriter {
  let system: FlowSystem
  let functions: FlowFunctions
  let dataFile: String

  static let reserved: Set = [
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else",
    "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not",
    "or", "pass", "raise", "return", "try", "while", "with", "yield", "None", "True", "False", "np", "time",
    "state", "names", "flow", "initial_state", "derivative", "direction", "directions", "product",
    "jacobian", "jacobian_product", "Path", "_data", "_paths", "_einsum", "_softmax", "_guarded_power",
  ]

  var text: String {
    """
    \(system.heading.map { "# \($0)".trimmingTrailingSpace }.joined(separator: "\n"))
    #
    # solution = scipy.integrate.solve_ivp(flow, (0, 100), initial_state(), method="LSODA"\(functions.product == nil ? "" : ", jac=jacobian"))
    \(functions.constants.data.isEmpty ? "" : "from pathlib import Path\n\n")import numpy as np

    # Components of the state.
    names = [
    \(system.names.map { "\"\($0)\"" }.wrapped(indentation: "    ")),
    ]
    \(constantsText)\(helpersText)

    def initial_state():
        return np.array([
    \(system.initial.map(SourceDialect.python.literal).wrapped(indentation: "        ")),
        ])


    def flow(time, state):
    \(indented(functions.flow))
        return derivative
    \(functions.product.map(jacobian) ?? "")
    """
  }

  /// The Jacobian by its columns: as long as twice the flow, whatever the dimension.
  private func jacobian(_ product: SourceFunction) -> String {
    """


    def jacobian_product(state, direction):
        # The derivative of the flow along a direction.
    \(indented(product))
        return product


    def jacobian(time, state):
        # Entry [i, j] is the derivative of the flow's component i by the state's component j.
        directions = np.eye(\(system.names.count))
        return np.stack([jacobian_product(state, direction) for direction in directions], axis=1)

    """
  }

  private func indented(_ function: SourceFunction) -> String {
    function.lines.map { "    \($0)" }.joined(separator: "\n")
  }

  private var constantsText: String {
    guard !functions.constants.entries.isEmpty else { return "" }
    var text = "\n# Constants.\n"
    if !functions.constants.data.isEmpty {
      text += "_data = np.fromfile(Path(__file__).with_name(\"\(dataFile)\"), dtype=\"<f8\")\n"
    }
    var identifiers = functions.identifiers
    for entry in functions.constants.entries {
      let name = identifiers.identifier(entry.symbol, in: system.graph)
      let shape = "(\(entry.shape.map { "\($0)," }.joined(separator: " ")))"
      if let offset = entry.offset {
        text += "\(name) = _data[\(offset):\(offset + entry.values.count)].reshape(\(shape))\n"
      } else if entry.shape.isEmpty {
        text += "\(name) = np.float64(\(SourceDialect.python.literal(entry.values[0])))\n"
      } else {
        text += """
          \(name) = np.array([
          \(entry.values.map(SourceDialect.python.literal(_:)).wrapped(indentation: "    ")),
          ]).reshape(\(shape))

          """
      }
    }
    return text
  }

  private var helpersText: String {
    let helpers = functions.flow.helpers.union(functions.product?.helpers ?? [])
    var text = ""
    if helpers.contains(.einsum) {
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
    if helpers.contains(.softmax) {
      text += """


        def _softmax(logits, axis):
            # Weight 0 for -inf, and all weights 0 where every logit is.
            largest = np.max(logits, axis=axis, keepdims=True)
            weights = np.exp(logits - np.where(largest > -np.inf, largest, 0.0))
            total = np.sum(weights, axis=axis, keepdims=True)
            return weights / np.where(total > 0, total, 1.0)

        """
    }
    if helpers.contains(.guardedPower) {
      text += """


        def _guarded_power(base, exponent):
            # 0 where the base is 0.
            return np.where(base == 0, 0.0, np.power(np.where(base == 0, 1.0, base), exponent))

        """
    }
    return text
  }
}

extension String {
  var trimmingTrailingSpace: String { String(reversed().drop { $0 == " " }.reversed()) }
}
