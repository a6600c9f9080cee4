/// A schedule's steps and where their arrays lie: all that there is to know of a plan before it has memory.
struct PlanLayout {
  private(set) var setup: [PlannedStep] = []
  private(set) var main: [PlannedStep] = []
  /// Where each symbol's numbers go.
  private(set) var inputs: [Symbol: ArrayID] = [:]
  /// Of the program's outputs.
  private(set) var outputs: [ArrayID] = []
  /// Arrays that hold one number from the start.
  private(set) var constants: [ArrayID: Double] = [:]

  private let program: LoweredProgram
  private let schedule: Schedule
  /// Whether the sizes of all that is stored or summed over are integers; if not, nothing is laid out.
  private let isCountable: Bool
  private var arrayOf: [ValueID: ArrayID] = [:]
  private var counts: [Int] = []
  /// Offsets in the workspace; nil for arrays of their own, whose numbers stay from one run to the next.
  private var places: [Int?] = []
  private(set) var workspace = 0

  /// - Parameter isCoefficient: whether a symbol's numbers never change.
  init(_ program: LoweredProgram, isCoefficient: (Symbol) -> Bool) {
    self.program = program
    schedule = Schedule(program, isCoefficient: isCoefficient)
    isCountable = schedule.domains.allSatisfy { $0.size < .max }
    guard isCountable else { return }
    for id in schedule.stored.sorted() where arrayOf[id] == nil { addArray(of: id) }
    for step in schedule.setup {
      let made = steps(step)
      setup += made
    }
    for step in schedule.main { main += steps(step) }
    outputs = program.outputs.compactMap { arrayOf[$0] }
    giveAwayKnownFactors(isCoefficient)
    place(isCoefficient)
  }

  var arrays: Range<ArrayID> { counts.indices }

  /// Elements of an array.
  func count(_ array: ArrayID) -> Int { counts[array] }

  /// The place of an array in the workspace, if it has one.
  func place(_ array: ArrayID) -> Int? { places[array] }

  /// Bytes of everything that a plan allocates; `Int.max` where sizes leave the integers, also of what is summed over
  /// without being stored.
  func bytes(threads: Int) -> Int {
    guard isCountable else { return .max }
    let own = counts.indices.filter { places[$0] == nil }.reduce(workspace) { $0.saturatingPlus(counts[$1]) }
    let scratch = (setup + main).map(\.scratch).max() ?? 0
    let numbers = own.saturatingPlus(scratch.saturatingTimes(threads))
    return (setup + main).reduce(numbers.saturatingTimes(8)) { $0.saturatingPlus($1.tableBytes) }
  }

  // MARK: Arrays

  private mutating func newArray(_ count: Int) -> ArrayID {
    counts.append(count)
    return counts.count - 1
  }

  private mutating func addArray(of id: ValueID) {
    switch program[id].operation {
    case .input(let symbol, let layout):
      let input = inputs[symbol] ?? newArray(layout.size)
      inputs[symbol] = input
      arrayOf[id] = layout == program[id].domain ? input : newArray(program.size(id))
    case .constant(let number):
      let array = newArray(1)
      constants[array] = number
      arrayOf[id] = array
    case .renamed(let named, let layout) where layout == program[id].domain:
      // The same numbers in the same order.
      if arrayOf[named] == nil { addArray(of: named) }
      arrayOf[id] = arrayOf[named]
    default: arrayOf[id] = newArray(program.size(id))
    }
  }

  /// Setup runs before anything else and its intermediate results are not needed afterwards, so that both parts take
  /// turns in one workspace.
  private mutating func place(_ isCoefficient: (Symbol) -> Bool) {
    places = [Int?](repeating: nil, count: counts.count)
    var first: [ArrayID: Int] = [:]
    var last: [ArrayID: Int] = [:]
    for (position, step) in (setup + main).enumerated() {
      for array in step.arrays {
        if first[array] == nil { first[array] = position }
        last[array] = position
      }
    }
    for array in outputs { last[array] = .max }
    var given = Set(constants.keys)
    for (symbol, array) in inputs {
      // A coefficient that only setup reads is there before it, and gone after it.
      if isCoefficient(symbol) { first[array] = -1 } else { given.insert(array) }
    }
    let ownMemory = first.keys.filter { array in
      // Made once, read at every run.
      given.contains(array) || (first[array] ?? 0) < setup.count && (last[array] ?? -1) >= setup.count
    }
    let passing = Set(first.keys).subtracting(ownMemory).sorted()
    let space = Workspace(
      passing.map { .init(count: counts[$0], first: first[$0] ?? 0, last: last[$0] ?? -1) })
    for (array, offset) in zip(passing, space.offsets) { places[array] = offset }
    workspace = space.size
  }

