import Dispatch
import Foundation

/// Ctrl-C as a request that a run looks at between steps; a second one ends the process at once.
final class Interruption: @unchecked Sendable {
  private let lock = NSLock()
  private var requests = 0
  private let source: any DispatchSourceSignal

  init() {
    signal(SIGINT, SIG_IGN)
    source = DispatchSource.makeSignalSource(
      signal: SIGINT, queue: DispatchQueue(label: "inflow.interruption"))
    source.setEventHandler { [weak self] in self?.request() }
    source.resume()
  }

  deinit {
    source.cancel()
    signal(SIGINT, SIG_DFL)
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
