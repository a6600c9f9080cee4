import CKernels

/// A kernel bound to arrays, as CKernels reads it: owns the memory that the description points into, so that a run
/// is one call that looks nothing up.
final class TileProgram {
  private let kernel: UnsafeMutablePointer<tile_kernel>
  private let extents: UnsafeMutablePointer<Int64>
  private let strides: UnsafeMutablePointer<Int64>
  private let positions: UnsafeMutablePointer<Int32>
  private let instructions: UnsafeMutablePointer<tile_instruction>
  /// Where each operand's tile begins: constants are set, registers and arrays nil.
  private let operands: UnsafeMutablePointer<UnsafeMutablePointer<Double>?>
  private let bases: UnsafeMutablePointer<UnsafeMutablePointer<Double>?>
  private let constants: Buffer
  private let operandCount: Int
  /// Positions of the registers in the operand table, by number.
  private let registers: [Int]
  private let arrayCount: Int

  /// An array of a kernel: its place in the operand table, where it begins, and a stride for each dimension.
  struct ArrayOperand {
    let position: Int
    let base: UnsafeMutablePointer<Double>
    let strides: [Int]
  }

  init(_ description: Kernel, arrays: [ArrayOperand], tileLength: Int) {
    func copy<Value>(_ values: [Value]) -> UnsafeMutablePointer<Value> {
      let memory = UnsafeMutablePointer<Value>.allocate(capacity: max(1, values.count))
      values.withUnsafeBufferPointer { source in
        if let start = source.baseAddress { memory.initialize(from: start, count: values.count) }
      }
      return memory
    }
    let dimensions = description.extents.indices
    extents = copy(description.extents.map(Int64.init))
    strides = copy(dimensions.flatMap { dimension in arrays.map { Int64($0.strides[dimension]) } })
    positions = copy(arrays.map { Int32($0.position) })
    instructions = copy(description.program)
    bases = copy(arrays.map { Optional($0.base) })
    constants = Buffer(count: description.constants.count)
    constants.copy(from: description.constants[...])
    var table = [UnsafeMutablePointer<Double>?](repeating: nil, count: description.operands.count)
    var registers = [Int](repeating: 0, count: description.registers)
    for (position, operand) in description.operands.enumerated() {
      switch operand {
      case .register(let register): registers[register] = position
      case .constant(let constant): table[position] = constants.base + constant
      case .array: break
      }
    }
    operands = copy(table)
    operandCount = table.count
    self.registers = registers
    arrayCount = arrays.count
    kernel = copy([
      tile_kernel(
        program: instructions, instructions: Int32(description.program.count),
        dimensions: Int32(dimensions.count), arrays: Int32(arrays.count), length: Int32(tileLength),
        extents: extents, strides: strides, positions: positions)
    ])
  }

  deinit {
    kernel.deallocate()
    extents.deallocate()
    strides.deallocate()
    positions.deallocate()
    instructions.deallocate()
    operands.deallocate()
    bases.deallocate()
  }

  /// Runs over part of the first dimension. Any number of threads may run different parts at once.
  ///
  /// - Parameters:
  ///   - scratch: room for the registers' tiles.
  ///   - moved: arrays, by number, that begin elsewhere this time.
  func run(
    from first: Int, to last: Int, scratch: UnsafeMutablePointer<Double>,
    moved: [(array: Int, base: UnsafeMutablePointer<Double>)]
  ) {
    let capacity = max(1, operandCount + arrayCount)
    withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Double>?.self, capacity: capacity) { tables in
      guard let table = tables.baseAddress else { return }
      let starts = table + operandCount
      table.initialize(from: operands, count: operandCount)
      starts.initialize(from: bases, count: arrayCount)
      for (register, position) in registers.enumerated() {
        table[position] = scratch + register * Int(TILE_LENGTH)
      }
      for (array, base) in moved { starts[array] = base }
      tile_run(kernel, table, starts, Int64(first), Int64(last))
    }
  }
}
