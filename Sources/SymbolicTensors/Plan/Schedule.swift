/// The order in which a lowered program runs: values that are stored, grouped into kernels and other steps.
///
/// Element-wise values on one domain that are ready at the same level run in one fused kernel; a value is
/// stored only when something outside its kernel needs it and computing it again would cost more.
struct Schedule {
  enum Step {
    /// Stores the element-wise values and reductions of one domain.
    case kernel(domain: [Index], values: [ValueID])
    /// Anything that is not element by element.
    case single(ValueID)
  }

  /// Depend on coefficients only: run once.
  private(set) var setup: [Step] = []
  /// Run at every evaluation.
  private(set) var main: [Step] = []
  /// Every value that has an array.
  private(set) var stored: Set<ValueID> = []
  /// Every value that depends on coefficients only.
  private(set) var unchanging: Set<ValueID> = []

  private let program: LoweredProgram
  private var order: [ValueID] = []
  private var level: [ValueID: Int] = [:]
  /// Operations to compute a value again inside a kernel.
  private var cost: [ValueID: Int] = [:]

  /// - Parameter isCoefficient: whether a symbol's numbers never change.
  init(_ program: LoweredProgram, isCoefficient: (Symbol) -> Bool) {
    self.program = program
    order = program.order
    for id in order {
      let value = program[id]
      let isUnchanging =
        if case .input(let symbol, _) = value.operation { isCoefficient(symbol) } else {
          value.operands.allSatisfy(unchanging.contains)
        }
      if isUnchanging { unchanging.insert(id) }
      level[id] = value.operands.map { fuses($0, into: id) ? level(of: $0) : ready($0) }.max() ?? 0
    }
    chooseStored()
    formSteps()
  }

  /// Of everything that is stored or walked through.
  var domains: [[Index]] {
    let walked = (setup + main).compactMap { step in
      if case .kernel(let domain, _) = step { domain } else { nil }
    }
    return walked + stored.map { program[$0].domain }
  }

  private func level(of id: ValueID) -> Int { level[id] ?? 0 }

  /// The level at which a value's array can be read.
  private func ready(_ id: ValueID) -> Int {
    switch program[id].operation {
    case .constant, .input, .delta: 0
    default: level(of: id) + 1
    }
  }

  /// Whether an operand is computed inside the consumer's kernel.
  private func fuses(_ operand: ValueID, into consumer: ValueID) -> Bool {
    guard program[operand].isElementwise else { return false }
    if case .reduce = program[consumer].operation { return true }
    return program[consumer].isElementwise && program[operand].domain == program[consumer].domain
  }

  private mutating func chooseStored() {
    var consumers: [ValueID: [ValueID]] = [:]
    for id in order { for operand in program[id].operands { consumers[operand, default: []].append(id) } }
    let outputs = Set(program.outputs)
    for id in order {
      let value = program[id]
      if case .constant = value.operation {
        if outputs.contains(id) { stored.insert(id) }
        continue
      }
      guard value.isElementwise else {
        stored.insert(id)
        continue
      }
      let again = recomputation(of: value)
      let isStored =
        outputs.contains(id)
        || consumers[id, default: []].contains { consumer in
          !fuses(id, into: consumer) || (unchanging.contains(id) && !unchanging.contains(consumer))
            || (level(of: consumer) != level(of: id) && again > Self.cheap)
        }
      if isStored { stored.insert(id) }
      cost[id] = isStored ? 0 : again
    }
  }

  /// Recomputing up to this many multiplications and additions beats storing and loading an array.
  private static let cheap = 2

  private func recomputation(of value: LoweredValue) -> Int {
    let inner = value.operands.reduce(0) { $0 + (cost[$1] ?? 0) }
    return switch value.operation {
    case .add, .multiply: inner + value.operands.count - 1
    default: inner + 100
    }
  }

  private struct KernelKey: Hashable {
    let level: Int
    let domain: [Index]
    let isUnchanging: Bool
  }

  private mutating func formSteps() {
    var kernels: [KernelKey: [ValueID]] = [:]
    var singles: [(level: Int, id: ValueID)] = []
    for id in order where stored.contains(id) {
      let value = program[id]
      switch value.operation {
      case .reduce(let body, _):
        kernels[key(id, on: program[body].domain), default: []].append(id)
      case _ where value.isElementwise: kernels[key(id, on: value.domain), default: []].append(id)
      default: singles.append((level(of: id), id))
      }
    }
    var steps = singles.map { (level: $0.level, rank: 0, first: $0.id, step: Step.single($0.id)) }
    for (key, values) in kernels {
      steps.append((key.level, 1, values[0], .kernel(domain: key.domain, values: values)))
    }
    steps.sort { ($0.level, $0.rank, $0.first) < ($1.level, $1.rank, $1.first) }
    setup = steps.filter { unchanging.contains($0.first) }.map(\.step)
    main = steps.filter { !unchanging.contains($0.first) }.map(\.step)
  }

  private func key(_ id: ValueID, on domain: [Index]) -> KernelKey {
    KernelKey(level: level(of: id), domain: domain, isUnchanging: unchanging.contains(id))
  }
}
