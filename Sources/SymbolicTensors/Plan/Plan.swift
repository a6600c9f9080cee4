/// Evaluates expressions on dense arrays: common subexpressions once, contractions as matrix products,
/// element-wise chains fused, all memory allocated when the plan is made, constants folded once.
///
/// Goals, in order: the right numbers, the same bits for any number of threads, and speed near that of the
/// matrix products alone. A plan is used from one thread at a time.
///
///     let plan = try Plan([loss] + gradient, coefficients: [mu: joint])
///     plan.set(w, to: weights)
///     plan.run()
///     plan.output(0)
public final class Plan {
  private let graph: ExpressionGraph
  private let outputs: [Buffer]
  private let outputSizes: [Int]
  private let outputDomains: [[Index]]
  /// Of what may be set.
  private let inputs: [Symbol: Buffer]
  private let main: [any PlanStep]
  /// Keeps alive what the steps point into.
  private let owned: [Buffer]
  private let workers: Workers
  private let scratch: [Buffer]
  /// Of everything that was allocated: arrays that stay, one workspace for those that pass, scratch for each thread, and
  /// the tables of the steps.
  public let bytes: Int
  /// Of one run: what can be said of its time without running it.
  public let operations: Int

  /// What a plan would take, before anything is allocated.
  ///
  /// - Returns: bytes; `Int.max` where sizes leave the integers.
  /// - Complexity: that of making the plan without its numbers.
  public static func bytes(
    of expressions: [Expression], naming names: NamedValues = NamedValues(), threads: Int = 1
  ) -> Int {
    guard let graph = expressions.first?.graph else { return 0 }
    return layout(expressions, naming: names, in: graph).layout.bytes(threads: max(1, threads))
  }

  private static func layout(
    _ expressions: [Expression], naming names: NamedValues, in graph: ExpressionGraph
  ) -> (program: LoweredProgram, layout: PlanLayout) {
    let program = Lowering.program(for: expressions.map(graph.node), naming: names, in: graph)
    return (program, PlanLayout(program) { graph.role(of: $0) == .coefficient })
  }

  /// - Parameters:
  ///   - expressions: of one graph; output k is the dense array of expression k over its free indices in
  ///     their order, last index fastest.
  ///   - names: values that the expressions refer to by symbols.
  ///   - coefficients: the numbers of every symbol of role `coefficient` that occurs, row-major.
  ///   - threads: how many threads may work on one evaluation.
  ///   - memoryLimit: bytes; nothing is allocated beyond it.
  /// - Throws: `PlanError`.
  public init(
    _ expressions: [Expression], naming names: NamedValues = NamedValues(),
    coefficients: [Symbol: [Double]] = [:], threads: Int = 1, memoryLimit: Int = .max
  ) throws {
    guard let graph = expressions.first?.graph else { throw PlanError.nothingToEvaluate }
    self.graph = graph
    workers = Workers(threads: max(1, threads))
    try ProductBuffers.check()

    let (program, layout) = Self.layout(expressions, naming: names, in: graph)
    bytes = layout.bytes(threads: workers.threads)
    guard bytes <= memoryLimit, bytes < .max else {
      throw PlanError.tooLarge(bytes: bytes, limit: memoryLimit)
    }
    for symbol in layout.inputs.keys where graph.role(of: symbol) == .coefficient {
      guard coefficients[symbol]?.count == graph.size(of: symbol) else {
        throw PlanError.missingCoefficient(name: graph.name(of: symbol), expected: graph.size(of: symbol))
      }
    }

    operations = layout.main.reduce(0) { $0.saturatingPlus($1.operations) }

    let memory = PlanMemory(layout)
    for (array, number) in layout.constants { memory[array].base[0] = number }
    for (symbol, array) in layout.inputs {
      if graph.role(of: symbol) == .coefficient, let numbers = coefficients[symbol] {
        memory[array].copy(from: numbers[...])
      }
    }
    inputs = layout.inputs.filter { graph.role(of: $0.key) != .coefficient }.mapValues { memory[$0] }
    outputs = layout.outputs.map { memory[$0] }
    outputSizes = program.outputs.map { program.size($0) }
    outputDomains = program.outputs.map { program[$0].domain }
    main = layout.main.map { $0.made { memory[$0] } }
    owned = memory.owned
    let needed = (layout.setup + layout.main).map(\.scratch).max() ?? 0
    scratch = (0..<workers.threads).map { _ in Buffer(count: needed) }
    for step in layout.setup { step.made { memory[$0] }.run(workers, scratch: scratch) }
    for step in main { step.prepare() }
  }

