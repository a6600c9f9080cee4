/// The flow and its Jacobian's product with a vector as functions of one language, with the constants that both read.
struct FlowFunctions {
  let flow: SourceFunction
  /// nil where it is not asked for, or there is none.
  let product: SourceFunction?
  let constants: SourceConstants
  let identifiers: SourceIdentifiers

  /// - Parameters:
  ///   - reserved: identifiers that the surrounding source uses.
  ///   - jacobian: what becomes `product`.
  init(
    _ system: FlowSystem, _ dialect: SourceDialect, reserved: Set<String>,
    jacobian: RateEquations.JacobianProduct?
  ) {
    let identifiers = SourceIdentifiers(reserved: reserved)
    if system.isScalar {
      self.init(scalar: system, dialect, identifiers, jacobian)
    } else {
      self.init(tensor: system, dialect, identifiers, jacobian)
    }
  }

  private init(
    tensor system: FlowSystem, _ dialect: SourceDialect, _ identifiers: SourceIdentifiers,
    _ jacobian: RateEquations.JacobianProduct?
  ) {
    let roots = system.components.map(\.derivative.id) + (jacobian?.product.map(\.id) ?? [])
    constants = SourceConstants(
      system, of: system.graph.symbols(of: system.graph.evaluated(roots)), given: jacobian?.direction ?? [])
    switch dialect {
    case .python:
      let flow = PythonFunction(system, into: "derivative", identifiers: identifiers)
      let product = jacobian.map {
        PythonFunction(
          system.replacing($0.product), into: "product", identifiers: flow.identifiers,
          direction: $0.direction)
      }
      (self.flow, self.product) = (flow.function, product?.function)
      self.identifiers = (product ?? flow).identifiers
    case .c, .swift:
      let loops = dialect == .c ? LoopDialect.c : .swift
      let flow = LoopProgram(system, loops, identifiers: identifiers, into: "derivative", given: nil)
      let product = jacobian.map {
        LoopProgram(
          system.replacing($0.product), loops, identifiers: flow.identifiers, into: "product",
          given: LoopProgram.Vector(name: "direction", symbols: $0.direction))
      }
      (self.flow, self.product) = (flow.function, product?.function)
      self.identifiers = (product ?? flow).identifiers
    }
  }

  private init(
    scalar system: FlowSystem, _ dialect: SourceDialect, _ identifiers: SourceIdentifiers,
    _ jacobian: RateEquations.JacobianProduct?
  ) {
    let source = ScalarFunctions(system, dialect, identifiers, jacobian)
    (flow, product) = (source.flow, source.product)
    (constants, self.identifiers) = (source.constants, source.identifiers)
  }
}

/// A function of a source: what stands between its braces, and what it needs.
struct SourceFunction {
  /// Statements, indented from 1 in C and Swift and from 0 in Python.
  let lines: [String]
  /// Functions that stand before it.
  var definitions = ""
  /// Numbers of workspace.
  var workspace = 0
  /// Constants that it calls by their names.
  var symbols = Set<Symbol>()
  var helpers = Set<SourceHelper>()
}

/// Definitions that statements call.
enum SourceHelper {
  case einsum, softmax, guardedPower, multiply
}

extension ExpressionGraph {
  func symbols(of nodes: [NodeID]) -> Set<Symbol> {
    Set(nodes.compactMap { if case .symbol(let symbol, _) = self.nodes[Int($0)] { symbol } else { nil } })
  }
}
