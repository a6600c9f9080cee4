/// Allocates a schedule's arrays and makes its steps.
struct PlanBuilder {
  let graph: ExpressionGraph
  let program: LoweredProgram
  let schedule: Schedule

  private var arrays: [ValueID: Buffer] = [:]
  private var inputs: [Symbol: Buffer] = [:]
  /// Every buffer that a step points into.
  private var owned: [Buffer] = []

  init(graph: ExpressionGraph, program: LoweredProgram, schedule: Schedule) {
    self.graph = graph
    self.program = program
    self.schedule = schedule
  }

  /// Bytes of all arrays, before any is allocated.
  var memory: Int {
    schedule.stored.reduce(0) { bytes, id in
      var doubles = program.size(id)
      if case .matrixProduct(let left, let right, over: let indices) = program[id].operation {
        let layout = self.layout(left, right, over: indices)
        if layout.copies[0] != nil { doubles += program.size(layout.isSwapped ? right : left) }
        if layout.copies[1] != nil { doubles += program.size(layout.isSwapped ? left : right) }
      }
      return bytes + 8 * doubles
    }
  }

  mutating func build() -> (
    setup: [any PlanStep], main: [any PlanStep], arrays: [ValueID: Buffer], inputs: [Symbol: Buffer],
    owned: [Buffer]
  ) {
    for id in schedule.stored.sorted() { allocate(id) }
    var (setup, main): ([any PlanStep], [any PlanStep]) = ([], [])
    for step in schedule.setup { setup += steps(step) }
    for step in schedule.main { main += steps(step) }
    return (setup, main, arrays, inputs, owned)
  }

  private mutating func allocate(_ id: ValueID) {
    switch program[id].operation {
    case .input(let symbol, let layout):
      let buffer = inputs[symbol] ?? buffer(layout.size)
      inputs[symbol] = buffer
      arrays[id] = layout == program[id].domain ? buffer : self.buffer(program.size(id))
    case .constant(let number):
      let buffer = buffer(1)
      buffer.base[0] = number
      arrays[id] = buffer
    default: arrays[id] = buffer(program.size(id))
    }
  }

  private mutating func buffer(_ count: Int) -> Buffer {
    let buffer = Buffer(count: count, number: owned.count)
    owned.append(buffer)
    return buffer
  }

  private mutating func steps(_ step: Schedule.Step) -> [any PlanStep] {
    switch step {
    case .kernel(let domain, let values):
      let kernel = Kernel(domain: domain, values: values, program: program, stored: schedule.stored)
      return [KernelStep(kernel, arrays: arrays)]
    case .single(let id): return single(id)
    }
  }

  private mutating func single(_ id: ValueID) -> [any PlanStep] {
    let value = program[id]
    guard let target = arrays[id] else { return [] }
    switch value.operation {
    case .input(let symbol, let layout):
      guard layout != value.domain, let source = inputs[symbol] else { return [] }
      return [GatherStep(from: source, layout: layout, to: target, order: value.domain)]
    case .delta(let first, _): return [DeltaStep(extent: first.extent, target: target)]
    case .softmax(let logits, let index):
      guard let source = arrays[logits] else { return [] }
      return [SoftmaxStep(from: source, domain: value.domain, over: index, to: target)]
    case .matrixProduct(let left, let right, over: let indices):
      return matrixProduct(left, right, over: indices, domain: value.domain, to: target)
    default: return []
    }
  }

  private func layout(_ left: ValueID, _ right: ValueID, over indices: [Index]) -> MatrixProductStep.Layout {
    MatrixProductStep.Layout(program[left].domain, program[right].domain, over: indices)
  }

  private mutating func matrixProduct(
    _ left: ValueID, _ right: ValueID, over indices: [Index], domain: [Index], to target: Buffer
  ) -> [any PlanStep] {
    var steps: [any PlanStep] = []
    let layout = layout(left, right, over: indices)
    let ids = layout.isSwapped ? [right, left] : [left, right]
    var operands: [Buffer] = []
    for (id, order) in zip(ids, layout.copies) {
      guard let source = arrays[id] else { return [] }
      guard let order else {
        operands.append(source)
        continue
      }
      let copy = buffer(source.count)
      steps.append(GatherStep(from: source, layout: program[id].domain, to: copy, order: order))
      operands.append(copy)
    }
    let isOrdered = layout.resultOrder == domain
    let product = isOrdered ? target : buffer(target.count)
    steps.append(MatrixProductStep(layout, rows: operands[0], columns: operands[1], to: product))
    if !isOrdered {
      steps.append(GatherStep(from: product, layout: layout.resultOrder, to: target, order: domain))
    }
    return steps
  }
}
