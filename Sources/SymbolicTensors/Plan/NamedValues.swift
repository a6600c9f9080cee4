/// Values that have a name. What refers to one by its symbol is built, differentiated and planned without a look inside,
/// and a plan computes the value once, as it is written.
///
/// Derivatives take a named value as given. So the steps of a long computation stay apart that one expression would
/// multiply out:
///
///     var values = NamedValues()
///     let jacobian = values.name("J", y.gradient([graph(x, j)])[0])
///     let metric = (jacobian * jacobian.renaming([j: k])).sum(over: i)
///     let plan = try Plan([metric], naming: values)
public struct NamedValues {
  struct Entry {
    let symbol: Symbol
    /// Of the symbol's axes.
    let indices: [Index]
    let content: Content
  }

  enum Content {
    case whole(NodeID)
    case joined([Part], along: Index)
  }

  /// A tensor whose last axes, together, are part of an axis.
  struct Part {
    let node: NodeID
    let axes: [Index]
  }

  /// Each refers to earlier ones only.
  private(set) var entries: [Entry] = []

  public init() {}

  /// Gives a symbol a value.
  ///
  /// - Parameter entry: of a symbol of role `variable`, at the free indices of the value in any order.
  public mutating func define(_ entry: Expression, as value: Expression) {
    let (symbol, indices) = entry.graph.parameterEntry(entry.id)
    precondition(indices.sorted() == value.freeIndices, "a value on the indices of its name")
    entries.append(Entry(symbol: symbol, indices: indices, content: .whole(entry.graph.node(value))))
  }

  /// The entry of a new symbol that stands for an expression, at its free indices. What is a number or an entry already
  /// stays itself.
  public mutating func name(_ name: String, _ value: Expression) -> Expression {
    guard value.number == nil, value.symbol == nil else { return value }
    let entry = Self.newEntry(value.graph, name, value.freeIndices)
    define(entry, as: value)
    return entry
  }

  /// Tensors side by side along one index: each one's own axes, the last one fastest, are a stretch of it, and the other
  /// indices all of them have or are constant along.
  ///
  /// - Precondition: there is a part, and the stretches fill the index.
  public mutating func join(
    _ name: String, _ parts: [(value: Expression, axes: [Index])], along index: Index
  ) -> Expression {
    precondition(
      parts.reduce(0) { $0.saturatingPlus($1.axes.size) } == index.extent, "parts that fill the index")
    let graph = parts[0].value.graph
    let others = parts.reduce(into: Set<Index>()) { all, part in
      all.formUnion(part.value.freeIndices.filter { !part.axes.contains($0) })
    }
    let entry = Self.newEntry(graph, name, others.sorted() + [index])
    let content = Content.joined(
      parts.map { Part(node: graph.node($0.value), axes: $0.axes) }, along: index)
    if let symbol = entry.symbol {
      entries.append(Entry(symbol: symbol, indices: others.sorted() + [index], content: content))
    }
    return entry
  }

  private static func newEntry(_ graph: ExpressionGraph, _ name: String, _ indices: [Index]) -> Expression {
    graph(graph.symbol(name, shape: indices.map(\.extent), role: .variable), at: indices)
  }
}
