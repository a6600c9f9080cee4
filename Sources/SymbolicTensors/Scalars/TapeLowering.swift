/// From nodes to a tape: sums by halves, products by shared pairs, depth first from each equation.
struct TapeLowering {
  private let nodes: [ScalarNode]
  private var products: ProductSharing
  private var tape: ScalarTape
  private var values: [ScalarTape.Operand?]
  private var atomValues: [ScalarTape.Operand?]

  /// O(size of the system · log).
  static func tape(of system: ScalarSystem) -> ScalarTape {
    var lowering = TapeLowering(system)
    for equation in system.equations { lowering.lower(equation) }
    lowering.tape.outputs = system.equations.map { lowering.value(of: $0) }
    return lowering.tape
  }

  private init(_ system: ScalarSystem) {
    nodes = system.nodes
    products = ProductSharing(system.nodes)
    tape = ScalarTape(inputCount: system.names.count)
    values = [ScalarTape.Operand?](repeating: nil, count: nodes.count)
    atomValues = [ScalarTape.Operand?](repeating: nil, count: products.atoms.count)
  }

  private mutating func value(of node: ScalarID) -> ScalarTape.Operand {
    values[Int(node)] ?? tape.constant(.nan)
  }

  private mutating func lower(_ root: ScalarID) {
    var stack: [(node: ScalarID, isEntered: Bool)] = [(root, false)]
    while let (node, isEntered) = stack.popLast() {
      guard values[Int(node)] == nil else { continue }
      if isEntered {
        values[Int(node)] = emit(node)
      } else {
        stack.append((node, true))
        stack += nodes[Int(node)].children.reversed().lazy.map { ($0, false) }
      }
    }
  }

  private mutating func emit(_ node: ScalarID) -> ScalarTape.Operand {
    switch nodes[Int(node)] {
    case .number(let value): return tape.constant(value.doubleValue)
    case .input(let position): return .input(Int32(position))
    case .sum(let terms): return sum(terms)
    case .product: return product(products.factors[node] ?? [])
    case .function(let function, let argument): return apply(function, value(of: argument))
    case .maximum(let arguments):
      return arguments.dropFirst().reduce(value(of: arguments[0])) { largest, argument in
        let other = value(of: argument)
        return tape.append(.maximum(largest, other))
      }
    }
  }

  // MARK: Sums

  private typealias Signed = (value: ScalarTape.Operand, isNegative: Bool)

  /// By halves: an error of log n roundings, and independent additions side by side.
  private mutating func sum(_ terms: [ScalarTerm]) -> ScalarTape.Operand {
    var level = terms.map { term -> Signed in
      let value = value(of: term.node)
      if term.coefficient.isOne { return (value, false) }
      if term.coefficient == -1 { return (value, true) }
      if case .number(.one) = nodes[Int(term.node)] {
        return (tape.constant(term.coefficient.doubleValue), false)
      }
      let coefficient = tape.constant(term.coefficient.doubleValue)
      return (tape.append(.multiply(value, coefficient)), false)
    }
    while level.count > 1 {
      level = stride(from: 0, to: level.count, by: 2).map { first in
        first + 1 < level.count ? add(level[first], level[first + 1]) : level[first]
      }
    }
    return level[0].isNegative ? tape.append(.negate(level[0].value)) : level[0].value
  }

  private mutating func add(_ left: Signed, _ right: Signed) -> Signed {
    switch (left.isNegative, right.isNegative) {
    case (false, true): (tape.append(.subtract(left.value, right.value)), false)
    case (true, false): (tape.append(.subtract(right.value, left.value)), false)
    case (let negative, _): (tape.append(.add(left.value, right.value)), negative)
    }
  }

  // MARK: Products and powers

  private mutating func product(_ factors: [ProductSharing.AtomID]) -> ScalarTape.Operand {
    var result = value(ofAtom: factors[0])
    for factor in factors.dropFirst() {
      let next = value(ofAtom: factor)
      result = tape.append(.multiply(result, next))
    }
    return result
  }

  private mutating func value(ofAtom atom: ProductSharing.AtomID) -> ScalarTape.Operand {
    if let known = atomValues[Int(atom)] { return known }
    let result: ScalarTape.Operand
    switch products.atoms[Int(atom)] {
    case .power(let base, let exponent): result = power(value(of: base), exponent)
    case .pair(let first, let second):
      let (left, right) = (value(ofAtom: first), value(ofAtom: second))
      result = tape.append(.multiply(left, right))
    }
    atomValues[Int(atom)] = result
    return result
  }

  private mutating func power(_ base: ScalarTape.Operand, _ exponent: Number) -> ScalarTape.Operand {
    if exponent.isNegative {
      let denominator = power(base, -exponent)
      return tape.append(.divide(tape.constant(1), denominator))
    }
    if let integer = exponent.integer, integer <= 64 { return repeatedProduct(base, integer) }
    if exponent == Number(1, over: 2) { return tape.append(.squareRoot(base)) }
    return tape.append(.power(base, tape.constant(exponent.doubleValue)))
  }

  /// By squaring.
  private mutating func repeatedProduct(_ base: ScalarTape.Operand, _ count: Int) -> ScalarTape.Operand {
    guard count > 1 else { return count == 1 ? base : tape.constant(1) }
    let half = repeatedProduct(base, count / 2)
    let square = tape.append(.multiply(half, half))
    return count % 2 == 0 ? square : tape.append(.multiply(square, base))
  }

  private mutating func apply(_ function: Function, _ x: ScalarTape.Operand) -> ScalarTape.Operand {
    switch function {
    case .exp: return tape.append(.exponential(x))
    case .log: return tape.append(.logarithm(x))
    case .absolute: return tape.append(.absolute(x))
    case .sign: return tape.append(.sign(x))
    case .rectifier: return tape.append(.rectifier(x))
    case .step: return tape.append(.step(x))
    case .guardedPower(let exponent):
      let value = power(x, exponent)
      return tape.append(.unlessZero(x, value))
    }
  }
}
