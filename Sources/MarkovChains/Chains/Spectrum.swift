import CGSL

/// |λ₂| of a window chain, the largest modulus of an eigenvalue beside the simple 1.
///
/// Sum-zero row vectors are invariant under v ↦ vT, and on them T has every eigenvalue but that 1: no stationary
/// law is needed to deflate. Up to `dense` windows all eigenvalues come from GSL's QR iteration; beyond, from
/// Arnoldi's method (Quart. Appl. Math. 9, 1951) on that subspace, enlarged until the modulus settles.
extension WindowChain {
  private static let dense = 64
  private static let arnoldiSizes = [24, 48, 96, 192]
  private static let settled = 1e-6

  /// Nil where neither method settles: then do not rely on mixing. Exact zeros of T come out as up to 1e-16
  /// to the power 1/r_n, because they are defective.
  ///
  /// - Complexity: O(d^{3 r_n}) up to 64 windows, else at most 192² d^{r_n}.
  func secondEigenvalue(_ kernel: Kernel) -> Double? {
    guard states > Self.dense else { return denseSecondEigenvalue(kernel) }
    var basis = [startVector]
    var hessenberg: [[Double]] = []
    var previous: Double?
    for size in Self.arnoldiSizes where size < states {
      let isInvariant = extendArnoldi(&basis, &hessenberg, to: size, kernel)
      guard let modulus = largestModulus(of: hessenberg) else { return nil }
      if isInvariant { return modulus }
      if let previous, abs(modulus - previous) <= Self.settled { return modulus }
      previous = modulus
    }
    return nil
  }

  private func denseSecondEigenvalue(_ kernel: Kernel) -> Double? {
    var matrix = Array(repeating: 0.0, count: states * states)
    for window in 0..<states {
      for token in 0..<tokens {
        matrix[window * states + successorBase(window) + token] = kernel.probabilities[row(window) + token]
      }
    }
    guard var values = eigenvalues(matrix, size: states) else { return nil }
    func distance(_ index: Int) -> Double {
      let (real, imaginary) = values[index]
      return (real - 1) * (real - 1) + imaginary * imaginary
    }
    guard let one = values.indices.min(by: { distance($0) < distance($1) }) else { return nil }
    values.remove(at: one)
    return values.map { ($0 * $0 + $1 * $1).squareRoot() }.max()
  }

  /// Grows an orthonormal basis of the Krylov space and the projection of T, whose column k is `hessenberg[k]`.
  /// True if the space is invariant, so that it cannot grow.
  private func extendArnoldi(
    _ basis: inout [[Double]], _ hessenberg: inout [[Double]], to size: Int, _ kernel: Kernel
  ) -> Bool {
    while hessenberg.count < size {
      var vector = sumZero(times(basis[hessenberg.count], kernel))
      let scale = norm(vector)
      var column = Array(repeating: 0.0, count: basis.count)
      for _ in 0..<2 {  // once more, because one pass of Gram-Schmidt leaves rounding behind
        for (index, direction) in basis.enumerated() {
          let component = zip(vector, direction).reduce(0) { $0 + $1.0 * $1.1 }
          column[index] += component
          for entry in vector.indices { vector[entry] -= component * direction[entry] }
        }
      }
      let rest = norm(vector)
      hessenberg.append(column + [rest])
      guard rest > 1e-13 * scale, rest > 0 else { return true }
      basis.append(vector.map { $0 / rest })
    }
    return false
  }

  private func largestModulus(of hessenberg: [[Double]]) -> Double? {
    let size = hessenberg.count
    var matrix = Array(repeating: 0.0, count: size * size)
    for (column, entries) in hessenberg.enumerated() {
      for (row, entry) in entries.prefix(size).enumerated() { matrix[row * size + column] = entry }
    }
    return eigenvalues(matrix, size: size)?.map { ($0 * $0 + $1 * $1).squareRoot() }.max()
  }

  /// Any vector without structure does; this one is the same on every machine.
  private var startVector: [Double] {
    let vector = sumZero(
      (0..<states).map { (Double($0 + 1) * 0.618_033_988_749_894_9).remainder(dividingBy: 1) })
    let length = norm(vector)
    return vector.map { $0 / length }
  }

  /// vT.
  private func times(_ vector: [Double], _ kernel: Kernel) -> [Double] {
    var result = Array(repeating: 0.0, count: states)
    for window in 0..<states {
      let (base, entries) = (successorBase(window), row(window))
      for token in 0..<tokens {
        result[base + token] += vector[window] * kernel.probabilities[entries + token]
      }
    }
    return result
  }

  private func sumZero(_ vector: [Double]) -> [Double] {
    let mean = vector.reduce(0, +) / Double(states)
    return vector.map { $0 - mean }
  }

  private func norm(_ vector: [Double]) -> Double { vector.reduce(0) { $0 + $1 * $1 }.squareRoot() }
}

/// All eigenvalues of a real matrix; nil if GSL's QR iteration does not converge.
private func eigenvalues(_ matrix: [Double], size: Int) -> [(Double, Double)]? {
  GSL.prepare()
  var matrix = matrix
  var values = Array(repeating: 0.0, count: 2 * size)
  let workspace = gsl_eigen_nonsymm_alloc(size)
  defer { gsl_eigen_nonsymm_free(workspace) }
  let status = matrix.withUnsafeMutableBufferPointer { matrix in
    values.withUnsafeMutableBufferPointer { values in
      var view = gsl_matrix_view_array(matrix.baseAddress, size, size)
      var results = gsl_vector_complex_view_array(values.baseAddress, size)
      return gsl_eigen_nonsymm(&view.matrix, &results.vector, workspace)
    }
  }
  guard status == Int32(GSL_SUCCESS) else { return nil }
  return (0..<size).map { (values[2 * $0], values[2 * $0 + 1]) }
}
