/// A mean over kernels, with how well they determine it.
public struct Estimate: Hashable, Sendable {
  public let mean: Double
  /// Sample standard deviation over √(number of kernels); nil for one kernel.
  public let standardError: Double?

  /// `values` has at least one element.
  init(_ values: some Collection<Double>) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.mean = mean
    standardError = values.count > 1 ? (squares / (count - 1) / count).squareRoot() : nil
  }
}
