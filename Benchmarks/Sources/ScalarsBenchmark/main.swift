// The reduced dynamics of M = 3, H = 3, D = 2 as compiled scalar equations: compile time, one right-hand side, one
// integration to t = 1e5 at tolerance 1e-9; then the compile time of larger systems.
// Processor time of this thread, the compiler's by the wall clock.
//
//   swift run -c release --package-path Benchmarks scalars
//   python3 Benchmarks/scalars/jitcode_flow.py
//   python3 Benchmarks/scalars/heyoka_flow.py

import Foundation
import ODESolvers
import SymbolicTensors

func seconds(_ body: () throws -> Void) rethrows -> Double {
  let start = clock()
  try body()
  return Double(clock() - start) / Double(CLOCKS_PER_SEC)
}

func wall(_ body: () throws -> Void) rethrows -> Double {
  let elapsed = try ContinuousClock().measure(body)
  return Double(elapsed.components.attoseconds) * 1e-18 + Double(elapsed.components.seconds)
}

func median(_ count: Int, _ body: () throws -> Double) rethrows -> Double {
  try (0..<count).map { _ in try body() }.sorted()[count / 2]
}

let folder = FileManager.default.temporaryDirectory.appendingPathComponent("scalars-\(UUID().uuidString)")
defer { try? FileManager.default.removeItem(at: folder) }
let cache = CompilationCache(folder: folder)

let flow: Flow
var made: Flow?
let derivation = try wall { made = try Flow(window: 3, heads: 3, degree: 2, scale: 0.1) }
guard let made else { exit(1) }
flow = made
var compiled: ScalarFunction?
let compilation = try wall { compiled = try ScalarFunction(flow.system, cache: cache) }
guard let function = compiled else { exit(1) }
print(
  "derive and unroll         \(derivation * 1e3) ms; \(function.operationCount) operations; \(function.route)"
)
print("compile and load          \(compilation) s")

var rate = flow.start
let calls = 200_000
for (name, function) in [
  ("compiled", function), ("planned", try ScalarFunction(planning: flow.system)),
] {
  let time = median(5) {
    seconds { for _ in 0..<calls { function.evaluate(flow.start, into: &rate) } } / Double(calls)
  }
  print("right-hand side           \(time * 1e6) µs, \(name)")
}

let system = ODESystem(dimension: flow.start.count, names: flow.system.names) { _, state, derivative in
  function.evaluate(state, into: &derivative)
}
for stepper in [Stepper.rk8pd, .msadams, .rkf45] {
  let solver = Solver(stepper: stepper, tolerance: Tolerance(relative: 1e-9, absolute: 1e-9))
  var outcome: Solution?
  let time = try median(5) {
    try seconds { outcome = try solve(system, from: 0, state: flow.start, to: 1e5, solver: solver) }
  }
  if let outcome = outcome?.outcome {
    let end = outcome.state
    print(
      "one integration           \(time * 1e3) ms, \(stepper.rawValue), \(outcome.counts.evaluations) evaluations,",
      "w[1 1] = \(end[0]), c[1] = \(end[10])")
  }
}

// Compile time against size: the same equations with more lags and heads.
let empty = CompilationCache(folder: folder.appendingPathComponent("sizes"))
for size in [3, 4, 5] {
  let larger = try Flow(window: size, heads: size, degree: 2, scale: 0.1)
  var function: ScalarFunction?
  let time = try wall { function = try ScalarFunction(larger.system, cache: empty) }
  guard let function, case .compiled = function.route else { continue }
  let operations = Double(function.operationCount)
  print(
    "compile M = H = \(size)         \(time) s, \(function.operationCount) operations,",
    "\(time / operations * 1e6) µs an operation")
}
