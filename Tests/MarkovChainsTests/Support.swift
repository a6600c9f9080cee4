import Foundation
import MarkovChains
import TestSupport

extension SeededGenerator {
  mutating func token(_ law: some Collection<Double>) -> Int {
    var rest = Double.random(in: 0..<1, using: &self)
    for (token, probability) in law.enumerated() {
      rest -= probability
      if rest < 0 { return token }
    }
    return law.count - 1
  }

  /// Uniform start, then the kernel.
  mutating func sequence(_ kernel: Kernel, length: Int) -> [Int] {
    var sequence: [Int] = []
    while sequence.count < length {
      let position = sequence.count
      if position < kernel.memory {
        sequence.append(Int.random(in: 0..<kernel.tokens, using: &self))
      } else {
        let context = kernel.parents.reversed().reduce(0) { $0 * kernel.tokens + sequence[position - $1] }
        sequence.append(token(kernel.row(context)))
      }
    }
    return sequence
  }
}

/// Relative difference of two numbers.
func relativeError(_ value: Double, _ expected: Double) -> Double {
  value == expected ? 0 : abs(value - expected) / abs(expected)
}

func integerPower(_ base: Int, _ exponent: Int) -> Int {
  (0..<exponent).reduce(1) { result, _ in result * base }
}

/// The token `lag` steps back in a window with index Σ_j x_{t−j} d^{j−1}.
func token(_ window: Int, lag: Int, tokens: Int) -> Int { window / integerPower(tokens, lag - 1) % tokens }

/// One step of the chain of windows of `length` tokens, written from the definition.
func step(_ law: [Double], _ kernel: Kernel, length: Int) -> [Double] {
  var next = Array(repeating: 0.0, count: law.count)
  for window in law.indices {
    var context = 0
    for (digit, lag) in kernel.parents.enumerated() {
      context += token(window, lag: lag, tokens: kernel.tokens) * integerPower(kernel.tokens, digit)
    }
    for (e, probability) in kernel.row(context).enumerated() {
      let kept = window % integerPower(kernel.tokens, length - 1)
      next[e + kernel.tokens * kept] += law[window] * probability
    }
  }
  return next
}

/// Independent and slow: start uniform and step until nothing changes. Only for chains that mix fast.
func stationaryByIteration(_ kernel: Kernel, length: Int) -> [Double] {
  let windows = integerPower(kernel.tokens, length)
  var law = Array(repeating: 1 / Double(windows), count: windows)
  for _ in 0..<5000 {
    let next = step(law, kernel, length: length)
    let change = zip(law, next).map { abs($0 - $1) }.max() ?? 0
    law = next
    if change < 1e-17 { break }
  }
  return law
}
