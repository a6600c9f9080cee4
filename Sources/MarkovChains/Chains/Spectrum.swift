import Foundation
import GSLSupport

/// |λ₂| of a window chain, the largest modulus of an eigenvalue beside the simple 1.
extension WindowChain {
  /// Up to this many windows all eigenvalues come from GSL's QR iteration. Exact zeros of T are defective, and
  /// come out as up to 1e-16 to the power 1/r_n.
  private static let mostDenseStates = 64

  /// Beyond `mostDenseStates`, the growth rate of sum-zero row vectors under T, to about 1e-3.
  ///
  /// - Complexity: O(d^{3 r_n}) up to 64 windows, about 1,300 steps of O(d^{r_n + 1}) beyond.
  func secondEigenvalue(_ kernel: Kernel) -> Double {
    states <= Self.mostDenseStates ? denseSecondEigenvalue(kernel) ?? decayRate(kernel) : decayRate(kernel)
  }

  private func denseSecondEigenvalue(_ kernel: Kernel) -> Double? {
    var matrix = Array(repeating: 0.0, count: states * states)
    for window in 0..<states {
      for token in 0..<tokens {
        matrix[window * states + successorBase(window) + token] = kernel.probabilities[row(window) + token]
      }
    }
    guard var values = GSL.eigenvalues(matrix, size: states) else { return nil }
    func distance(_ index: Int) -> Double {
      let (real, imaginary) = values[index]
      return (real - 1) * (real - 1) + imaginary * imaginary
    }
    guard let one = values.indices.min(by: { distance($0) < distance($1) }) else { return nil }
    values.remove(at: one)
    return values.map { ($0.real * $0.real + $0.imaginary * $0.imaginary).squareRoot() }.max()
  }

  /// (‖v T^{k+m}‖ / ‖v T^k‖)^{1/m} → |λ₂| for a sum-zero v: those vectors are invariant under v ↦ vT, and on them
  /// T has every eigenvalue but the simple 1. That the norms oscillate, where several eigenvalues share the
  /// modulus, costs O(1/m); Krylov methods have more trouble there (lag 8 alone gives rings of eight).
  private func decayRate(_ kernel: Kernel) -> Double {
    let (settling, measured) = (256, 1024)
    // Any vector without structure does; this one is the same on every machine.
    var vector = (0..<states).map { (Double($0 + 1) * 0.618_033_988_749_894_9).remainder(dividingBy: 1) }
    var next = vector
    var logarithm = 0.0
    for iteration in 0..<settling + measured {
      let mean = vector.reduce(0, +) / Double(states)
      let norm = vector.reduce(0) { $0 + abs($1 - mean) }
      guard norm > 0 else { return 0 }
      if iteration > settling { logarithm += log(norm) }
      for index in next.indices { next[index] = 0 }
      for window in 0..<states {
        let (base, entries, weight) = (successorBase(window), row(window), (vector[window] - mean) / norm)
        for token in 0..<tokens { next[base + token] += weight * kernel.probabilities[entries + token] }
      }
      swap(&vector, &next)
    }
    return min(1, exp(logarithm / Double(measured - 1)))
  }
}
