import Foundation

extension SlurmQueue {
  /// Waits until none of the sweep's cells is queued or runs.
  ///
  /// Asks Slurm after a second, then less and less often, by a tenth of the time that has passed, down to twice a minute. A
  /// controller that does not answer, as when it is being restarted, is asked again for ten minutes.
  ///
  /// - Parameters:
  ///   - sweep: the folder of the sweep.
  ///   - progress: is given each answer.
  /// - Throws: `SlurmError`, `RunFolderError`, and `RunFailure` where it is interrupted; the tasks go on.
  public static func awaitEnd(
    of sweep: String, environment: [String: String] = ProcessInfo.processInfo.environment,
    progress: (SlurmQueue) -> Void, isInterrupted: () -> Bool
  ) throws {
    let start = Date()
    var firstSilence: Date?
    while true {
      do {
        let queue = try SlurmQueue(of: sweep, environment: environment)
        firstSilence = nil
        progress(queue)
        if queue.isEmpty { return }
      } catch let error as SlurmError {
        guard case .failed = error else { throw error }
        let first = firstSilence ?? Date()
        guard -first.timeIntervalSinceNow < 600 else { throw error }
        firstSilence = first
      }
      let next = Date(timeIntervalSinceNow: min(30, max(1, -start.timeIntervalSinceNow / 10)))
      while next.timeIntervalSinceNow > 0 {
        if isInterrupted() {
          throw RunFailure(
            .interruption,
            "interrupted: the tasks that are queued go on without this command; inflow sweep status "
              + "\(sweep) says how far they are, scancel ends them")
        }
        Thread.sleep(forTimeInterval: 0.1)
      }
    }
  }
}
