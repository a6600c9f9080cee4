import Collections

/// The arena in which expressions live: equal expressions are built once and shared.
///
/// Goals, in order: sharing survives every operation; equal expressions are the same node; building is
/// amortised O(size of the new node). A graph only grows; it is used from one thread at a time.
public final class ExpressionGraph {
  private(set) var nodes: [Node] = []
  /// Free indices of each node, ascending.
  private(set) var free: [[Index]] = []
  /// None where arithmetic is rounded: scalar equations bind nothing.
  private(set) var signatures: [Signature] = []
  private var positions: [Node: NodeID] = [:]
  /// Contractions by what does not depend on the names of bound indices.
  var bindings: [BindingKey: [NodeID]] = [:]
  private(set) var indexNames: [IndexName] = []
  /// Indices with their copies, in the order of creation.
  private(set) var families: [[Index]] = []
  var declarations: [SymbolDeclaration] = []

  let arithmetic: Arithmetic

  /// What numbers in expressions become.
  enum Arithmetic {
    /// Results that are not exact stay symbolic, and what is equal by algebra is brought to one form.
    case exact
    /// Functions of numbers are rounded. A sum within a sum stays whole: in scalar equations, where it is shared by
    /// many, merging it would write it out in each.
    case rounded
  }

  public convenience init() { self.init(.exact) }

  init(_ arithmetic: Arithmetic) {
    self.arithmetic = arithmetic
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
    let indices = indices()
    if arithmetic == .exact { signatures.append(makeSignature(node, free: indices)) }
    nodes.append(node)
    free.append(indices)
    positions[node] = id
    return id
  }
}

// MARK: - Declarations

extension ExpressionGraph {
  /// A new index; its order among indices is that of creation.
  public func index(_ name: String, extent: Int, latex: String? = nil) -> Index {
    families.append([])
    return addIndex(
      IndexName(text: name, latex: latex ?? name, family: Int32(families.count - 1)), extent: extent)
  }

  func addIndex(_ name: IndexName, extent: Int) -> Index {
    indexNames.append(name)
    let index = Index(id: Int32(indexNames.count - 1), extent: extent)
    families[Int(name.family)].append(index)
    return index
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
    if let value = constant(argument) {
      if let folded = function.row.folded(value) { return number(folded) }
      if arithmetic == .rounded { return number(.real(function.value(value.doubleValue))) }
    }
    return intern(.function(function, argument), free: free[Int(argument)])
  }

  /// See `Node.largest`.
  func largest(_ nodes: [NodeID]) -> NodeID {
    let distinct = Set(nodes).sorted()
    let numbers = distinct.compactMap { constant($0) }
    if numbers.count == distinct.count, let number = numbers.max() { return self.number(number) }
    return distinct.count == 1 ? distinct[0] : intern(.largest(distinct), free: union(distinct))
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
