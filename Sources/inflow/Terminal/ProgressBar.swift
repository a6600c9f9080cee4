import Foundation

/// One line on standard error: bar, where the run is, steps per second, time left.
final class ProgressBar {
  private static let width = 30
  private static let secondsBetweenDraws = 0.1

  private let start = Date()
  private var lastDraw = Date.distantPast
  private var steps = 0

  /// Called after every step; draws at most ten times a second.
  func update(_ fraction: Double, at place: @autoclosure () -> String) {
    steps += 1
    let now = Date()
    guard now.timeIntervalSince(lastDraw) >= Self.secondsBetweenDraws else { return }
    lastDraw = now
    let elapsed = max(now.timeIntervalSince(start), 1e-9)
    let filled = Int((min(max(fraction, 0), 1) * Double(Self.width)).rounded(.down))
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: Self.width - filled)
    let left = fraction > 0 ? Self.duration(elapsed * (1 - fraction) / fraction) : "?"
    let rate = String(format: "%.0f", Double(steps) / elapsed)
    Terminal.log(
      "\r[\(bar)] \(Int(fraction * 100)) %  \(place())  \(rate) steps/s  \(left) left\u{1B}[K")
  }

  func clear() {
    guard lastDraw != .distantPast else { return }
    lastDraw = .distantPast
    Terminal.log("\r\u{1B}[K")
  }

  private static func duration(_ seconds: Double) -> String {
    guard seconds < 360_000 else { return "days" }
    let whole = Int(seconds.rounded())
    return whole < 60
      ? "\(whole) s"
      : whole < 3600
        ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole % 3600 / 60) min"
  }
}
