// The flows as Theory derives them: how long the derivation takes, with the Hessian; of the leading order, how long the
// coefficient tensors and one right-hand side take, in tensor form and as compiled scalar equations. Processor time of
// one thread; the compiler's by the wall clock.
//
//   swift run -c release --package-path Benchmarks leading-order
//   python3 Benchmarks/leading-order/coefficients.py
//   python3 Benchmarks/leading-order/numba_flow.py

import Foundation
import InductionModel
import MarkovChains
import SymbolicTensors
import Theory

struct Size {
  let name: String
  let window, heads, degree: Int
  /// What is worth measuring: the coefficient tensors, the compiled equations.
  let isEvaluated, isCompiled: Bool
}

let sizes = [
  Size(name: "M=3 H=3 D=2", window: 3, heads: 3, degree: 2, isEvaluated: true, isCompiled: true),
  Size(name: "M=6 H=4 D=3", window: 6, heads: 4, degree: 3, isEvaluated: true, isCompiled: false),
  Size(name: "M=8 H=6 D=3", window: 8, heads: 6, degree: 3, isEvaluated: false, isCompiled: false),
]

func seconds(_ body: () throws -> Void) rethrows -> Double {
  let start = clock()
  try body()
  return Double(clock() - start) / Double(CLOCKS_PER_SEC)
}

func median(_ count: Int, _ body: () throws -> Double) rethrows -> Double {
  try (0..<count).map { _ in try body() }.sorted()[count / 2]
}

func report(_ size: Size, _ what: String, _ value: Double, _ unit: String, _ remark: String = "") {
  let name = what.padding(toLength: 44, withPad: " ", startingAt: 0)
  print(size.name, "K=64 ", name, String(format: "%8.3g", value), unit, remark)
}

for size in sizes {
  let model = try ModelDefinition(tokens: 3, window: size.window, heads: size.heads, degree: size.degree)
  let kernels = try Prior(concentration: 0.5, kernels: 64, seed: 1).draw(tokens: 3, parents: [1, 2])
  let laws = try WindowLaws(kernels: kernels, window: size.window)

  var nodes = 0
  let exact = try median(3) {
    try seconds {
      let level = InfiniteContext(model: model, loss: Loss(), laws: laws)
      guard level.equations.jacobianProduct() != nil else { throw TheoryError.noExpansion }
      nodes = level.graph.count
    }
  }
  report(size, "infinite context, flow and Hessian", exact * 1e3, "ms", "\(nodes) nodes")
  let reduced = try median(3) {
    try seconds {
      let level = try LeadingOrder(model: model, loss: Loss(), laws: laws)
      guard level.equations.jacobianProduct() != nil else { throw TheoryError.noExpansion }
      nodes = level.graph.count
    }
  }
  report(size, "leading order, flow and Hessian", reduced * 1e3, "ms", "\(nodes) nodes")
  guard size.isEvaluated else { continue }

  var made: LeadingOrderLoss?
  let derivation = try median(3) {
    try seconds { made = try LeadingOrderLoss(model: model, loss: Loss(), laws: laws) }
  }
  report(size, "leading order, flow and coefficient tensors", derivation * 1e3, "ms")
  guard let loss = made else { exit(1) }
  let start = Parameters(model: model, own: 1, other: 0, coefficients: 1, scale: 0.1)
  let point = start.flat
  var gradient = point
  let calls = 10_000
  loss.gradient(point, into: &gradient)
  let rate = median(7) {
    seconds { for _ in 0..<calls { loss.gradient(point, into: &gradient) } } / Double(calls)
  }
  report(size, "right-hand side, tensor form", rate * 1e6, "µs")
  guard size.isCompiled else { continue }

  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("flow-\(UUID().uuidString)")
  defer { try? FileManager.default.removeItem(at: folder) }
  var scalars: ScalarSystem?
  let unrolling = try seconds { scalars = try loss.flow(DerivationRequest(start: start)).scalarSystem() }
  guard let scalars else { exit(1) }
  report(size, "written out in scalars", unrolling * 1e3, "ms")
  var compiled: ScalarFunction?
  let elapsed = try ContinuousClock().measure {
    compiled = try ScalarFunction(scalars, cache: CompilationCache(folder: folder))
  }
  guard let function = compiled else { exit(1) }
  let compilation =
    Double(elapsed.components.attoseconds) * 1e-18 + Double(elapsed.components.seconds)
  report(size, "compiler", compilation, "s ", "\(function.route)")
  var slope = point
  function.evaluate(point, into: &slope)
  let difference = zip(slope, gradient).map { abs($0 + $1) }.max() ?? 0
  let time = median(7) {
    seconds { for _ in 0..<20 * calls { function.evaluate(point, into: &slope) } } / Double(20 * calls)
  }
  report(
    size, "right-hand side, compiled", time * 1e6, "µs",
    "\(function.operationCount) operations, differs by \(difference)")
}
