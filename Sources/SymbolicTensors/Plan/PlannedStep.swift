/// A step of a plan before its arrays have memory: the same description says what memory a plan takes and makes it.
enum PlannedStep {
  case kernel(Kernel, KernelBlocks, arrays: [ValueID: ArrayID], copies: [Int: ArrayID])
  case gather(from: ArrayID, layout: [Index], to: ArrayID, order: [Index])
  case delta(extent: Int, to: ArrayID)
  case softmax(from: ArrayID, domain: [Index], over: Index, to: ArrayID)
  case matrixProduct(MatrixProductStep.Layout, rows: ArrayID, columns: ArrayID, to: ArrayID)

  /// What it reads and writes.
  var arrays: [ArrayID] {
    switch self {
    case .kernel(let kernel, _, let arrays, let copies):
      kernel.operands.compactMap { operand in
        if case .array(let value, _) = operand { arrays[value] } else { nil }
      } + copies.values
    case .gather(let source, _, let target, _), .softmax(let source, _, _, let target): [source, target]
    case .delta(_, let target): [target]
    case .matrixProduct(_, let rows, let columns, let target): [rows, columns, target]
    }
  }

  /// Doubles of scratch that one worker needs.
  var scratch: Int {
    if case .kernel(let kernel, _, _, _) = self { kernel.scratch } else { 0 }
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
    case .softmax(let source, let domain, let index, let target):
      SoftmaxStep(from: memory(source), domain: domain, over: index, to: memory(target))
    case .matrixProduct(let layout, let rows, let columns, let target):
      MatrixProductStep(layout, rows: memory(rows), columns: memory(columns), to: memory(target))
    }
  }
}

/// An array of a plan, by number.
typealias ArrayID = Int
