import Foundation

/// A scalar system as a function of numbers: compiled C where there is a compiler, else interpreted. Both give the
/// same bits for + − × / and roots, and exponentials and logarithms to 2 ulp.
///
/// Not thread-safe: one evaluation at a time.
///
/// Where the code cannot be compiled a line on standard error says why; `route` says how numbers are computed.
///
///     let flow = ScalarFunction(system)
///     flow.evaluate(state, into: &derivative)
public final class ScalarFunction {
  /// How the numbers are computed.
  public enum Route: Hashable, Sendable, CustomStringConvertible {
    /// - Parameter isCached: whether the library was there from an earlier run.
    case compiled(by: CCompiler, isCached: Bool)
    case interpreted(reason: CompilationError?)

    public var description: String {
      switch self {
      case .compiled(let compiler, let isCached):
        "compiled by \(compiler.path)\(isCached ? " (cached)" : "")"
      case .interpreted(let reason):
        reason.map { "interpreted, because \($0)" } ?? "interpreted"
      }
    }
  }

  public let inputCount: Int
  public let outputCount: Int
  /// Additions, multiplications, functions: what one evaluation costs.
  public let operationCount: Int
  public private(set) var route: Route

  private typealias Code =
    @convention(c) (UnsafePointer<Double>, UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>) -> Void

  private var interpreter: ScalarInterpreter
  private var library: LoadedLibrary?
  private var code: Code?
  private var scratch = Buffer(count: 0)

  /// Interprets, whether there is a compiler or not.
  public init(interpreting system: ScalarSystem) {
    let tape = TapeLowering.tape(of: system)
    inputCount = tape.inputCount
    outputCount = tape.outputs.count
    operationCount = tape.operations.count
    interpreter = ScalarInterpreter(tape)
    route = .interpreted(reason: nil)
  }

  /// - Parameters:
  ///   - compiler: nil where there is none, which is a reason to warn.
  ///   - cache: where compiled libraries are kept.
  ///   - warn: takes a line that says why the function is interpreted after all.
  /// - Complexity: linear in the size of the system; some 0.2 s for the compiler when the library is not cached.
  public init(
    _ system: ScalarSystem, compiler: CCompiler? = .found(), cache: CompilationCache = .standard,
    warn: (String) -> Void = ScalarFunction.writeToStandardError
  ) {
    let tape = TapeLowering.tape(of: system)
    inputCount = tape.inputCount
    outputCount = tape.outputs.count
    operationCount = tape.operations.count
    interpreter = ScalarInterpreter(tape)
    do {
      guard let compiler else { throw CompilationError.noCompiler }
      let source = CSource(tape, name: "body", element: .number)
      let (library, isCached) = try cache.library(Self.program(source), compiler: compiler)
      code = unsafeBitCast(try library.symbol("inductionflow_evaluate"), to: Code.self)
      scratch = Buffer(count: source.scratch)
      self.library = library
      route = .compiled(by: compiler, isCached: isCached)
    } catch {
      let reason = error as? CompilationError ?? .notLoadable(reason: "\(error)")
      route = .interpreted(reason: reason)
      warn("warning: equations of \(operationCount) operations are \(route): some 20 times slower\n")
    }
  }

  public static func writeToStandardError(_ line: String) {
    FileHandle.standardError.write(Data(line.utf8))
  }

  private static func program(_ source: CSource) -> String {
    CSource.numberPrelude + source.text + """

      void inductionflow_evaluate(const double *x, double *y, double *s) { body(x, y, s); }

      """
  }

  /// The equations' values at a point.
  ///
  /// - Precondition: `inputs` has `inputCount` numbers and `outputs` room for `outputCount`.
  public func evaluate(_ inputs: [Double], into outputs: inout [Double]) {
    precondition(
      inputs.count == inputCount && outputs.count == outputCount,
      "a function of \(inputCount) numbers to \(outputCount)")
    inputs.withUnsafeBufferPointer { inputs in
      outputs.withUnsafeMutableBufferPointer { outputs in
        // An empty array may have no address, and then nothing is read or written there.
        let (x, y) = (inputs.baseAddress ?? UnsafePointer(scratch.base), outputs.baseAddress ?? scratch.base)
        if let code { code(x, y, scratch.base) } else { interpreter.run(x, y) }
      }
    }
  }

  /// The equations' values at a point.
  public func callAsFunction(_ inputs: [Double]) -> [Double] {
    var outputs = [Double](repeating: 0, count: outputCount)
    evaluate(inputs, into: &outputs)
    return outputs
  }
}
