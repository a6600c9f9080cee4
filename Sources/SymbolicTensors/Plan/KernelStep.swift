import CKernels

/// Runs a kernel over its domain in blocks of fixed size.
final class KernelStep: PlanStep {
  private let program: TileProgram
  private let reductions: [Reduction]
  /// Independent pieces: steps of the outermost dimension, or segments of a one-dimensional domain.
  private let items: Int
  private let itemsPerBlock: Int
  private let blocks: Int
  private let work: Int
  /// Steps of the outermost dimension in an item, and in all.
  private let itemLength: Int
  private let length: Int
  let scratch: Int

  /// A reduction's result. It has a private copy for each block unless its entries belong to one item each.
  private struct Reduction {
    /// Among the kernel's arrays.
    let array: Int
    let count: Int
    let base: UnsafeMutablePointer<Double>
    let copies: Buffer?
  }

  /// Elements of an item of a one-dimensional domain.
  private static let segment = 4096

  init(_ kernel: Kernel, arrays buffers: [ValueID: Buffer]) {
    let isFlat = kernel.extents.count == 1
    length = kernel.extents[0]
    itemLength = isFlat ? Self.segment : 1
    items = (length + itemLength - 1) / itemLength
    work = kernel.extents.reduce(1, *) * kernel.program.count
    scratch = kernel.registers * Int(TILE_LENGTH)
    let wanted = max(1, min(16, items, work / 40_000))
    itemsPerBlock = (items + wanted - 1) / wanted
    blocks = (items + itemsPerBlock - 1) / itemsPerBlock
    var arrays: [TileProgram.ArrayOperand] = []
    var reductions: [Reduction] = []
    for (position, operand) in kernel.operands.enumerated() {
      guard case .array(let id, let strides) = operand, let buffer = buffers[id] else { continue }
      if kernel.reductions.contains(position) {
        let isSeparate = blocks == 1 || (!isFlat && strides[0] != 0)
        reductions.append(
          Reduction(
            array: arrays.count, count: buffer.count, base: buffer.base,
            copies: isSeparate ? nil : Buffer(count: blocks * buffer.count)))
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
    guard blocks > 1 else {
      program.run(from: 0, to: length, scratch: scratch[0].base, moved: [])
      return
    }
    workers.run(blocks: blocks, isWorthwhile: work > 200_000) { block, worker in
      let moved = reductions.compactMap { reduction in
        reduction.copies.map { (array: reduction.array, base: $0.base + block * reduction.count) }
      }
      let first = block * itemsPerBlock * itemLength
      let last = min(length, first + itemsPerBlock * itemLength)
      program.run(from: first, to: last, scratch: scratch[worker].base, moved: moved)
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
}
