/// Many starts of one autonomous flow, integrated side by side in the lanes of vector registers.
///
/// The method is DOP853 with a step of its own for every start. A start's result depends neither on the other
/// starts nor on the number of threads.
///
///     let flow = try BatchFlow(system)
///     let ends = flow.integrate(starts, for: 1e5, relative: 1e-9, absolute: 1e-9)
public final class BatchFlow: Sendable {
  public let dimension: Int
  /// Whether the library was there from an earlier run.
  public let isCached: Bool
  private let library: LoadedLibrary
  private let code: Code

  private typealias Code =
    @convention(c) (
      Int, UnsafeMutablePointer<Double>, Double, Double, Double, Int, UnsafeMutablePointer<Int>
    ) -> Void

  /// - Precondition: as many equations as names: a rate for each component.
  /// - Throws: `CompilationError`: there is no interpreted form; integrate the starts one by one instead.
  public init(
    _ system: ScalarSystem, compiler: CCompiler? = .found(), cache: CompilationCache = .standard
  ) throws {
    precondition(system.equations.count == system.names.count, "a flow has an equation for each component")
    guard let compiler else { throw CompilationError.noCompiler }
    let program = BatchSource.program(TapeLowering.tape(of: system))
    (library, isCached) = try cache.library(program, compiler: compiler)
    code = unsafeBitCast(try library.symbol("inductionflow_integrate"), to: Code.self)
    dimension = system.names.count
  }

  /// Where a start ended.
  public struct End: Hashable, Sendable {
    /// After the whole time, or where the integration got stuck.
    public let state: [Double]
    /// Accepted and rejected.
    public let steps: Int
    /// False where the limit of steps was reached, or a step became too small, as at a singularity.
    public let isComplete: Bool
  }

  /// - Parameters:
  ///   - starts: each of `dimension` numbers.
  ///   - time: how long; negative runs backwards.
  ///   - relative: the error of a component in one step may be absolute + relative·|θ|.
  ///   - limit: steps for one start.
  public func integrate(
    _ starts: [[Double]], for time: Double, relative: Double, absolute: Double, limit: Int = 1_000_000,
    threads: Int = 1
  ) -> [End] {
    precondition(starts.allSatisfy { $0.count == dimension }, "a start has \(dimension) components")
    let states = Buffer(count: starts.count * dimension)
    states.copy(from: starts.flatMap { $0 }[...])
    let parts = max(1, min(threads, starts.count))
    let counts = Counts(starts.count)
    Workers(threads: parts).run(blocks: parts, isWorthwhile: true) { part, _ in
      let range = part * starts.count / parts..<(part + 1) * starts.count / parts
      code(
        range.count, states.base + range.lowerBound * dimension, time, relative, absolute, limit,
        counts.base + range.lowerBound)
    }
    let numbers = states.array
    return starts.indices.map { start in
      End(
        state: Array(numbers[start * dimension..<(start + 1) * dimension]), steps: abs(counts.base[start]),
        isComplete: counts.base[start] > 0)
    }
  }
}

/// An integer a start.
private final class Counts {
  let base: UnsafeMutablePointer<Int>
  init(_ count: Int) {
    base = .allocate(capacity: max(1, count))
    base.initialize(repeating: 0, count: max(1, count))
  }
  deinit { base.deallocate() }
}
