import Foundation

/// How far training's mean over seeds is from theory.
public struct Discrepancy: Hashable, Sendable {
  /// max |mean − theory| over the measured times, and when.
  public let maximum: Double
  public let time: Double
  /// √ of the mean of (mean − theory)² over log(1 + t).
  public let rootMeanSquare: Double
  /// max |mean − theory| / |theory| over the measured times at which |theory| is at least a hundredth of its maximum: a
  /// share on its way to 0 is no measure.
  public let relative: Double
  /// The same in units of the standard error of the mean at each time; nil for fewer than `leastSeeds`.
  public let maximumInErrors: Double?
  public let rootMeanSquareInErrors: Double?

  /// A mean over n seeds in units of its own standard error follows Student's law of n − 1 degrees of freedom, whose
  /// variance is infinite up to n = 3.
  public static let leastSeeds = 4

  /// Seeds agree at the start and in the end, where nothing is measured: points whose spread is rounding do not count
  /// in units of errors.
  init(_ points: [Overlay.Point]) {
    let size = points.map { abs($0.theory) }.max() ?? 0
    let worst = points.max { abs($0.difference) < abs($1.difference) }
    maximum = worst.map { abs($0.difference) } ?? 0
    time = worst?.time ?? 0
    rootMeanSquare = Self.logarithmicMean(points.map { ($0.time, $0.difference * $0.difference) })
      .squareRoot()
    relative =
      points.filter { abs($0.theory) > 0.01 * size }.map { abs($0.difference / $0.theory) }.max() ?? 0
    let ratios = points.filter { $0.seeds >= Self.leastSeeds }.compactMap { point in
      point.standardError.flatMap { error in
        error > 1e-7 * size ? (time: point.time, ratio: point.difference / error) : nil
      }
    }
    maximumInErrors = ratios.map { abs($0.ratio) }.max()
    rootMeanSquareInErrors =
      ratios.isEmpty
      ? nil : Self.logarithmicMean(ratios.map { ($0.time, $0.ratio * $0.ratio) }).squareRoot()
  }

  /// ∫ f d log(1+t) over its range by trapezoids, over the range; a single point is its own mean.
  private static func logarithmicMean(_ values: [(time: Double, value: Double)]) -> Double {
    var (sum, length) = (0.0, 0.0)
    for (left, right) in zip(values, values.dropFirst()) {
      let width = log1p(right.time) - log1p(left.time)
      sum += width * (left.value + right.value) / 2
      length += width
    }
    return length > 0 ? sum / length : values.first?.value ?? 0
  }
}
