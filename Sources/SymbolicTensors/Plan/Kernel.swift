import CKernels

/// A fused element-wise kernel: a tile program over a domain whose adjacent indices are merged wherever every
/// array allows it. Reductions accumulate as the tiles pass.
struct Kernel {
  /// Where an operand of the tile program lives.
  enum Operand {
    /// A scratch tile of the running thread.
    case register(Int)
    /// An entry of `constants`.
    case constant(Int)
    /// A stored value's array, with a stride for each merged dimension.
    case array(ValueID, strides: [Int])
  }

  /// Extents of the merged dimensions, the last one contiguous; at least one.
  private(set) var extents: [Int]
  private(set) var program: [tile_instruction] = []
  private(set) var operands: [Operand] = []
  private(set) var constants: [Double] = []
  private(set) var registers = 0
  /// Positions in `operands` of the reductions' results.
  private(set) var reductions: [Int] = []

  /// Doubles that one worker needs for the registers.
  var scratch: Int { registers * Int(TILE_LENGTH) }

  /// The results of reductions with their operands.
  var reducedValues: [(operand: Int, value: ValueID)] {
    reductions.compactMap { position in
      if case .array(let id, _) = operands[position] { (position, id) } else { nil }
    }
  }

  /// Bytes of the program and of its tables of operands.
  var tableBytes: Int {
    let arrays = operands.count { if case .array = $0 { true } else { false } }
    return program.count * MemoryLayout<tile_instruction>.stride + 8 * (operands.count + constants.count)
      + (8 * extents.count + 12) * arrays
  }

  private let lowered: LoweredProgram
  private let stored: Set<ValueID>
  private let own: Set<ValueID>
  private var arrays: [ValueID: Int] = [:]
  private var freeRegisters: [Int] = []
  private var constantOperands: [Double: Int] = [:]
  /// The operand that holds a value already computed here.
  private var computed: [ValueID: Int] = [:]
  private var uses: [ValueID: Int] = [:]
  private var strides: [ValueID: [Int]] = [:]

  init(domain: [Index], values: [ValueID], program: LoweredProgram, stored: Set<ValueID>) {
    lowered = program
    self.stored = stored
    own = Set(values)
    extents = []
    countUses(values)
    mergeDimensions(domain)
    for value in values { emitStored(value) }
  }

  // MARK: Layout

  private mutating func countUses(_ values: [ValueID]) {
    var pending = values
    var visited = Set<ValueID>()
    while let id = pending.popLast() {
      guard visited.insert(id).inserted else { continue }
      for operand in lowered[id].operands {
        uses[operand, default: 0] += 1
        if isInline(operand) || own.contains(operand) {
          pending.append(operand)
        } else {
          strides[operand] = []
        }
      }
    }
    for value in values { strides[value] = [] }
  }

  private func isInline(_ id: ValueID) -> Bool {
    lowered[id].isElementwise && !stored.contains(id)
  }

  private mutating func mergeDimensions(_ domain: [Index]) {
    var raw: [ValueID: [Int]] = [:]
    for id in strides.keys { raw[id] = denseStrides(lowered[id].domain, within: domain) }
    var kept: [Int] = []
    for dimension in domain.indices.reversed() {
      guard let inner = kept.last else {
        kept.append(dimension)
        extents.append(domain[dimension].extent)
        continue
      }
      let width = extents[extents.count - 1]
      let merges = raw.values.allSatisfy { $0[dimension] == $0[inner] * width }
      if merges {
        extents[extents.count - 1] *= domain[dimension].extent
      } else {
        kept.append(dimension)
        extents.append(domain[dimension].extent)
      }
    }
    extents.reverse()
    kept.reverse()
    for (id, all) in raw { strides[id] = kept.map { all[$0] } }
    if extents.isEmpty {
      extents = [1]
      for id in raw.keys { strides[id] = [0] }
    }
  }

  // MARK: Code

