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
    let function = ScalarFunction(interpreting: flow.system)
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

  /// Compiled and interpreted code give the same bits, also where the body is split into many functions.
  @Test(arguments: [(2, 2, 2), (3, 3, 2)])
  func sameBits(window: Int, heads: Int, degree: Int) throws {
    let folder = try TemporaryCache()
    let flow = try LeadingOrderFlow(window: window, heads: heads, degree: degree)
    let (interpreted, compiled) = (
      ScalarFunction(interpreting: flow.system), ScalarFunction(flow.system, cache: folder.cache)
    )
    guard case .compiled = compiled.route else {
      print("no compiled code to compare: \(compiled.route)")
      return
    }
    var random = SeededGenerator(seed: 3)
    for _ in 0..<50 {
      let state = flow.start.map { $0 + random.number(-2...2) }
      // Exponentials may differ by 2 ulp; with the C library's on both sides they do not.
      #expect(compiled(state) == interpreted(state))
    }
  }

  /// Random expressions with every function: compiled against interpreted.
  @Test func randomFunctions() throws {
    let folder = try TemporaryCache()
    for seed in UInt64(0)..<12 {
      let random = RandomExpression(seed: 100 + seed)
      let system = try ScalarSystem(
        [ScalarEquation(random.expression)],
        inputs: random.parameters.map { symbol in
          ScalarInput(symbol, (random.numbers[symbol] ?? []).map { "\($0)" })
        }, constants: random.coefficients)
      let (interpreted, compiled) = (
        ScalarFunction(interpreting: system), ScalarFunction(system, cache: folder.cache)
      )
      let point = random.parameters.flatMap { random.numbers[$0] ?? [] }
      for (found, expected) in zip(compiled(point), interpreted(point)) {
        #expect(abs(found - expected) <= 8 * expected.ulp, "seed \(seed)")
      }
    }
  }

  /// A library is used again, and made again when its file was damaged; several threads may make it at once.
  @Test func cache() throws {
    let folder = try TemporaryCache()
    let flow = try LeadingOrderFlow(window: 2, heads: 2, degree: 1)
    let expected = ScalarFunction(interpreting: flow.system)(flow.start)
    @Sendable func route() -> ScalarFunction.Route {
      let function = ScalarFunction(flow.system, cache: folder.cache)
      #expect(function(flow.start) == expected)
      return function.route
    }
    guard case .compiled(let compiler, isCached: false) = route() else { return }
    #expect(route() == .compiled(by: compiler, isCached: true))
    let files = try FileManager.default.contentsOfDirectory(at: folder.url, includingPropertiesForKeys: nil)
    let library = try #require(files.first { $0.pathExtension == "so" })
    #expect(files.count == 2)
    try Data("not a library".utf8).write(to: library)
    #expect(route() == .compiled(by: compiler, isCached: false))
    #expect(route() == .compiled(by: compiler, isCached: true))
    try FileManager.default.removeItem(at: library)
    DispatchQueue.concurrentPerform(iterations: 4) { _ in _ = route() }
    #expect(route() == .compiled(by: compiler, isCached: true))
  }

  /// Without a compiler, or with one that fails, the interpreter stands in and says why.
  @Test func fallBack() throws {
    let folder = try TemporaryCache()
    let flow = try LeadingOrderFlow(window: 2, heads: 2, degree: 1)
    var warnings: [String] = []
    let none = ScalarFunction(flow.system, compiler: nil, cache: folder.cache) { warnings.append($0) }
    #expect(none.route == .interpreted(reason: .noCompiler))
    #expect(warnings.count == 1 && warnings[0].contains("interpreted, because no C compiler found"))
    #expect(ScalarFunction(interpreting: flow.system).route == .interpreted(reason: nil))
    #expect(CCompiler.found(searching: "/nowhere:/nor-here") == nil)
    let failing = ScalarFunction(flow.system, compiler: CCompiler(path: "/bin/false"), cache: folder.cache) {
      warnings.append($0)
    }
    guard case .interpreted(reason: .compilerFailed) = failing.route else {
      Issue.record("\(failing.route)")
      return
    }
    let missing = ScalarFunction(flow.system, compiler: CCompiler(path: "/no/such"), cache: folder.cache) {
      warnings.append($0)
    }
    guard case .interpreted(reason: .compilerDidNotStart) = missing.route else {
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
