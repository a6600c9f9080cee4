import Collections

/// The arena in which expressions live: equal expressions are built once and shared.
///
/// Goals, in order: sharing survives every operation; equal expressions are the same node; building is
/// amortised O(size of the new node). A graph only grows; it is used from one thread at a time.
public final class ExpressionGraph {
  private(set) var nodes: [Node] = []
  /// Free indices of each node, ascending.
  private(set) var free: [[Index]] = []
  private var positions: [Node: NodeID] = [:]
  private(set) var indexNames: [IndexName] = []
  var declarations: [SymbolDeclaration] = []

  public init() {
    _ = intern(.number(.zero), free: [])
    _ = intern(.number(.one), free: [])
  }

  /// The node of 0 and of 1.
  static let zero: NodeID = 0
  static let one: NodeID = 1

  /// How many distinct nodes were built.
  public var count: Int { nodes.count }

  /// The position of a node that was built before.
  func existing(_ node: Node) -> NodeID? { positions[node] }

  func intern(_ node: Node, free indices: @autoclosure () -> [Index]) -> NodeID {
    if let known = positions[node] { return known }
    let id = NodeID(nodes.count)
    nodes.append(node)
    free.append(indices())
    positions[node] = id
    return id
  }
}

// MARK: - Declarations

extension ExpressionGraph {
  /// A new index; its order among indices is that of creation.
  public func index(_ name: String, extent: Int, latex: String? = nil) -> Index {
    indexNames.append(IndexName(text: name, latex: latex ?? name))
    return Index(id: Int32(indexNames.count - 1), extent: extent)
  }

  /// A fresh index that is printed like another and has its extent.
  func copy(of index: Index) -> Index {
    let name = indexNames[Int(index.id)]
    return self.index(name.text + "'", extent: index.extent, latex: name.latex + "'")
  }

  /// A new tensor symbol. `shape` holds the extent of each axis, none for a scalar.
  public func symbol(
    _ name: String, shape: [Int] = [], role: SymbolRole, latex: String? = nil
  ) -> Symbol {
    declarations.append(SymbolDeclaration(name: name, latex: latex ?? name, role: role, shape: shape))
    return Symbol(id: Int32(declarations.count - 1))
  }

  /// States that the sum of a symbol over one axis is known, so that simplification may use it.
  public func declare(sumOf symbol: Symbol, overAxis axis: Int, is marginal: Marginal) {
    declarations[Int(symbol.id)].marginals[axis] = marginal
  }

  func declaration(_ symbol: Symbol) -> SymbolDeclaration { declarations[Int(symbol.id)] }

  public func name(of symbol: Symbol) -> String { declaration(symbol).name }
  public func shape(of symbol: Symbol) -> [Int] { declaration(symbol).shape }
  public func role(of symbol: Symbol) -> SymbolRole { declaration(symbol).role }
}

// MARK: - Leaves

extension ExpressionGraph {
  func number(_ value: Number) -> NodeID { intern(.number(value), free: []) }

  func entry(_ symbol: Symbol, _ indices: [Index]) -> NodeID {
    let shape = declaration(symbol).shape
    precondition(
      indices.map(\.extent) == shape,
      "\(declaration(symbol).name) has axes of extents \(shape), its indices \(indices.map(\.extent))")
    return intern(.symbol(symbol, indices), free: Set(indices).sorted())
  }

  func delta(_ first: Index, _ second: Index) -> NodeID {
    precondition(first.extent == second.extent, "the two indices of a delta have the same extent")
    if first == second { return Self.one }
    let ordered = [min(first, second), max(first, second)]
    return intern(.delta(ordered[0], ordered[1]), free: ordered)
  }

  func apply(_ function: Function, to argument: NodeID) -> NodeID {
    if let value = constant(argument), let folded = function.folded(value) { return number(folded) }
    return intern(.function(function, argument), free: free[Int(argument)])
  }

  func softmax(_ logits: NodeID, over index: Index) -> NodeID {
    precondition(free[Int(logits)].contains(index), "a softmax runs over a free index of its argument")
    return intern(.softmax(logits, over: index), free: free[Int(logits)])
  }

  /// The node's value if it is a number.
  func constant(_ node: NodeID) -> Number? {
    if case .number(let value) = nodes[Int(node)] { value } else { nil }
  }
}

extension Function {
  /// Exact values only; anything else stays symbolic.
  fileprivate func folded(_ value: Number) -> Number? {
    switch self {
    case .exp: value.isZero ? .one : nil
    case .log: value.isOne ? .zero : nil
    case .absolute: value.isNegative ? -value : value
    case .sign: value.isZero ? .zero : value.isNegative ? -1 : 1
    case .rectifier: value.isNegative ? .zero : value
    case .step: value > .zero ? .one : .zero
    case .guardedPower(let exponent): value.isZero ? .zero : value.raised(to: exponent)
    }
  }
}
