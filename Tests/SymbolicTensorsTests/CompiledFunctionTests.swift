import Dispatch
import Foundation
import Numerics
import SymbolicTensors
import TestSupport
import Testing

@Suite struct CompiledFunctionTests {
  /// The unrolled flow against differences of the loss in plain loops.
  @Test func leadingOrderFlow() throws {
    let flow = try LeadingOrderFlow(window: 3, heads: 3, degree: 2)
    let function = try ScalarFunction(planning: flow.system)
    var random = SeededGenerator(seed: 7)
    let state = flow.start.map { $0 + random.number(-0.5...0.5) }
    let rate = function(state)
    for component in state.indices {
      var (above, below) = (state.map { Extended($0) }, state.map { Extended($0) })
      let step: Extended = 1e-5
      above[component] += step
      below[component] -= step
      let difference = Double((flow.gain(above) - flow.gain(below)) / (2 * step))
      #expect(abs(rate[component] - difference) < 1e-10, "\(flow.system.names[component])")
    }
  }

  /// Compiled code against the plan, also where the body is split into many functions.
  @Test(.enabled(if: CCompiler.found() != nil, "needs a C compiler"), arguments: [(2, 2, 2), (3, 3, 2)])
  func sameNumbers(window: Int, heads: Int, degree: Int) throws {
    let folder = try TemporaryCache()
    let flow = try LeadingOrderFlow(window: window, heads: heads, degree: degree)
    let planned = try ScalarFunction(planning: flow.system)
    let compiled = try ScalarFunction(flow.system, cache: folder.cache)
    guard case .compiled = compiled.route else {
      Issue.record("\(compiled.route)")
      return
    }
    var random = SeededGenerator(seed: 3)
    for _ in 0..<50 {
      let state = flow.start.map { $0 + random.number(-2...2) }
      let (found, expected) = (compiled(state), planned(state))
      let scale = expected.map(\.magnitude).max() ?? 1
      #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-14 * scale })
    }
  }

  /// Random expressions with every function: compiled against direct evaluation.
  @Test(.enabled(if: CCompiler.found() != nil, "needs a C compiler"))
  func randomFunctions() throws {
    let folder = try TemporaryCache()
    for seed in UInt64(0)..<12 {
      let random = RandomExpression(seed: 100 + seed)
      let system = try ScalarSystem(
        [ScalarEquation(random.expression)],
        inputs: random.parameters.map { symbol in
          ScalarInput(symbol, (random.numbers[symbol] ?? []).map { "\($0)" })
        }, constants: random.coefficients)
      let compiled = try ScalarFunction(system, cache: folder.cache)
      let point = random.parameters.flatMap { random.numbers[$0] ?? [] }
      let expected = DirectEvaluator(random.graph, values: random.numbers).evaluate([random.expression])[0]
      let scale = 1 + (expected.map { abs($0) }.max() ?? 0)
      for (found, expected) in zip(compiled(point), expected) {
        #expect(abs(found - expected) <= 1e-13 * scale, "seed \(seed)")
      }
    }
  }

  /// A library is used again, and made again when its file was damaged; several threads may make it at once.
  @Test(.enabled(if: CCompiler.found() != nil, "needs a C compiler"))
  func cache() throws {
    let folder = try TemporaryCache()
    let expected = try Self.value { try ScalarFunction(planning: $0) }.value
    /// Builds the system anew: graphs stay on one thread.
    @Sendable func route() throws -> ScalarFunction.Route {
      let (route, value) = try Self.value { try ScalarFunction($0, cache: folder.cache) }
      #expect(zip(value, expected).allSatisfy { abs($0 - $1) < 1e-14 })
      return route
    }
    guard case .compiled(let compiler, isCached: false) = try route() else {
      Issue.record("not compiled")
      return
    }
    #expect(try route() == .compiled(by: compiler, isCached: true))
    let files = try FileManager.default.contentsOfDirectory(at: folder.url, includingPropertiesForKeys: nil)
    let library = try #require(files.first { $0.pathExtension == "so" })
    #expect(files.count == 2)
    try Data("not a library".utf8).write(to: library)
    #expect(try route() == .compiled(by: compiler, isCached: false))
    #expect(try route() == .compiled(by: compiler, isCached: true))
    try FileManager.default.removeItem(at: library)
    DispatchQueue.concurrentPerform(iterations: 4) { _ in _ = try? route() }
    #expect(try route() == .compiled(by: compiler, isCached: true))
  }

  private static func value(
    _ make: (ScalarSystem) throws -> ScalarFunction
  ) throws -> (route: ScalarFunction.Route, value: [Double]) {
    let flow = try LeadingOrderFlow(window: 2, heads: 2, degree: 1)
    let function = try make(flow.system)
    return (function.route, function(flow.start))
  }

  /// Without a compiler, or with one that fails, a plan stands in and says why.
  @Test func fallBack() throws {
    let folder = try TemporaryCache()
    let flow = try LeadingOrderFlow(window: 2, heads: 2, degree: 1)
    var warnings: [String] = []
    let none = try ScalarFunction(flow.system, compiler: nil, cache: folder.cache) { warnings.append($0) }
    #expect(none.route == .planned(reason: .noCompiler))
    #expect(warnings.count == 1 && warnings[0].contains("planned, because no C compiler found"))
    #expect(try ScalarFunction(planning: flow.system).route == .planned(reason: nil))
    #expect(CCompiler.found(searching: "/nowhere:/nor-here") == nil)
    let failing = try ScalarFunction(
      flow.system, compiler: CCompiler(path: "/bin/false"), cache: folder.cache
    ) {
      warnings.append($0)
    }
    guard case .planned(reason: .compilerFailed) = failing.route else {
      Issue.record("\(failing.route)")
      return
    }
    let missing = try ScalarFunction(flow.system, compiler: CCompiler(path: "/no/such"), cache: folder.cache)
    {
      warnings.append($0)
    }
    guard case .planned(reason: .compilerDidNotStart) = missing.route else {
      Issue.record("\(missing.route)")
      return
    }
    #expect(warnings.count == 3)
    #expect(failing(flow.start) == none(flow.start))
  }
}

/// A folder for compiled libraries that vanishes with its owner.
final class TemporaryCache: Sendable {
  let url = FileManager.default.temporaryDirectory.appendingPathComponent("tensors-\(UUID().uuidString)")
  var cache: CompilationCache { CompilationCache(folder: url) }

  init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(at: url) }
}
