/// How long a run will still take, from how it has gone lately.
///
/// The beginning tells little: a solver's first steps are tiny, and a trainer's first one prepares what later ones share. So
/// the estimate comes from the second half of the time that has passed, and there is none before a second has.
package struct TimeLeft {
  private static let firstEstimate = 1.0
  /// Points are thinned beyond this many.
  private static let most = 256

  /// Ascending in both.
  private var points: [(seconds: Double, fraction: Double)] = [(0, 0)]

  package init() {}

  /// - Parameters:
  ///   - seconds: since the start.
  ///   - fraction: of the work that is done, 0...1.
  /// - Returns: seconds; nil where nothing can be said.
  package mutating func update(_ seconds: Double, _ fraction: Double) -> Double? {
    points.append((seconds, fraction))
    if points.count > Self.most {
      points = points.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
    }
    guard seconds >= Self.firstEstimate else { return nil }
    let from = points.last { $0.seconds <= seconds / 2 } ?? (0, 0)
    let (time, work) = (seconds - from.seconds, fraction - from.fraction)
    guard time > 0, work > 0 else { return nil }
    return max(0, (1 - fraction) * time / work)
  }
}
