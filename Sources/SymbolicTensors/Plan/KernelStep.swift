import CKernels

/// How a kernel's domain is cut into blocks, whatever the number of threads.
struct KernelBlocks {
  let count: Int
  let itemsPerBlock: Int
  let work: Int
  /// Steps of the outermost dimension in an item, and in all.
  let itemLength: Int
  let length: Int
  private let isFlat: Bool

  /// Elements of an item of a one-dimensional domain.
  private static let segment = 4096

  init(_ kernel: Kernel) {
    isFlat = kernel.extents.count == 1
    length = kernel.extents[0]
    itemLength = isFlat ? Self.segment : 1
    // Independent pieces: steps of the outermost dimension, or segments of a one-dimensional domain.
    let items = length / itemLength + (length % itemLength == 0 ? 0 : 1)
    work = kernel.extents.saturatingProduct.saturatingTimes(kernel.program.count)
    let wanted = max(1, min(16, items, work / 40_000))
    itemsPerBlock = max(1, (items + wanted - 1) / wanted)
    count = max(1, (items + itemsPerBlock - 1) / itemsPerBlock)
  }

  /// Whether each block sums into a private copy of a reduction's result: its entries do not belong to one item each.
  func needsCopies(_ kernel: Kernel, operand: Int) -> Bool {
    guard count > 1, case .array(_, let strides) = kernel.operands[operand] else { return false }
    return isFlat || strides[0] == 0
  }
}

/// Runs a kernel over its domain in blocks of fixed size.
final class KernelStep: PlanStep {
  private let program: TileProgram
  private let blocks: KernelBlocks
  private let reductions: [Reduction]

  private struct Reduction {
    /// Among the kernel's arrays.
    let array: Int
    let count: Int
    let base: UnsafeMutablePointer<Double>
    /// Of the result, one a block.
    let copies: Buffer?
  }

  /// - Parameter copies: by operand, for the reductions that need them.
  init(_ kernel: Kernel, _ blocks: KernelBlocks, arrays buffers: [ValueID: Buffer], copies: [Int: Buffer]) {
    self.blocks = blocks
    var arrays: [TileProgram.ArrayOperand] = []
    var reductions: [Reduction] = []
    for (position, operand) in kernel.operands.enumerated() {
      guard case .array(let id, let strides) = operand, let buffer = buffers[id] else { continue }
      if kernel.reductions.contains(position) {
        reductions.append(
          Reduction(
            array: arrays.count, count: buffer.count, base: buffer.base, copies: copies[position]))
      }
      arrays.append(.init(position: position, base: buffer.base, strides: strides))
    }
    self.reductions = reductions
    program = TileProgram(kernel, arrays: arrays, tileLength: Self.tileLength(kernel))
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

  func run(_ workers: Workers, scratch: [Buffer]) {
    for reduction in reductions {
      let target = reduction.copies
      (target?.base ?? reduction.base).update(repeating: 0, count: target?.count ?? reduction.count)
    }
    guard blocks.count > 1 else {
      program.run(from: 0, to: blocks.length, scratch: scratch[0].base, moved: [])
      return
    }
    workers.run(blocks: blocks.count, isWorthwhile: blocks.work > 200_000) { block, worker in
      let moved = reductions.compactMap { reduction in
        reduction.copies.map { (array: reduction.array, base: $0.base + block * reduction.count) }
      }
      let blockLength = blocks.itemsPerBlock * blocks.itemLength
      let first = block * blockLength
      let last = min(blocks.length, first + blockLength)
      program.run(from: first, to: last, scratch: scratch[worker].base, moved: moved)
    }
    for reduction in reductions {
      guard let copies = reduction.copies else { continue }
      for entry in 0..<reduction.count {
        var total = 0.0
        for block in 0..<blocks.count { total += copies.base[block * reduction.count + entry] }
        reduction.base[entry] = total
      }
    }
  }
}