  /// Gives a parameter or variable its numbers, row-major; a symbol that no output depends on is ignored.
  ///
  /// - Precondition: as many numbers as the symbol has entries.
  public func set(_ symbol: Symbol, to values: [Double]) { set(symbol, to: values[...]) }

  /// The same from part of a larger vector.
  public func set(_ symbol: Symbol, to values: ArraySlice<Double>) {
    precondition(
      values.count == graph.size(of: symbol), "\(graph.name(of: symbol)) has another shape")
    inputs[symbol]?.copy(from: values)
  }

  /// Changes some of a symbol's numbers where they lie, row-major; does nothing where no output depends on it.
  public func update(_ symbol: Symbol, _ change: (UnsafeMutableBufferPointer<Double>) -> Void) {
    guard let buffer = inputs[symbol] else { return }
    change(UnsafeMutableBufferPointer(start: buffer.base, count: graph.size(of: symbol)))
  }

  /// Where the numbers of several symbols, one after another in a vector, go: looked up once, used often.
  public func layout(of symbols: [Symbol]) -> InputLayout {
    var position = 0
    var parts: [InputLayout.Part] = []
    for symbol in symbols {
      let size = graph.size(of: symbol)
      if let buffer = inputs[symbol] {
        parts.append(.init(target: buffer, range: position..<position + size))
      }
      position += size
    }
    return InputLayout(parts: parts, count: position)
  }

  /// Gives all symbols of a layout of this plan their numbers.
  ///
  /// - Precondition: as many numbers as the symbols have entries.
  public func set(_ layout: InputLayout, to vector: [Double]) {
    precondition(vector.count == layout.count, "a vector of \(layout.count) numbers")
    vector.withUnsafeBufferPointer { vector in
      guard let source = vector.baseAddress else { return }
      for part in layout.parts {
        part.target.base.update(from: source + part.range.lowerBound, count: part.range.count)
      }
    }
  }

  /// Computes all outputs from the inputs as they are set.
  public func run() {
    for step in main { step.run(workers, scratch: scratch) }
  }

  /// The array of one output, valid until the next `run`.
  public func output(_ position: Int) -> [Double] {
    Array(outputs[position].array.prefix(outputSizes[position]))
  }

  /// The same over given indices in the order in which they are named, repeated along those that the output lacks: one
  /// that turned out constant along an index does not have it.
  public func output(_ position: Int, over indices: [Index]) -> [Double] {
    guard outputDomains[position] != indices else { return output(position) }
    var result = [Double](repeating: 0, count: indices.size)
    _ = add(output: position, to: &result, at: 0, over: indices)
    return result
  }

  /// Adds an output's entries over given indices, as `output(_:over:)` has them, to a vector from a position on;
  /// gives the position behind them.
  ///
  /// - Precondition: every index of the output is among the given ones, and the vector has room for them all.
  public func add(output: Int, to vector: inout [Double], at position: Int, over indices: [Index]) -> Int {
    let (own, base, end) = (outputDomains[output], outputs[output].base, position + indices.size)
    precondition(end <= vector.count && own.allSatisfy(indices.contains), "an output on other indices")
    if own == indices {
      for entry in position..<end { vector[entry] += base[entry - position] }
      return end
    }
    let strides = denseStrides(own, within: indices)
    var counters = [Int](repeating: 0, count: indices.count)
    var source = 0
    for entry in position..<end {
      vector[entry] += base[source]
      for axis in indices.indices.reversed() {
        counters[axis] += 1
        source += strides[axis]
        guard counters[axis] == indices[axis].extent else { break }
        counters[axis] = 0
        source -= strides[axis] * indices[axis].extent
      }
    }
    return end
  }

  /// A scalar output.
  public func scalar(_ position: Int) -> Double { outputs[position].base[0] }
}

/// Where a plan keeps the numbers of several symbols.
public struct InputLayout {
  struct Part {
    let target: Buffer
    let range: Range<Int>
  }

  let parts: [Part]
  let count: Int
}

/// Why expressions cannot be evaluated.
public enum PlanError: Error, Equatable {
  case nothingToEvaluate
  /// `Int.max` bytes stand for any number beyond the integers.
  case tooLarge(bytes: Int, limit: Int)
  /// The limits of the process leave no room to multiply matrices in; bytes.
  case noRoom(needed: Int, room: Int)
  case missingCoefficient(name: String, expected: Int)
}
