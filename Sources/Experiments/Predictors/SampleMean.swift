/// A mean over independent samples with its standard error.
public struct SampleMean: Hashable, Sendable {
  public let mean: Double
  /// nil for one sample.
  public let standardError: Double?

  /// NaN without samples.
  public init(_ values: some Collection<Double>) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.mean = mean
    standardError = values.count > 1 ? (squares / (count - 1) / count).squareRoot() : nil
  }

  /// Fields of a JSON object under a name.
  func members(_ name: String) -> [(key: String, value: JSON)] {
    [(name, .number(mean)), ("\(name)_standard_error", .optional(standardError))]
  }
}
