import Experiments
import Foundation

/// A long run as the terminal sees it: progress on standard error, Ctrl-C as a request to stop. Any thread may report.
final class Watch: @unchecked Sendable {
  private let lock = NSLock()
  private let bar: ProgressBar?
  private let interruption = Interruption()

  fileprivate init(_ bar: ProgressBar?) { self.bar = bar }

  var isInterrupted: Bool { interruption.isRequested }

  /// - Parameters:
  ///   - fraction: of the work, 0...1.
  ///   - place: where the run is.
  func report(_ fraction: Double, at place: @autoclosure () -> String) {
    lock.withLock { bar?.update(fraction, at: place()) }
  }

  /// For what runs.
  var observers: RunObservers {
    RunObservers(
      progress: { progress in self.report(progress.fraction, at: progress.place()) },
      isInterrupted: { self.isInterrupted })
  }

  fileprivate func end() { lock.withLock { bar?.clear() } }
}

extension Console {
  /// Runs with progress and Ctrl-C in force; the line is empty again when it returns or throws.
  func watching<Outcome>(_ run: (Watch) throws -> Outcome) rethrows -> Outcome {
    let watch = Watch(progressBar())
    defer { watch.end() }
    return try run(watch)
  }
}
