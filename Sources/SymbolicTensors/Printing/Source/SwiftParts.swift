/// The parts of a scalar program as methods of a Swift class.
struct SwiftParts {
  let definitions: String
  /// Statements that compute the result.
  let calls: [String]

  /// - Parameters: as of `CParts`.
  init(_ parts: [[String]], named name: String, reading arguments: [String], into result: String) {
    let scratch = ScalarSource.Names.scratch
    let parameters =
      (arguments.map { "_ \($0): UnsafeBufferPointer<Double>" } + [
        "_ \(result): UnsafeMutableBufferPointer<Double>", "_ \(scratch): UnsafeMutablePointer<Double>",
      ]).joined(separator: ", ")
    definitions = zip(0..., parts).map { number, lines in
      """

        @inline(never)
        private func \(name)_\(number)(
          \(parameters)
        ) {
      \(lines.map { "    \($0)" }.joined(separator: "\n"))
        }

      """
    }.joined()
    calls = parts.indices.map {
      "\(name)_\($0)(\((arguments + [result]).joined(separator: ", ")), workspace)"
    }
  }

  /// What tables call.
  static let multiply = """

      /// result = matrix · vector, row-major.
      private func multiply(
        _ matrix: [Double], _ rows: Int, _ columns: Int, _ vector: UnsafeMutablePointer<Double>,
        _ result: UnsafeMutablePointer<Double>
      ) {
        matrix.withUnsafeBufferPointer { matrix in
          for i in 0..<rows {
            var total = 0.0
            for j in 0..<columns { total += matrix[i * columns + j] * vector[j] }
            result[i] = total
          }
        }
      }

    """
}