  private mutating func emitStored(_ id: ValueID) {
    if case .reduce(let body, _) = lowered[id].operation {
      emitReduction(id, of: body)
    } else if computed[id] == nil {
      emit(id, into: array(id))
    }
  }

  private mutating func emitReduction(_ id: ValueID, of body: ValueID) {
    let destination = array(id)
    reductions.append(destination)
    let isSummedAlongTile = strides[id]?.last == 0
    if isSummedAlongTile, isInline(body), uses[body] == 1, computed[body] == nil,
      case .multiply(let factors) = lowered[body].operation, factors.count == 2
    {
      let (a, b) = (operand(factors[0]), operand(factors[1]))
      if !isBroadcast(a), !isBroadcast(b) {
        append(TILE_DOT, destination, a, b)
        release(factors)
        return
      }
    }
    let source = operand(body)
    append(isSummedAlongTile ? TILE_REDUCE : TILE_ACCUMULATE, destination, source)
    release([body])
  }

  /// The operand that holds a value, computed first if need be.
  private mutating func operand(_ id: ValueID) -> Int {
    if let known = computed[id] { return known }
    if case .constant(let number) = lowered[id].operation { return constant(number) }
    if own.contains(id), lowered[id].isElementwise {
      let destination = array(id)
      emit(id, into: destination)
      return destination
    }
    guard isInline(id) else { return array(id) }
    // Compute first, take the register after: the operands' registers are free again by then.
    return emit(id, into: nil)
  }

  @discardableResult
  private mutating func emit(_ id: ValueID, into destination: Int?) -> Int {
    let target: Int
    switch lowered[id].operation {
    case .add(let terms): target = emitSum(terms, into: destination)
    case .multiply(let factors):
      let (a, b) = (operand(factors[0]), operand(factors[1]))
      release(factors)
      target = destination ?? register()
      append(TILE_MULTIPLY, target, a, b)
    case .power(let base, let exponent):
      let a = operand(base)
      release([base])
      target = destination ?? register()
      emitPower(a, exponent, into: target)
    case .larger(let left, let right):
      let (a, b) = (operand(left), operand(right))
      release([left, right])
      target = destination ?? register()
      append(TILE_LARGER, target, a, b)
    case .function(let function, let argument):
      let a = operand(argument)
      release([argument])
      target = destination ?? register()
      append(function.row.tile, target, a, exponent: function.exponent)
    default: target = array(id)
    }
    computed[id] = target
    return target
  }

  /// Σ weight·value as a chain of fused multiply-adds; a product used only here is not computed on its own.
  private mutating func emitSum(_ terms: [LoweredValue.Weighted], into destination: Int?) -> Int {
    // Broadcast terms first: they cost nothing as the constant of the first multiply-add.
    let ordered = terms.filter { !isVector($0.value) } + terms.filter { isVector($0.value) }
    let target = destination ?? register()
    var accumulator: Int?
    for term in ordered {
      accumulator = emitTerm(term, onto: accumulator, into: target)
    }
    if let accumulator, accumulator != target { append(TILE_COPY, target, accumulator) }
    return target
  }

  private mutating func emitTerm(_ term: LoweredValue.Weighted, onto sum: Int?, into target: Int) -> Int {
    if term.weight == 1, isInline(term.value), uses[term.value] == 1, computed[term.value] == nil,
      case .multiply(let factors) = lowered[term.value].operation
    {
      let (a, b) = (operand(factors[0]), operand(factors[1]))
      if let sum { append(TILE_FMA, target, a, b, sum) } else { append(TILE_MULTIPLY, target, a, b) }
      release(factors)
      return target
    }
    let value = operand(term.value)
    defer { release([term.value]) }
    if term.weight == 1 {
      guard let sum else { return isBroadcast(value) ? value : keep(value, in: target) }
      append(TILE_ADD, target, sum, value)
    } else if let sum {
      append(TILE_FMA, target, constant(term.weight), value, sum)
    } else {
      append(TILE_MULTIPLY, target, constant(term.weight), value)
    }
    return target
  }

