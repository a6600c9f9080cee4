/// The intermediate program between an expression graph and a plan's steps: every value is a dense array on
/// its domain, every operation is one that a plan knows how to run. Shared like the graph itself.
struct LoweredProgram {
  private(set) var values: [LoweredValue] = []
  private var positions: [LoweredValue.Operation: ValueID] = [:]
  /// The value of each requested expression.
  var outputs: [ValueID] = []

  mutating func intern(_ operation: LoweredValue.Operation, on domain: [Index]) -> ValueID {
    if let known = positions[operation] { return known }
    let id = ValueID(values.count)
    values.append(LoweredValue(operation: operation, domain: domain))
    positions[operation] = id
    return id
  }

  /// Gives a value another operation that computes the same; instead names the value that has it already, if any.
  mutating func redefine(_ id: ValueID, as operation: LoweredValue.Operation) -> ValueID? {
    if let known = positions[operation], known != id { return known }
    values[Int(id)].operation = operation
    positions[operation] = id
    return nil
  }

  /// Replaces values by others that compute the same wherever they are used.
  mutating func rename(_ aliases: [ValueID: ValueID]) {
    guard !aliases.isEmpty else { return }
    func target(_ id: ValueID) -> ValueID {
      var id = id
      while let next = aliases[id] { id = next }
      return id
    }
    for position in values.indices {
      values[position].operation = values[position].operation.renaming(target)
    }
    outputs = outputs.map(target)
  }

  /// What the outputs need, operands first.
  var order: [ValueID] {
    var order: [ValueID] = []
    var entered = Set<ValueID>()
    var finished = Set<ValueID>()
    var stack = Array(outputs.reversed())
    while let id = stack.last {
      if finished.contains(id) {
        stack.removeLast()
      } else if entered.insert(id).inserted {
        stack += self[id].operands.reversed().filter { !finished.contains($0) }
      } else {
        finished.insert(id)
        order.append(id)
        stack.removeLast()
      }
    }
    return order
  }

  subscript(id: ValueID) -> LoweredValue { values[Int(id)] }

  func size(_ id: ValueID) -> Int { values[Int(id)].domain.size }
}

typealias ValueID = Int32

struct LoweredValue {
  enum Operation: Hashable {
    case constant(Double)
    /// The symbol's array with an index for each axis, brought to ascending order.
    case input(Symbol, [Index])
    case delta(Index, Index)
    /// Another value under other names of its axes, brought to ascending order.
    case renamed(ValueID, [Index])
    /// Values side by side along an index.
    case joined([Part], along: Index)
    /// Σ weight·value.
    case add([Weighted])
    /// Π values, broadcast to the union of their domains.
    case multiply([ValueID])
    case power(ValueID, Number)
    /// The larger one, element by element.
    case larger(ValueID, ValueID)
    case function(Function, ValueID)
    case softmax(ValueID, Index)
    /// Σ over indices of one value.
    case reduce(ValueID, [Index])
    /// Σ over shared indices of a product of two values: a matrix product, batched over other shared indices.
    case matrixProduct(ValueID, ValueID, over: [Index])
  }

  struct Weighted: Hashable {
    let weight: Double
    let value: ValueID
  }

  /// A value with those of its axes that are part of a joined one.
  struct Part: Hashable {
    let value: ValueID
    let axes: [Index]
  }

  var operation: Operation
  /// Ascending; the array's layout, last index fastest.
  let domain: [Index]

  var operands: [ValueID] {
    switch operation {
    case .constant, .input, .delta: []
    case .joined(let parts, along: _): parts.map(\.value)
    case .add(let terms): terms.map(\.value)
    case .multiply(let factors): factors
    case .renamed(let value, _), .power(let value, _), .function(_, let value), .softmax(let value, _),
      .reduce(let value, _):
      [value]
    case .larger(let left, let right), .matrixProduct(let left, let right, over: _): [left, right]
    }
  }

  /// Computed element by element inside a kernel.
  var isElementwise: Bool {
    switch operation {
    case .add, .multiply, .power, .larger, .function: true
    default: false
    }
  }
}

extension LoweredValue.Operation {
  fileprivate func renaming(_ name: (ValueID) -> ValueID) -> Self {
    switch self {
    case .constant, .input, .delta: self
    case .renamed(let value, let indices): .renamed(name(value), indices)
    case .joined(let parts, along: let index):
      .joined(parts.map { .init(value: name($0.value), axes: $0.axes) }, along: index)
    case .add(let terms): .add(terms.map { .init(weight: $0.weight, value: name($0.value)) })
    case .multiply(let factors): .multiply(factors.map(name))
    case .power(let value, let exponent): .power(name(value), exponent)
    case .larger(let left, let right): .larger(name(left), name(right))
    case .function(let function, let value): .function(function, name(value))
    case .softmax(let value, let index): .softmax(name(value), index)
    case .reduce(let value, let indices): .reduce(name(value), indices)
    case .matrixProduct(let left, let right, over: let indices):
      .matrixProduct(name(left), name(right), over: indices)
    }
  }
}
