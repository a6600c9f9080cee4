// One gradient of the infinite-context loss beside its two matrix products done by OpenBLAS alone, in turn; and the
// Hessian in units of gradients.
//
//   swift run -c release --package-path Benchmarks gradient [threads]
//   python3 Benchmarks/gradient/jax_gradient.py [threads]

import BLAS
import Foundation
import InductionModel
import MarkovChains
import Theory

struct Size {
  let name: String
  let tokens, window, heads, degree, kernels: Int
}

let sizes = [
  Size(name: "d=3 M=5 H=3 D=2 K=64", tokens: 3, window: 5, heads: 3, degree: 2, kernels: 64),
  Size(name: "d=2 M=8 H=8 D=2 K=64", tokens: 2, window: 8, heads: 8, degree: 2, kernels: 64),
  Size(name: "d=3 M=3 H=3 D=2 K=64", tokens: 3, window: 3, heads: 3, degree: 2, kernels: 64),
]
let threads = CommandLine.arguments.dropFirst().first.flatMap(Int.init) ?? 1

/// On one thread processor time, which other programs do not disturb; on several the wall clock.
func milliseconds(_ body: () -> Void) -> Double {
  if threads == 1 {
    let start = clock()
    body()
    return Double(clock() - start) / Double(CLOCKS_PER_SEC) * 1e3
  }
  let elapsed = ContinuousClock().measure(body)
  return Double(elapsed.components.attoseconds) * 1e-15 + Double(elapsed.components.seconds) * 1e3
}

extension [Double] {
  var median: Double { sorted()[count / 2] }
}

/// Forward μ[π e, Z] E[Z, z] and backward μᵀ g, as BLAS does them.
struct Products {
  let rows, windows: Int
  var mass: [Double]
  var weights: [Double]
  var result: [Double]
  var square: [Double]

  init(rows: Int, windows: Int) {
    self.rows = rows
    self.windows = windows
    mass = (0..<rows * windows).map { _ in .random(in: 0...1) }
    weights = (0..<windows * windows).map { _ in .random(in: 0...1) }
    result = [Double](repeating: 0, count: rows * windows)
    square = weights
  }

  mutating func run() {
    var (m, n) = (Int32(windows), Int32(rows))
    var (one, zero) = (1.0, 0.0)
    dgemm_("N", "N", &m, &n, &m, &one, weights, &m, mass, &m, &zero, &result, &m)
    dgemm_("N", "T", &m, &m, &n, &one, result, &m, mass, &m, &zero, &square, &m)
  }
}

for size in sizes {
  let model = try ModelDefinition(
    tokens: size.tokens, window: size.window, heads: size.heads, degree: size.degree)
  let source = try Prior(concentration: 0.5, kernels: size.kernels, seed: 1)
  let kernels = try source.draw(tokens: size.tokens, parents: [1, 2])
  let laws = try WindowLaws(kernels: kernels, window: size.window)
  let loss = try InfiniteContextLoss(model: model, loss: Loss(), laws: laws, threads: threads)
  let point = Parameters(model: model, own: 1, other: 0, coefficients: 1, scale: 1).flat
  var gradient = point
  var products = Products(rows: size.kernels * size.tokens, windows: laws.windows)
  var ours: [Double] = []
  var theirs: [Double] = []
  for round in 0..<110 {
    let mine = milliseconds { loss.gradient(point, into: &gradient) }
    openblas_set_num_threads(Int32(threads))
    let blas = milliseconds { products.run() }
    openblas_set_num_threads(1)
    guard round >= 10 else { continue }
    ours.append(mine)
    theirs.append(blas)
  }
  let ratio = zip(ours, theirs).map { $0 / $1 }.median
  print(
    size.name, "threads", threads, "gradient", String(format: "%.3f ms", ours.median), "products",
    String(format: "%.3f ms", theirs.median), "ratio", String(format: "%.2f", ratio))

  let components = Array(point.indices)
  var hessian = try loss.hessian(point, components: components)
  var costs: [Double] = []
  var ratios: [Double] = []
  for _ in 0..<9 {
    let whole = milliseconds { hessian = (try? loss.hessian(point, components: components)) ?? [] }
    let few = 10
    let gradients = milliseconds { for _ in 0..<few { loss.gradient(point, into: &gradient) } }
    costs.append(whole)
    ratios.append(whole / gradients * Double(few))
  }
  // Against the product with a direction, which goes another way.
  let direction = components.map { sin(Double($0)) }
  var expected = point
  try loss.hessianProduct(point, along: direction, product: &expected)
  let found = components.map { row in
    components.reduce(0) { $0 + hessian[row * components.count + $1] * direction[$1] }
  }
  let error = zip(found, expected).map { abs($0 - $1) }.max() ?? 0
  print(
    size.name, "threads", threads, "parameters", components.count, "Hessian",
    String(format: "%.1f ms", costs.median), "in gradients",
    String(format: "%.1f", ratios.median),
    "error", String(format: "%.0e", error / (expected.map(abs).max() ?? 1)))
}