  /// Known factors of large products that nothing else reads are theirs to reorder.
  private mutating func giveAwayKnownFactors(_ isCoefficient: (Symbol) -> Bool) {
    var readers: [ArrayID: Int] = [:]
    for array in main.flatMap(\.arrays) + outputs { readers[array, default: 0] += 1 }
    let coefficients = inputs.filter { isCoefficient($0.key) }.values
    let known = Set(setup.flatMap(\.arrays)).union(coefficients)
    for (position, step) in main.enumerated() {
      guard case .matrixProduct(let layout, let rows, let columns, let target) = step,
        KnownProductStep.isWorthwhile(layout),
        let side = [rows, columns].firstIndex(where: { known.contains($0) && readers[$0] == 1 })
      else { continue }
      main[position] = .knownProduct(layout, [rows, columns], known: side, to: target)
    }
  }

  // MARK: Steps

  private mutating func steps(_ step: Schedule.Step) -> [PlannedStep] {
    switch step {
    case .kernel(let domain, let values):
      let kernel = Kernel(domain: domain, values: values, program: program, stored: schedule.stored)
      let blocks = KernelBlocks(kernel)
      var copies: [Int: ArrayID] = [:]
      for (operand, value) in kernel.reducedValues where blocks.needsCopies(kernel, operand: operand) {
        copies[operand] = newArray(program.size(value).saturatingTimes(blocks.count))
      }
      return [.kernel(kernel, blocks, arrays: arrayOf, copies: copies)]
    case .single(let id): return single(id)
    }
  }

  private mutating func single(_ id: ValueID) -> [PlannedStep] {
    let value = program[id]
    guard let target = arrayOf[id] else { return [] }
    switch value.operation {
    case .input(let symbol, let layout):
      guard layout != value.domain, let source = inputs[symbol] else { return [] }
      return [.gather(from: source, layout: layout, to: target, order: value.domain)]
    case .delta(let first, _): return [.delta(extent: first.extent, to: target)]
    case .renamed(let named, let layout):
      guard layout != value.domain, let source = arrayOf[named] else { return [] }
      return [.gather(from: source, layout: layout, to: target, order: value.domain)]
    case .joined(let parts, along: let index):
      let sources = parts.compactMap { part -> JoinStep.Part<ArrayID>? in
        // Numbers have no arrays elsewhere.
        if arrayOf[part.value] == nil { addArray(of: part.value) }
        return arrayOf[part.value].map {
          .init(array: $0, domain: program[part.value].domain, axes: part.axes)
        }
      }
      return [.join(sources, along: index, to: target, domain: value.domain)]
    case .softmax(let logits, let index):
      guard let source = arrayOf[logits] else { return [] }
      return [.softmax(from: source, domain: value.domain, over: index, to: target)]
    case .matrixProduct(let left, let right, over: let indices):
      return matrixProduct(left, right, over: indices, domain: value.domain, to: target)
    default: return []
    }
  }

  private mutating func matrixProduct(
    _ left: ValueID, _ right: ValueID, over indices: [Index], domain: [Index], to target: ArrayID
  ) -> [PlannedStep] {
    var steps: [PlannedStep] = []
    let layout = MatrixProductStep.Layout(program[left].domain, program[right].domain, over: indices)
    var operands: [ArrayID] = []
    for (id, order) in zip(layout.isSwapped ? [right, left] : [left, right], layout.copies) {
      guard let source = arrayOf[id] else { return [] }
      guard let order else {
        operands.append(source)
        continue
      }
      let copy = newArray(counts[source])
      let gather = PlannedStep.gather(from: source, layout: program[id].domain, to: copy, order: order)
      // Numbers that never change are brought to their order once.
      if schedule.unchanging.contains(id) { setup.append(gather) } else { steps.append(gather) }
      operands.append(copy)
    }
    let isOrdered = layout.resultOrder == domain
    let product = isOrdered ? target : newArray(counts[target])
    steps.append(.matrixProduct(layout, rows: operands[0], columns: operands[1], to: product))
    if !isOrdered {
      steps.append(.gather(from: product, layout: layout.resultOrder, to: target, order: domain))
    }
    return steps
  }
}
