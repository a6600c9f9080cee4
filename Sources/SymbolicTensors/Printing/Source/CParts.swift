/// The parts of a scalar program as C functions.
struct CParts {
  /// Functions with the helper that they call.
  let definitions: String
  /// Statements that compute the result.
  let calls: [String]

  /// - Parameters:
  ///   - name: what the functions are called, with a number behind.
  ///   - arguments: arrays of numbers that are read.
  ///   - result: the array that is written.
  init(_ parts: [[String]], named name: String, reading arguments: [String], into result: String) {
    let given = arguments + [result, ScalarSource.Names.scratch]
    let parameters =
      (arguments.map { "const double *restrict \($0)" }
      + [result, ScalarSource.Names.scratch].map {
        "double *restrict \($0)"
      }).joined(separator: ", ")
    definitions = zip(0..., parts).map { number, lines in
      """
      APART static void \(name)_\(number)(\(parameters)) {
      \((given.map { "(void)\($0);" } + lines).map { "  \($0)" }.joined(separator: "\n"))
      }

      """
    }.joined(separator: "\n")
    calls = parts.indices.map { "\(name)_\($0)(\(given.joined(separator: ", ")));" }
  }

  /// Compilers take more than linear time over functions that they have put together.
  static let apart = """
    #if defined(__GNUC__)
    #define APART __attribute__((noinline))
    #else
    #define APART
    #endif

    """

  /// What tables call.
  static let multiply = """
    /* result = matrix * vector, row-major. */
    static void multiply(const double *matrix, int rows, int columns, const double *vector, double *result) {
      for (int i = 0; i < rows; i++) {
        double total = 0.0;
        for (int j = 0; j < columns; j++) total += matrix[(long)i * columns + j] * vector[j];
        result[i] = total;
      }
    }

    """
}
