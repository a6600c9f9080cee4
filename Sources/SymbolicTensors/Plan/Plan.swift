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
  /// Keeps alive what the steps point into.
  private let owned: [Buffer]
  private let outputs: [Buffer]
  private let outputSizes: [Int]
  private let outputDomains: [[Index]]
  private var inputs: [Symbol: Buffer] = [:]
  private var main: [any PlanStep] = []
  private let workers: Workers
  private var scratch: [Buffer] = []
  /// Bytes of all arrays.
  public let memory: Int

  /// - Parameters:
  ///   - expressions: of one graph; output k is the dense array of expression k over its free indices in
  ///     their order, last index fastest.
  ///   - coefficients: the numbers of every symbol of role `coefficient` that occurs, row-major.
  ///   - threads: how many threads may work on one evaluation.
  ///   - memoryLimit: bytes; nothing is allocated beyond it.
  /// - Throws: `PlanError`.
  public init(
    _ expressions: [Expression], coefficients: [Symbol: [Double]] = [:], threads: Int = 1,
    memoryLimit: Int = .max
  ) throws {
    guard let graph = expressions.first?.graph else { throw PlanError.nothingToEvaluate }
    self.graph = graph
    workers = Workers(threads: max(1, threads))
    try ProductBuffers.check()

    let program = Lowering.program(for: expressions.map(\.id), in: graph)
    let schedule = Schedule(program) { graph.role(of: $0) == .coefficient }
    var builder = PlanBuilder(graph: graph, program: program, schedule: schedule)
    memory = builder.memory
    guard memory <= memoryLimit else {
      throw PlanError.tooLarge(bytes: memory, limit: memoryLimit)
    }
    let built = builder.build()
    inputs = built.inputs
    main = built.main
    owned = built.owned
    outputs = program.outputs.compactMap { built.arrays[$0] }
    outputSizes = program.outputs.map { program.size($0) }
    outputDomains = program.outputs.map { program[$0].domain }

    for (symbol, buffer) in inputs where graph.role(of: symbol) == .coefficient {
      let size = graph.shape(of: symbol).reduce(1, *)
      guard let values = coefficients[symbol], values.count == size else {
        throw PlanError.missingCoefficient(name: graph.name(of: symbol), expected: size)
      }
      buffer.copy(from: values[...])
    }
    let needed = (built.setup + main).map(\.scratch).max() ?? 0
    scratch = (0..<workers.threads).map { _ in Buffer(count: needed) }
    for step in built.setup { step.run(workers, scratch: scratch) }
  }

  /// Gives a parameter or variable its numbers, row-major; a symbol that no output depends on is ignored.
  ///
  /// - Precondition: as many numbers as the symbol has entries.
  public func set(_ symbol: Symbol, to values: [Double]) { set(symbol, to: values[...]) }

  /// The same from part of a larger vector.
  public func set(_ symbol: Symbol, to values: ArraySlice<Double>) {
    precondition(
      values.count == graph.shape(of: symbol).reduce(1, *), "\(graph.name(of: symbol)) has another shape")
    inputs[symbol]?.copy(from: values)
  }

  /// Where the numbers of several symbols, one after another in a vector, go: looked up once, used often.
  public func layout(of symbols: [Symbol]) -> InputLayout {
    var position = 0
    var parts: [InputLayout.Part] = []
    for symbol in symbols {
      let size = graph.shape(of: symbol).reduce(1, *)
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

  /// The same over given indices in the order of their creation, repeated along those that the output lacks: one that
  /// turned out constant along an index does not have it.
  public func output(_ position: Int, over indices: [Index]) -> [Double] {
    let own = outputDomains[position]
    guard own != indices else { return output(position) }
    let strides = denseStrides(own, within: indices)
    var result = [Double](repeating: 0, count: indices.size)
    var counters = [Int](repeating: 0, count: indices.count)
    var source = 0
    for target in result.indices {
      result[target] = outputs[position].base[source]
      for axis in indices.indices.reversed() {
        counters[axis] += 1
        source += strides[axis]
        guard counters[axis] == indices[axis].extent else { break }
        counters[axis] = 0
        source -= strides[axis] * indices[axis].extent
      }
    }
    return result
  }

  /// Adds an output's entries to a vector from a position on; gives the position behind them.
  ///
  /// - Parameter count: entries to add to; an output that turned out constant along its index is spread.
  public func add(output: Int, to vector: inout [Double], at position: Int, count: Int) -> Int {
    let isSpread = outputSizes[output] == 1
    for entry in 0..<count { vector[position + entry] += outputs[output].base[isSpread ? 0 : entry] }
    return position + count
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
  case tooLarge(bytes: Int, limit: Int)
  /// The limits of the process leave no room to multiply matrices in; bytes.
  case noRoom(needed: Int, room: Int)
  case missingCoefficient(name: String, expected: Int)
}
