import Foundation

/// Which cells of a sweep Slurm still has to run, or is running, as `squeue` says.
public struct SlurmQueue: Equatable, Sendable {
  /// Cells that wait, by the reason that Slurm gives: `Priority`, `Resources`, `JobHeldUser`.
  public private(set) var waiting: [String: CellRanges] = [:]
  /// Cells whose task runs, is suspended, or is ending.
  public private(set) var running = CellRanges()

  /// All of them: those that are not to be submitted again.
  public var cells: CellRanges { waiting.values.reduce(running) { $0.union($1) } }

  public var isEmpty: Bool { waiting.isEmpty && running.isEmpty }

  /// Asks Slurm. Jobs that it has forgotten, some minutes after their end, are in no queue.
  ///
  /// One call a cluster; O(lines of this user's jobs + lines of the lists of arrays that are queued).
  ///
  /// - Parameters:
  ///   - sweep: the folder of the sweep.
  ///   - environment: where the programs of Slurm are found.
  /// - Throws: `SlurmError`, `RunFolderError.notReadable`.
  public init(
    of sweep: String, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws {
    let folder = try SlurmFolder(of: sweep)
    let arrays = try folder.arrays()
    for (cluster, arrays) in Dictionary(grouping: arrays, by: \.cluster) {
      try add(Self.listing(of: cluster, environment), cluster, arrays, in: folder)
    }
  }

  /// All jobs of this user, whatever was submitted: asked for the number of a job that it has forgotten, Slurm fails.
  private static func listing(of cluster: String?, _ environment: [String: String]) throws(SlurmError)
    -> String
  {
    try SlurmProgram("squeue", in: environment).output(
      ["--noheader", "--all", "--user=\(getuid())", "--format=\(format)"]
        + (cluster.map { ["--clusters=\($0)"] } ?? []))
  }

  /// Number and tasks, state, reason, and script, which may hold anything and comes last.
  private static let format = "%i|%T|%r|%o"

  private mutating func add(
    _ listing: String, _ cluster: String?, _ arrays: [SlurmArray], in folder: SlurmFolder
  ) throws {
    // The lists of arrays are read once: each task that runs has a line of its own.
    var tasks: [SlurmArray: [SlurmState: CellRanges]] = [:]
    for line in listing.split(separator: "\n") {
      // Asked for a cluster by name, squeue also says the name.
      if cluster != nil, line.hasPrefix("CLUSTER:") { continue }
      guard let job = ListedJob(line) else { throw Self.unexpected(line) }
      guard let array = arrays.first(where: { job.belongs(to: $0, in: folder) }) else { continue }
      guard let state = SlurmState(job), let queued = QueuedTasks(job.name)?.tasks else {
        throw Self.unexpected(line)
      }
      tasks[array, default: [:]][state, default: CellRanges()].formUnion(queued)
    }
    for (array, states) in tasks {
      for (state, tasks) in states {
        let cells = try folder.cells(of: tasks, in: array)
        if cells.isEmpty { continue }
        switch state {
        case .waiting(let reason): waiting[reason, default: CellRanges()].formUnion(cells)
        case .running: running.formUnion(cells)
        case .ended: continue
        }
      }
    }
  }

  private static func unexpected(_ line: Substring) -> SlurmError {
    .unexpected(
      command: "squeue --format '\(format)'", output: String(line),
      allowed: "lines such as 12_[3-17,20]|PENDING|Priority|/home/me/sweep/slurm/array-1.sh")
  }
}

/// A line of `squeue`.
private struct ListedJob {
  /// `12_[3-17,20]`
  let name: Substring
  let state: Substring
  let reason: Substring
  private let script: Substring

  init?(_ line: Substring) {
    let fields = line.split(separator: "|", maxSplits: 3, omittingEmptySubsequences: false)
    guard fields.count == 4, fields[0].first?.isWholeNumber == true else { return nil }
    (name, state, reason, script) = (fields[0], fields[1], fields[2], fields[3])
  }

  /// By its script, as an array may have been submitted by hand, or by a process that was killed before it knew the job.
  /// By its number, where Slurm knows the script by another path; numbers are used again, so the name has to fit.
  func belongs(to array: SlurmArray, in folder: SlurmFolder) -> Bool {
    if script == folder.script(of: array) { return true }
    let number = name.prefix { $0.isASCII && $0.isWholeNumber }
    return array.job.map { $0 == number } == true
      && (script == "(null)" || script.hasSuffix("/" + array.scriptName))
  }
}

/// What a state of Slurm means for a cell.
private enum SlurmState: Hashable {
  case waiting(reason: String)
  case running, ended

  /// - Returns: nil for a state that this version does not know.
  init?(_ job: ListedJob) {
    switch job.state {
    case "PENDING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "SPECIAL_EXIT", "RESV_DEL_HOLD":
      self = .waiting(reason: String(job.reason))
    case "RUNNING", "SUSPENDED", "COMPLETING", "CONFIGURING", "RESIZING", "SIGNALING", "STAGE_OUT", "STOPPED":
      self = .running
    case "BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY",
      "PREEMPTED",
      "REVOKED", "TIMEOUT":
      self = .ended
    default: return nil
    }
  }
}

extension CellRanges {
  fileprivate mutating func formUnion(_ other: CellRanges) { self = union(other) }
}
