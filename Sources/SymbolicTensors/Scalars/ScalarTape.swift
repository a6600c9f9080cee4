/// A scalar system as straight-line code: every operation is one rounding, in a fixed order, so that the
/// interpreter and the compiled code give the same bits.
struct ScalarTape {
  /// A value: an input, a constant or the result of an operation.
  enum Operand: Hashable {
    case input(Int32)
    case constant(Int32)
    case result(Int32)
  }

  enum Operation: Hashable {
    case add(Operand, Operand)
    case subtract(Operand, Operand)
    case multiply(Operand, Operand)
    case divide(Operand, Operand)
    case negate(Operand)
    case squareRoot(Operand)
    /// x^constant for a constant that is no small integer.
    case power(Operand, Operand)
    case exponential(Operand)
    case logarithm(Operand)
    case absolute(Operand)
    case sign(Operand)
    case rectifier(Operand)
    case step(Operand)
    /// 0 where the first is 0, else the second.
    case unlessZero(Operand, Operand)
    case maximum(Operand, Operand)

    var operands: [Operand] {
      switch self {
      case .add(let a, let b), .subtract(let a, let b), .multiply(let a, let b), .divide(let a, let b),
        .power(let a, let b), .unlessZero(let a, let b), .maximum(let a, let b):
        [a, b]
      case .negate(let a), .squareRoot(let a), .exponential(let a), .logarithm(let a), .absolute(let a),
        .sign(let a), .rectifier(let a), .step(let a):
        [a]
      }
    }
  }

  let inputCount: Int
  private(set) var constants: [Double] = []
  private(set) var operations: [Operation] = []
  var outputs: [Operand] = []
  private var constantPositions: [UInt64: Int32] = [:]
  private var positions: [Operation: Int32] = [:]

  init(inputCount: Int) { self.inputCount = inputCount }

  mutating func constant(_ value: Double) -> Operand {
    if let known = constantPositions[value.bitPattern] { return .constant(known) }
    let position = Int32(constants.count)
    constants.append(value)
    constantPositions[value.bitPattern] = position
    return .constant(position)
  }

  mutating func append(_ operation: Operation) -> Operand {
    if let known = positions[operation] { return .result(known) }
    let position = Int32(operations.count)
    operations.append(operation)
    positions[operation] = position
    return .result(position)
  }
}
