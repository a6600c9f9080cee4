import Experiments
import Foundation

/// One line on standard error: bar, where the run is, steps per second, time left.
final class ProgressBar {
  private static let width = 30
  private static let secondsBetweenDraws = 0.1

  private let start = Date()
  private var lastDraw = Date.distantPast
  private var steps = 0
  private var timeLeft = TimeLeft()

  /// Called after every step; draws at most ten times a second.
  func update(_ fraction: Double, at place: @autoclosure () -> String) {
    steps += 1
    let now = Date()
    guard now.timeIntervalSince(lastDraw) >= Self.secondsBetweenDraws else { return }
    lastDraw = now
    let elapsed = max(now.timeIntervalSince(start), 1e-9)
    let filled = Int((min(max(fraction, 0), 1) * Double(Self.width)).rounded(.down))
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: Self.width - filled)
    let left = timeLeft.update(elapsed, fraction).map { "\(duration($0)) left" } ?? ""
    let rate = String(format: "%.0f", Double(steps) / elapsed)
    Terminal.draw("[\(bar)] \(Int(fraction * 100)) %  \(place())  \(rate) steps/s  \(left)")
  }

  func clear() {
    guard lastDraw != .distantPast else { return }
    lastDraw = .distantPast
    Terminal.draw("")
  }
}
