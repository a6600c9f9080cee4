/// A step of a plan before its arrays have memory: the same description says what memory a plan takes and makes it.
enum PlannedStep {
  case kernel(Kernel, KernelBlocks, arrays: [ValueID: ArrayID], copies: [Int: ArrayID])
  case gather(from: ArrayID, layout: [Index], to: ArrayID, order: [Index])
  case delta(extent: Int, to: ArrayID)
  case join([JoinStep.Part<ArrayID>], along: Index, to: ArrayID, domain: [Index])
  case softmax(from: ArrayID, domain: [Index], over: Index, to: ArrayID)
  case matrixProduct(MatrixProductStep.Layout, rows: ArrayID, columns: ArrayID, to: ArrayID)
  /// One of the two factors is known numbers.
  case knownProduct(MatrixProductStep.Layout, [ArrayID], known: Int, to: ArrayID)

  /// What it reads and writes.
  var arrays: [ArrayID] {
    switch self {
    case .kernel(let kernel, _, let arrays, let copies):
      kernel.operands.compactMap { operand in
        if case .array(let value, _) = operand { arrays[value] } else { nil }
      } + copies.values
    case .gather(let source, _, let target, _), .softmax(let source, _, _, let target): [source, target]
    case .delta(_, let target): [target]
    case .join(let parts, _, let target, _): parts.map(\.array) + [target]
    case .matrixProduct(_, let rows, let columns, let target): [rows, columns, target]
    case .knownProduct(_, let factors, known: _, let target): factors + [target]
    }
  }

  /// Doubles of scratch that one worker needs.
  var scratch: Int {
    switch self {
    case .kernel(let kernel, _, _, _): kernel.scratch
    case .knownProduct(let layout, _, let known, _): KnownProductStep.scratch(layout, known: known)
    default: 0
    }
  }

  /// Multiplications of a product, zeros counted too; numbers that anything else makes, once for each of its instructions.
  var operations: Int {
    switch self {
    case .kernel(let kernel, _, _, _): kernel.extents.saturatingProduct.saturatingTimes(kernel.program.count)
    case .gather(_, _, _, let domain), .join(_, _, _, let domain), .softmax(_, let domain, _, _): domain.size
    case .delta(let extent, _): extent.saturatingTimes(extent)
    case .matrixProduct(let layout, _, _, _), .knownProduct(let layout, _, _, _): layout.multiplications
    }
  }

  /// Bytes of what is not an array: programs and tables of operands.
  var tableBytes: Int {
    if case .kernel(let kernel, _, _, _) = self { kernel.tableBytes } else { 0 }
  }

  func made(_ memory: (ArrayID) -> Buffer) -> any PlanStep {
    switch self {
    case .kernel(let kernel, let blocks, let arrays, let copies):
      KernelStep(kernel, blocks, arrays: arrays.mapValues(memory), copies: copies.mapValues(memory))
    case .gather(let source, let layout, let target, let order):
      GatherStep(from: memory(source), layout: layout, to: memory(target), order: order)
    case .delta(let extent, let target): DeltaStep(extent: extent, target: memory(target))
    case .join(let parts, let index, let target, let domain):
      JoinStep(
        parts.map { .init(array: memory($0.array), domain: $0.domain, axes: $0.axes) }, along: index,
        to: memory(target), domain: domain)
    case .softmax(let source, let domain, let index, let target):
      SoftmaxStep(from: memory(source), domain: domain, over: index, to: memory(target))
    case .matrixProduct(let layout, let rows, let columns, let target):
      MatrixProductStep(layout, rows: memory(rows), columns: memory(columns), to: memory(target))
    case .knownProduct(let layout, let factors, let known, let target):
      KnownProductStep(layout, factors.map(memory), known: known, to: memory(target))
    }
  }
}

/// An array of a plan, by number.
typealias ArrayID = Int
