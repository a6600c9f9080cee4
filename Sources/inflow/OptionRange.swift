import ArgumentParser

extension ValidationError {
  /// - Throws: usage that says which value of an option is out of range, and what is allowed.
  static func check<Value: Comparable>(
    _ option: String, _ values: [Value], in range: ClosedRange<Value>, _ kind: String = "an integer"
  ) throws {
    guard let wrong = values.first(where: { !range.contains($0) }) else { return }
    throw ValidationError(
      "--\(option): found \(wrong), allowed: \(kind) from \(range.lowerBound) to \(range.upperBound)")
  }
}
