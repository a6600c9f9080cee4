import Foundation

/// A stretch of time in which a quantity changes faster than on average over log(1 + t); between transitions it is on
/// a plateau.
public struct Transition: Hashable, Sendable {
  public let begin: Double
  /// Where half of the transition's change is done.
  public let middle: Double
  public let end: Double
  /// Values at its begin and its end.
  public let from: Double
  public let to: Double
}

extension Transition {
  /// Steps of log(1 + t) that a curve is looked at with, and the half width of the mean that takes noise out.
  private static let resolution = 240
  private static let smoothing = 4
  /// A transition is faster than this fraction of the mean pace, range over length of log time.
  private static let pace = 0.5
  /// A transition makes at least this fraction of the whole range.
  private static let least = 0.1
  /// A curve that stays within this fraction of its largest value stands still.
  private static let stillness = 0.01

  /// The transitions of a curve, in order; none where nothing changes.
  public static func all(times: [Double], values: [Double]) -> [Transition] {
    guard let last = times.last, times.count > 2, last > times[0] else { return [] }
    let curve = LogarithmicCurve(times: times, values: values, count: resolution, smoothing: smoothing)
    let range = (curve.values.max() ?? 0) - (curve.values.min() ?? 0)
    guard range > stillness * (curve.values.map(abs).max() ?? 0) else { return [] }
    let threshold = pace * range / Double(resolution - 1)
    var transitions: [Transition] = []
    var first: Int?
    for index in 1...resolution {
      let isFast = index < resolution && abs(curve.values[index] - curve.values[index - 1]) > threshold
      if isFast, first == nil { first = index - 1 }
      if !isFast, let start = first {
        let stop = index - 1
        if abs(curve.values[stop] - curve.values[start]) >= least * range {
          transitions.append(curve.transition(start, stop))
        }
        first = nil
      }
    }
    return transitions
  }
}

/// A curve on equal steps of log(1 + t).
private struct LogarithmicCurve {
  let start: Double
  let step: Double
  private(set) var values: [Double]

  init(times: [Double], values: [Double], count: Int, smoothing: Int) {
    start = log1p(times[0])
    step = (log1p(times[times.count - 1]) - start) / Double(count - 1)
    var raw: [Double] = []
    var right = 1
    for index in 0..<count {
      let place = start + Double(index) * step
      while right < times.count - 1, log1p(times[right]) < place { right += 1 }
      let (from, to) = (log1p(times[right - 1]), log1p(times[right]))
      let fraction = to > from ? min(max((place - from) / (to - from), 0), 1) : 1
      raw.append(values[right - 1] + fraction * (values[right] - values[right - 1]))
    }
    // The mean narrows towards the ends, which stay what they are.
    self.values = raw.indices.map { index in
      let width = min(smoothing, index, raw.count - 1 - index)
      return raw[index - width...index + width].reduce(0, +) / Double(2 * width + 1)
    }
  }

  private func time(_ place: Double) -> Double { expm1(start + place * step) }

  func transition(_ first: Int, _ last: Int) -> Transition {
    let half = (values[first] + values[last]) / 2
    let isRising = values[last] > values[first]
    var middle = Double(last)
    for index in first..<last {
      let (left, right) = (values[index], values[index + 1])
      guard isRising ? right >= half : right <= half else { continue }
      middle = Double(index) + (right == left ? 0 : (half - left) / (right - left))
      break
    }
    return Transition(
      begin: time(Double(first)), middle: time(middle), end: time(Double(last)), from: values[first],
      to: values[last])
  }
}
