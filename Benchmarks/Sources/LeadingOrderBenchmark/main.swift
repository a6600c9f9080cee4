// The leading-order level as Theory derives it: expansion and coefficient tensors, and one right-hand side of the flow
// in tensor form. Processor time of one thread.
//
//   swift run -c release --package-path Benchmarks leading-order
//   python3 Benchmarks/leading-order/coefficients.py
//   python3 Benchmarks/leading-order/numba_flow.py

import Foundation
import InductionModel
import MarkovChains
import Theory

struct Size {
  let name: String
  let window, heads, degree: Int
}

let sizes = [
  Size(name: "M=3 H=3 D=2", window: 3, heads: 3, degree: 2),
  Size(name: "M=6 H=4 D=3", window: 6, heads: 4, degree: 3),
]

func seconds(_ body: () throws -> Void) rethrows -> Double {
  let start = clock()
  try body()
  return Double(clock() - start) / Double(CLOCKS_PER_SEC)
}

func median(_ count: Int, _ body: () throws -> Double) rethrows -> Double {
  try (0..<count).map { _ in try body() }.sorted()[count / 2]
}

for size in sizes {
  let model = try ModelDefinition(tokens: 3, window: size.window, heads: size.heads, degree: size.degree)
  let kernels = try Prior(concentration: 0.5, kernels: 64, seed: 1).draw(tokens: 3, parents: [1, 2])
  let laws = try WindowLaws(kernels: kernels, window: size.window)
  var made: LeadingOrderLoss?
  let derivation = try median(3) {
    try seconds { made = try LeadingOrderLoss(model: model, loss: Loss(), laws: laws) }
  }
  guard let loss = made else { exit(1) }
  let point = Parameters(model: model, own: 1, other: 0, coefficients: 1, scale: 0.1).flat
  var gradient = point
  let calls = 10_000
  loss.gradient(point, into: &gradient)
  let rate = median(7) {
    seconds { for _ in 0..<calls { loss.gradient(point, into: &gradient) } } / Double(calls)
  }
  print(
    size.name, "K=64", "coefficients and derivation", String(format: "%.3f s", derivation),
    "right-hand side", String(format: "%.2f µs", rate * 1e6),
    "|gradient|", String(format: "%.15g", gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()))
}
