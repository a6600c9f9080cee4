import Foundation

/// Runs a tape operation by operation: the reference for compiled code, and what stands in where there is no
/// compiler.
struct ScalarInterpreter {
  fileprivate enum Code: UInt8 {
    case add, subtract, multiply, divide, negate, squareRoot, power, exponential, logarithm, absolute, sign
    case rectifier, step, unlessZero, maximum
  }

  private struct Instruction {
    let code: Code
    let first, second: Int32
  }

  private let instructions: [Instruction]
  private let outputs: [Int32]
  private let inputCount: Int
  /// Inputs, constants, results.
  private var values: [Double]

  init(_ tape: ScalarTape) {
    let (inputs, constants) = (Int32(tape.inputCount), Int32(tape.constants.count))
    func slot(_ operand: ScalarTape.Operand) -> Int32 {
      switch operand {
      case .input(let position): position
      case .constant(let position): inputs + position
      case .result(let position): inputs + constants + position
      }
    }
    instructions = tape.operations.map { operation in
      let slots = operation.operands.map(slot)
      return Instruction(code: Code(operation), first: slots[0], second: slots.last ?? slots[0])
    }
    outputs = tape.outputs.map(slot)
    inputCount = tape.inputCount
    let zeros = { [Double](repeating: 0, count: $0) }
    values = zeros(inputCount) + tape.constants + zeros(instructions.count)
  }

  /// - Precondition: as many inputs and outputs as the system has.
  mutating func run(_ inputs: UnsafePointer<Double>, _ results: UnsafeMutablePointer<Double>) {
    let first = values.count - instructions.count
    values.withUnsafeMutableBufferPointer { values in
      for position in 0..<inputCount { values[position] = inputs[position] }
      for (position, instruction) in instructions.enumerated() {
        let (a, b) = (values[Int(instruction.first)], values[Int(instruction.second)])
        values[first + position] =
          switch instruction.code {
          case .add: a + b
          case .subtract: a - b
          case .multiply: a * b
          case .divide: a / b
          case .negate: -a
          case .squareRoot: a.squareRoot()
          case .power: pow(a, b)
          case .exponential: exp(a)
          case .logarithm: log(a)
          case .absolute: a.magnitude
          case .sign: a > 0 ? 1 : a < 0 ? -1 : 0
          case .rectifier: a > 0 ? a : 0
          case .step: a > 0 ? 1 : 0
          case .unlessZero: a == 0 ? 0 : b
          case .maximum: a < b ? b : a
          }
      }
      for (position, output) in outputs.enumerated() { results[position] = values[Int(output)] }
    }
  }
}

extension ScalarInterpreter.Code {
  fileprivate init(_ operation: ScalarTape.Operation) {
    self =
      switch operation {
      case .add: .add
      case .subtract: .subtract
      case .multiply: .multiply
      case .divide: .divide
      case .negate: .negate
      case .squareRoot: .squareRoot
      case .power: .power
      case .exponential: .exponential
      case .logarithm: .logarithm
      case .absolute: .absolute
      case .sign: .sign
      case .rectifier: .rectifier
      case .step: .step
      case .unlessZero: .unlessZero
      case .maximum: .maximum
      }
  }
}
