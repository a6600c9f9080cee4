import Foundation

/// A scalar system as a function of numbers: compiled C where there is a compiler, else a plan. Both agree to rounding.
///
/// Not thread-safe: one evaluation at a time.
///
/// Where the code cannot be compiled a line on standard error says why; `route` says how numbers are computed.
///
///     let flow = try ScalarFunction(system)
///     flow.evaluate(state, into: &derivative)
public final class ScalarFunction {
  /// How the numbers are computed.
  public enum Route: Hashable, Sendable, CustomStringConvertible {
    /// - Parameter isCached: whether the library was there from an earlier run.
    case compiled(by: CCompiler, isCached: Bool)
    case planned(reason: CompilationError?)

    public var description: String {
      switch self {
      case .compiled(let compiler, let isCached):
        "compiled by \(compiler.path)\(isCached ? " (cached)" : "")"
      case .planned(let reason): reason.map { "planned, because \($0)" } ?? "planned"
      }
    }
  }

  public let inputCount: Int
  public let outputCount: Int
  /// Additions, multiplications, functions: what one evaluation costs.
  public let operationCount: Int
  public let route: Route

  private typealias Code =
    @convention(c) (UnsafePointer<Double>, UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>) -> Void

  private enum Means {
    /// The library is kept as long as its code runs.
    case compiled(Code, scratch: Buffer, LoadedLibrary)
    case planned(Plan, InputLayout)
  }

  private let means: Means

  /// Makes a plan, whether there is a compiler or not.
  ///
  /// - Throws: `PlanError`.
  public convenience init(planning system: ScalarSystem) throws {
    try self.init(system, CompiledSource(system), route: .planned(reason: nil))
  }

  /// - Parameters:
  ///   - compiler: nil where there is none, which is a reason to warn.
  ///   - cache: where compiled libraries are kept.
  ///   - warn: takes a line that says why the function is planned after all.
  /// - Throws: `PlanError` where there is no compiled code and no plan either.
  /// - Complexity: linear in the size of the system; some 0.2 s for the compiler when the library is not cached.
  public convenience init(
    _ system: ScalarSystem, compiler: CCompiler? = .found(), cache: CompilationCache = .standard,
    warn: (String) -> Void = ScalarFunction.writeToStandardError
  ) throws {
    let source = CompiledSource(system)
    do {
      guard let compiler else { throw CompilationError.noCompiler }
      let (library, isCached) = try cache.library(source.text, compiler: compiler)
      let code = unsafeBitCast(try library.symbol("inductionflow_evaluate"), to: Code.self)
      self.init(
        system, source, route: .compiled(by: compiler, isCached: isCached),
        .compiled(code, scratch: Buffer(count: source.scratch), library))
    } catch {
      let reason = error as? CompilationError ?? .notLoadable(reason: "\(error)")
      try self.init(system, source, route: .planned(reason: reason))
      warn("warning: equations of \(operationCount) operations are \(route): some 20 times slower\n")
    }
  }

  private init(_ system: ScalarSystem, _ source: CompiledSource, route: Route, _ means: Means) {
    (inputCount, outputCount) = (system.names.count, system.equations.count)
    operationCount = source.operations
    (self.route, self.means) = (route, means)
  }

  private convenience init(_ system: ScalarSystem, _ source: CompiledSource, route: Route) throws {
    let plan = try Plan(system.equations)
    self.init(system, source, route: route, .planned(plan, plan.layout(of: system.inputs)))
  }

  public static func writeToStandardError(_ line: String) {
    FileHandle.standardError.write(Data(line.utf8))
  }

  /// The equations' values at a point.
  ///
  /// - Precondition: `inputs` has `inputCount` numbers and `outputs` room for `outputCount`.
  public func evaluate(_ inputs: [Double], into outputs: inout [Double]) {
    precondition(
      inputs.count == inputCount && outputs.count == outputCount,
      "a function of \(inputCount) numbers to \(outputCount)")
    switch means {
    case .compiled(let code, let scratch, _):
      inputs.withUnsafeBufferPointer { inputs in
        outputs.withUnsafeMutableBufferPointer { outputs in
          // An empty array may have no address, and then nothing is read or written there.
          code(
            inputs.baseAddress ?? UnsafePointer(scratch.base), outputs.baseAddress ?? scratch.base,
            scratch.base)
        }
      }
    case .planned(let plan, let layout):
      plan.set(layout, to: inputs)
      plan.run()
      for position in outputs.indices { outputs[position] = plan.scalar(position) }
    }
  }

  /// The equations' values at a point.
  public func callAsFunction(_ inputs: [Double]) -> [Double] {
    var outputs = [Double](repeating: 0, count: outputCount)
    evaluate(inputs, into: &outputs)
    return outputs
  }
}

/// A scalar system as a C function `void inductionflow_evaluate(const double *x, double *y, double *s)`.
private struct CompiledSource {
  let text: String
  /// How many values `s` must hold.
  let scratch: Int
  /// Additions, multiplications, functions.
  let operations: Int

  init(_ system: ScalarSystem) {
    let program = ScalarProgram(system.equations.map(\.id), in: system.graph, .compiled)
    let inputs = zip(system.inputs, system.inputs.indices).map { ($0, "x[\($1)]") }
    let source = ScalarSource(
      program, .c, ScalarSource.Names(inputs: Dictionary(uniqueKeysWithValues: inputs), result: "y"))
    let parts = CParts(source.parts, named: "body", reading: ["x"], into: "y")
    text = """
      #define NAN (0.0 / 0.0)
      #define INFINITY (1.0 / 0.0)
      double exp(double), log(double), pow(double, double), sqrt(double), fabs(double);
      \(CParts.apart)
      \(parts.definitions)
      void inductionflow_evaluate(const double *x, double *y, double *s) {
        \(parts.calls.joined(separator: "\n  "))
      }

      """
    (scratch, operations) = (program.scratch, program.operationCount)
  }
}
