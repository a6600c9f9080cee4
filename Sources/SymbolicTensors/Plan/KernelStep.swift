import CKernels

/// Runs a kernel over its domain in blocks of fixed size.
final class KernelStep: PlanStep {
  private let kernel: Kernel
  private let constants: Buffer
  private let arrays: [ArrayOperand]
  /// Of each array, by dimension.
  private let strides: [[Int]]
  private let reductions: [Reduction]
  /// Independent pieces: steps of the outermost dimension, or segments of a one-dimensional domain.
  private let items: Int
  private let itemsPerBlock: Int
  private let blocks: Int
  private let work: Int
  private let tileLength: Int

  private struct ArrayOperand {
    let position: Int
    let base: UnsafeMutablePointer<Double>
    let strides: [Int]
  }

  /// A reduction's result. It has a private copy for each block unless its entries belong to one item each.
  private struct Reduction {
    let position: Int
    let count: Int
    let base: UnsafeMutablePointer<Double>
    let copies: Buffer?
  }

  /// Elements of an item of a one-dimensional domain.
  private static let segment = 4096

  init(_ kernel: Kernel, arrays buffers: [ValueID: Buffer]) {
    self.kernel = kernel
    constants = Buffer(count: kernel.constants.count)
    constants.copy(from: kernel.constants[...])
    let isFlat = kernel.extents.count == 1
    items = isFlat ? (kernel.extents[0] + Self.segment - 1) / Self.segment : kernel.extents[0]
    work = kernel.extents.reduce(1, *) * kernel.program.count
    tileLength = Self.tileLength(kernel)
    let wanted = max(1, min(16, items, work / 40_000))
    itemsPerBlock = (items + wanted - 1) / wanted
    blocks = (items + itemsPerBlock - 1) / itemsPerBlock
    let arrays: [ArrayOperand] = kernel.operands.indices.compactMap { position in
      guard case .array(let id, let strides) = kernel.operands[position], let buffer = buffers[id] else {
        return nil
      }
      return ArrayOperand(position: position, base: buffer.base, strides: strides)
    }
    self.arrays = arrays
    strides = kernel.extents.indices.map { dimension in arrays.map { $0.strides[dimension] } }
    let blocks = blocks
    reductions = kernel.reductions.compactMap { position in
      guard case .array(let id, let strides) = kernel.operands[position], let buffer = buffers[id] else {
        return nil
      }
      let isSeparate = blocks == 1 || (!isFlat && strides[0] != 0)
      return Reduction(
        position: position, count: buffer.count, base: buffer.base,
        copies: isSeparate ? nil : Buffer(count: blocks * buffer.count))
    }
  }

  /// All tiles of a kernel together should fit in the first-level cache.
  private static func tileLength(_ kernel: Kernel) -> Int {
    let inner = kernel.extents.count - 1
    let tiles = kernel.operands.count { operand in
      switch operand {
      case .register: true
      case .constant: false
      case .array(_, let strides): strides[inner] == 1
      }
    }
    return tiles > 12 ? Int(TILE_LENGTH) / 2 : Int(TILE_LENGTH)
  }

  var scratch: Int { kernel.registers * Int(TILE_LENGTH) }

  func run(_ workers: Workers, scratch: [Buffer]) {
    for reduction in reductions {
      let target = reduction.copies
      (target?.base ?? reduction.base).update(repeating: 0, count: target?.count ?? reduction.count)
    }
    workers.run(blocks: blocks, isWorthwhile: work > 200_000) { block, worker in
      runBlock(block, scratch[worker].base)
    }
    for reduction in reductions {
      guard let copies = reduction.copies else { continue }
      for entry in 0..<reduction.count {
        var total = 0.0
        for block in 0..<blocks { total += copies.base[block * reduction.count + entry] }
        reduction.base[entry] = total
      }
    }
  }

  private func runBlock(_ block: Int, _ scratch: UnsafeMutablePointer<Double>) {
    let pointerCount = max(kernel.operands.count, 1)
    withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Double>?.self, capacity: pointerCount) {
      pointers in
      for (position, operand) in kernel.operands.enumerated() {
        switch operand {
        case .register(let register): pointers[position] = scratch + register * Int(TILE_LENGTH)
        case .constant(let constant): pointers[position] = constants.base + constant
        case .array: pointers[position] = nil
        }
      }
      withUnsafeTemporaryAllocation(of: tile_array.self, capacity: max(arrays.count, 1)) { rows in
        let inner = kernel.extents.count - 1
        for (slot, array) in arrays.enumerated() {
          let row = tile_array(
            operand: Int32(array.position), stride: Int32(array.strides[inner]), base: array.base)
          rows.initializeElement(at: slot, to: row)
        }
        for reduction in reductions {
          guard let copies = reduction.copies,
            let slot = arrays.firstIndex(where: { $0.position == reduction.position })
          else { continue }
          rows[slot].base = copies.base + block * reduction.count
        }
        runRows(first: block * itemsPerBlock, last: min(items, (block + 1) * itemsPerBlock), rows, pointers)
      }
    }
  }

  private typealias Rows = UnsafeMutableBufferPointer<tile_array>
  private typealias Pointers = UnsafeMutableBufferPointer<UnsafeMutablePointer<Double>?>

  private func runRows(first: Int, last: Int, _ rows: Rows, _ pointers: Pointers) {
    let extents = kernel.extents
    let inner = extents.count - 1
    guard inner > 0 else {
      runRow(rows, from: first * Self.segment, to: min(extents[0], last * Self.segment), pointers)
      return
    }
    shift(rows, dimension: 0, by: first)
    withUnsafeTemporaryAllocation(of: Int.self, capacity: inner) { counter in
      counter.initialize(repeating: 0)
      counter[0] = first
      while counter[0] < last {
        runRow(rows, from: 0, to: extents[inner], pointers)
        // Odometer over all dimensions but the innermost.
        var dimension = inner - 1
        while true {
          counter[dimension] += 1
          shift(rows, dimension: dimension, by: 1)
          guard dimension > 0, counter[dimension] == extents[dimension] else { break }
          shift(rows, dimension: dimension, by: -extents[dimension])
          counter[dimension] = 0
          dimension -= 1
        }
      }
    }
  }

  private func shift(_ rows: Rows, dimension: Int, by steps: Int) {
    let strides = strides[dimension]
    for slot in 0..<strides.count { rows[slot].base += strides[slot] * steps }
  }

  private func runRow(_ rows: Rows, from start: Int, to end: Int, _ pointers: Pointers) {
    kernel.program.withUnsafeBufferPointer { program in
      tile_run_row(
        program.baseAddress, Int32(program.count), pointers.baseAddress, rows.baseAddress,
        Int32(arrays.count),
        Int64(start), Int64(end), Int32(tileLength))
    }
  }
}
