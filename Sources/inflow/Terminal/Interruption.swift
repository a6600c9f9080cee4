import Dispatch
import Foundation

/// Ctrl-C and SIGTERM, which batch systems send before they kill, as a request that a run looks at between steps; a second
/// one ends the process at once.
final class Interruption: @unchecked Sendable {
  private static let signals = [SIGINT, SIGTERM]

  private let lock = NSLock()
  private var requests = 0
  private var sources: [any DispatchSourceSignal] = []

  init() {
    let queue = DispatchQueue(label: "inflow.interruption")
    for number in Self.signals {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { [weak self] in self?.request() }
      source.resume()
      sources.append(source)
    }
  }

  deinit {
    for source in sources { source.cancel() }
    for number in Self.signals { signal(number, SIG_DFL) }
  }

  var isRequested: Bool { lock.withLock { requests > 0 } }

  private func request() {
    let count = lock.withLock {
      requests += 1
      return requests
    }
    if count > 1 { _exit(Failure.interrupted) }
  }
}