  /// A first summand can serve as the running sum as long as nothing overwrites its operand: copied only if
  /// it is a register that may be taken again.
  private mutating func keep(_ value: Int, in target: Int) -> Int {
    if case .register = operands[value] {
      append(TILE_COPY, target, value)
      return target
    }
    return value
  }

  private mutating func emitPower(_ base: Int, _ exponent: Number, into target: Int) {
    switch exponent {
    case 2: append(TILE_MULTIPLY, target, base, base)
    case -1: append(TILE_RECIPROCAL, target, base)
    case -2:
      append(TILE_RECIPROCAL, target, base)
      append(TILE_MULTIPLY, target, target, target)
    case .rational(1, 2): append(TILE_ROOT, target, base)
    case .rational(-1, 2):
      append(TILE_ROOT, target, base)
      append(TILE_RECIPROCAL, target, target)
    default: append(TILE_POWER, target, base, exponent: exponent.doubleValue)
    }
  }

  private mutating func append(
    _ operation: tile_operation, _ d: Int, _ a: Int, _ b: Int = 0, _ c: Int = 0, exponent: Double = 0
  ) {
    let flags = (isBroadcast(a) ? 1 : 0) | (isBroadcast(b) ? 2 : 0) | (isBroadcast(c) ? 4 : 0)
    let used: Int =
      switch operation {
      case TILE_FMA: flags
      case TILE_ADD, TILE_MULTIPLY, TILE_LARGER: flags & 3
      default: flags & 1
      }
    program.append(
      tile_instruction(
        operation: Int32(operation.rawValue), broadcast: Int32(used), d: Int32(d), a: Int32(a), b: Int32(b),
        c: Int32(c), exponent: exponent))
  }

  // MARK: Operands

  private mutating func array(_ id: ValueID) -> Int {
    if let known = arrays[id] { return known }
    operands.append(.array(id, strides: strides[id] ?? []))
    arrays[id] = operands.count - 1
    return operands.count - 1
  }

  private mutating func constant(_ number: Double) -> Int {
    if let known = constantOperands[number] { return known }
    constants.append(number)
    operands.append(.constant(constants.count - 1))
    constantOperands[number] = operands.count - 1
    return operands.count - 1
  }

  private mutating func register() -> Int {
    if let free = freeRegisters.popLast() { return free }
    operands.append(.register(registers))
    registers += 1
    return operands.count - 1
  }

  /// One use fewer; a register whose value nothing needs any more is free.
  private mutating func release(_ values: [ValueID]) {
    for id in values {
      uses[id, default: 0] -= 1
      guard uses[id, default: 0] <= 0, let operand = computed[id], case .register = operands[operand] else {
        continue
      }
      computed[id] = nil
      freeRegisters.append(operand)
    }
  }

  private func isBroadcast(_ operand: Int) -> Bool {
    switch operands[operand] {
    case .register: false
    case .constant: true
    case .array(_, let strides): strides.last == 0
    }
  }

  /// Whether a value varies along the tile.
  private func isVector(_ id: ValueID) -> Bool {
    if case .constant = lowered[id].operation { return false }
    return isInline(id) || own.contains(id) || strides[id]?.last == 1
  }
}

/// Strides of a dense array on `own` for each index of a domain, 0 where it does not have the index.
func denseStrides(_ own: [Index], within domain: [Index]) -> [Int] {
  var stride = 1
  var byIndex: [Index: Int] = [:]
  for index in own.reversed() {
    byIndex[index] = stride
    stride = stride.saturatingTimes(index.extent)
  }
  return domain.map { byIndex[$0] ?? 0 }
}

extension Function {
  fileprivate var exponent: Double {
    if case .guardedPower(let exponent) = self { exponent.doubleValue } else { 0 }
  }
}
