import CGSL

extension GSL {
  /// All eigenvalues of a real square matrix, row-major.
  ///
  /// The matrix is balanced first: rates in one Jacobian can differ by twenty powers of ten.
  ///
  /// - Returns: nil where the QR iteration does not converge, as for entries that are not finite, or memory runs out.
  /// - Complexity: O(size³).
  package static func eigenvalues(_ matrix: [Double], size: Int) -> [(real: Double, imaginary: Double)]? {
    precondition(matrix.count == size * size, "a square matrix")
    prepare()
    guard let workspace = gsl_eigen_nonsymm_alloc(size) else { return nil }
    defer { gsl_eigen_nonsymm_free(workspace) }
    gsl_eigen_nonsymm_params(0, 1, workspace)
    var matrix = matrix
    var values = Array(repeating: 0.0, count: 2 * size)
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
}
