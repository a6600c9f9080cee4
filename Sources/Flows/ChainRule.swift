import SymbolicTensors

/// The second derivatives of a composition: each step's are derived on their own, and put together by the chain rule.
///
/// If L depends on x by way of y(x), with slope w = ∂L/∂y and curvature C = ∂²L/∂y∂y, then
///
///     ∂L/∂x = Σ w ∂y/∂x,   ∂²L/∂x∂x = Σ ∂y/∂x C ∂y/∂x + ∂²(Σ w y)/∂x∂x, w held,
///
/// and so on down to the parameters. Along an index with which steps run side by side there are no mixed derivatives, so
/// that slopes and curvatures have it once. A linear step is not curved: the curvature above it waits for the Jacobian
/// by what is below, where that is narrower.
struct ChainRule {
  /// What the expressions below refer to, in the order in which it is computed.
  private(set) var values = NamedValues()
  /// Σ ∂y/∂θ C ∂y/∂θ for the first step y, on `row` and `column`.
  let curvature: Expression
  /// Σ w y of the first step, in the parameters: its second derivatives, w held, come on top.
  let weighted: Expression
  /// Of the parameters' flat vector.
  let row, column: Index

  init(_ composition: Composition) {
    let (parameters, steps) = (composition.parameters, composition.steps)
    for step in steps { values.define(step.variable, as: step.value) }
    // From the loss down, which is the order of the sums.
    let layers = Array(steps.reversed().map { Layer($0.variable) }.reversed())
    let flat = Layer(flat: parameters)
    (row, column) = (flat.rows[0], flat.columns[0])

    var above = layers[steps.count - 1]
    var slope = composition.loss.gradient([above.entry])[0]
    above.runAlong(slope.locality(of: above.entry))
    var curvature = Curvature(of: above, above.second(of: slope))
    for position in steps.indices.reversed().dropLast() {
      let value = steps[position].value
      var below = layers[position - 1]
      below.runAlong(value.locality(of: below.entry).intersection(above.local))
      let jacobian = value.gradient([below.entryOfRows])[0]
      slope = (values.name("w", slope) * value).sum(over: above.indices).gradient([below.entry])[0]
      curvature.follow(jacobian, of: above)
      let isLinear = !below.occurs(in: jacobian)
      let next = position == 1 ? flat : layers[position - 2]
      if !isLinear || below.size <= next.size {
        // Computed once for both sides; that of a linear step is all known numbers.
        if !isLinear { curvature.nameJacobian(in: &values) }
        curvature = Curvature(of: below, curvature.pulled(onto: below) + below.second(of: slope))
      }
      above = below
    }
    weighted = (values.name("w", slope) * steps[0].value).sum(over: above.indices)
    let (entries, axes) = parameters.entriesApart
    let blocks = zip(steps[0].value.gradient(entries), axes)
    curvature.follow(values.join("J", blocks.map { (value: $0, axes: $1) }, along: row), of: above)
    curvature.nameJacobian(in: &values)
    self.curvature = curvature.pulled(onto: flat)
  }
}

extension ParameterSymbols {
  /// Entries at indices that nothing else has: a step may be written with those of the parameters.
  fileprivate var entriesApart: (entries: [Expression], indices: [[Index]]) {
    var twins: [Index: Index] = [:]
    for index in Set(indices.joined()).sorted() { twins[index] = graph.index("t", extent: index.extent) }
    return (entries.map { $0.renaming(twins) }, indices.map { $0.map { twins[$0] ?? $0 } })
  }
}

/// A tensor by which is differentiated twice: what runs along keeps its indices, the others have twins for either time.
private struct Layer {
  let entry: Expression
  let indices, rows, columns: [Index]
  /// Indices along which the loss is a sum of functions of the tensor's slices.
  private(set) var local: Set<Index> = []

  init(_ variable: Expression) {
    let graph = variable.graph
    entry = variable
    indices = variable.freeIndices
    rows = indices.map { graph.index("r", extent: $0.extent) }
    columns = indices.map { graph.index("s", extent: $0.extent) }
  }

  init(flat parameters: ParameterSymbols) {
    let graph = parameters.graph
    rows = [graph.index("p", extent: parameters.space.count)]
    columns = [graph.index("q", extent: parameters.space.count)]
    (entry, indices) = (graph.constant(.one), rows)
  }

  mutating func runAlong(_ indices: Set<Index>) { local = indices }

  var toRows: [Index: Index] { own(indices, rows) }
  var toColumns: [Index: Index] { own(indices, columns) }
  var fromRowsToColumns: [Index: Index] { own(rows, columns) }
  var entryOfRows: Expression { entry.renaming(toRows) }

  /// How many numbers a slice has.
  var size: Double { toRows.keys.reduce(1) { $0 * Double($1.extent) } }

  func occurs(in expression: Expression) -> Bool {
    entry.symbol.map(entry.graph.symbols(of: [expression]).contains) ?? false
  }

  /// On what runs along, rows and columns.
  func second(of slope: Expression) -> Expression {
    slope.renaming(toRows).gradient([entry.renaming(toColumns)])[0]
  }

  private func own(_ from: [Index], _ to: [Index]) -> [Index: Index] {
    let pairs = indices.indices.filter { !local.contains(indices[$0]) }.map { (from[$0], to[$0]) }
    return Dictionary(uniqueKeysWithValues: pairs)
  }
}

/// ∂²L/∂y∂y, with the Jacobian of y by a tensor x further down.
private struct Curvature {
  private let layer: Layer
  private let second: Expression
  /// On the indices of y and the rows of x; nil where x is y.
  private var jacobian: Expression?

  init(of layer: Layer, _ second: Expression) { (self.layer, self.second) = (layer, second) }

  /// From x to what it is a function of.
  mutating func follow(_ further: Expression, of x: Layer) {
    guard let known = jacobian else {
      jacobian = further
      return
    }
    jacobian = (known * further.renaming(x.toRows)).sum(over: Array(x.toRows.values))
  }

  mutating func nameJacobian(in values: inout NamedValues) {
    jacobian = jacobian.map { values.name("J", $0) }
  }

  /// Σ ∂y/∂x C ∂y/∂x.
  func pulled(onto x: Layer) -> Expression {
    guard let jacobian else { return second }
    let left = jacobian.renaming(layer.toRows)
    let right = jacobian.renaming(layer.toColumns.merging(x.fromRowsToColumns) { $1 })
    let summed = layer.local.subtracting(x.local).union(layer.toRows.values).union(layer.toColumns.values)
    return (left * second * right).sum(over: Array(summed))
  }
}
