import Foundation

/// Runs cells of a sweep as tasks of job arrays on a Slurm cluster, which does all the scheduling.
public struct SlurmEngine: Sendable {
  public let options: SbatchOptions
  /// The most tasks of one array; nil for as many as the cluster allows.
  public let maxArray: Int?
  public let cellsPerTask: Int
  let environment: [String: String]

  /// - Parameters:
  ///   - maxArray: at least 1.
  ///   - cellsPerTask: at least 1.
  ///   - environment: where the programs of Slurm are found, and what they and the tasks are given.
  /// - Throws: `SlurmError.badCount`.
  public init(
    options: SbatchOptions, maxArray: Int? = nil, cellsPerTask: Int = 1,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(SlurmError) {
    if let maxArray, maxArray < 1 { throw .badCount(option: "--max-array", maxArray) }
    guard cellsPerTask > 0 else { throw .badCount(option: "--cells-per-task", cellsPerTask) }
    self.options = options
    self.maxArray = maxArray
    self.cellsPerTask = cellsPerTask
    self.environment = environment
  }

  /// Cells that were queued.
  public struct Submission: Equatable, Sendable {
    /// Slurm's numbers of the arrays.
    public var jobs: [String] = []
    public var tasks = 0
    public var cells = 0
  }

  /// Queues cells, as one array or as several. Nothing is queued twice by a process that is killed here: an array is
  /// recorded before it is submitted, and `SlurmQueue` finds it by its script.
  ///
  /// Whoever calls this has made sure that no other process does so for the same sweep, and that none of the cells is in
  /// its `SlurmQueue`.
  ///
  /// - Parameters:
  ///   - sweep: the folder of the sweep.
  ///   - again: which of the cells are run although they have come to an end.
  ///   - executable: the path of this program on the nodes.
  ///   - isInterrupted: asked while `sbatch` runs, which tries for two minutes where the cluster is full.
  /// - Throws: `SlurmError`, `RunFolderError`; what was submitted until then is recorded, and runs.
  public func submit(
    _ cells: CellRanges, of sweep: String, again: SweepRepeat = .none, executable: String,
    isInterrupted: () -> Bool = { false }
  ) throws -> Submission {
    guard !cells.isEmpty else { return Submission() }
    let folder = try SlurmFolder(of: sweep)
    let sbatch = try SlurmProgram("sbatch", in: environment)
    let limit = try maxArray ?? longestArray()
    let tasks = Self.tasks(of: cells, cellsPerTask)
    var recorded = try folder.arrays()
    var done = Submission()
    for start in stride(from: 0, to: tasks.count, by: limit) {
      let part = tasks[start..<min(start + limit, tasks.count)]
      let array = SlurmArray(
        number: (recorded.last?.number ?? 0) + 1, taskCount: part.count, job: nil, cluster: nil,
        submitted: Date().ISO8601Format())
      let script = SlurmScript(
        array: array, folder: folder, executable: URL(fileURLWithPath: executable).standardizedFileURL.path,
        options: options, again: again)
      let remains = SlurmError.Remains(queued: done.cells, all: cells.count, jobs: done.jobs)
      if isInterrupted() { throw RunFailure(.interruption, "interrupted: \(remains)") }
      try folder.write(script, cells: Array(part))
      recorded.append(array)
      try folder.write(recorded)
      let answer = try sbatch.run(script.submission, isInterrupted)
      guard answer.isSuccess else {
        if isInterrupted() { throw RunFailure(.interruption, "interrupted: \(remains)") }
        throw SlurmError.refused(script: folder.script(of: array), message: answer.error, remains: remains)
      }
      let job = try Self.job(answer.output, script)
      (recorded[recorded.count - 1].job, recorded[recorded.count - 1].cluster) = job
      try folder.write(recorded)
      done.jobs.append(job.number)
      done.tasks += part.count
      done.cells += part.reduce(0) { $0 + $1.count }
    }
    return done
  }

  /// `12`, or `12;cluster`, the last line: scripts of a site may greet before.
  private static func job(_ output: String, _ script: SlurmScript) throws(SlurmError) -> (
    number: String, cluster: String?
  ) {
    let parts = (output.split(separator: "\n").last ?? "").split(
      separator: ";", omittingEmptySubsequences: false)
    guard let number = parts.first, parts.count <= 2, QueuedTasks(number).map({ $0.tasks == nil }) == true
    else {
      throw .unexpected(
        command: (["sbatch"] + script.submission).map(ShellWords.quoted).joined(separator: " "),
        output: output,
        allowed: "the number of a job")
    }
    return (String(number), parts.count == 2 ? String(parts[1]) : nil)
  }

  // MARK: Tasks

  /// The cells of each task, in order.
  static func tasks(of cells: CellRanges, _ cellsPerTask: Int) -> [CellRanges] {
    var tasks: [CellRanges] = []
    var part: [Int] = []
    for cell in cells {
      part.append(cell)
      guard part.count == cellsPerTask else { continue }
      tasks += fitting(part)
      part = []
    }
    return tasks + (part.isEmpty ? [] : fitting(part))
  }

  /// The text of a task's cells is an argument of a command, which Linux limits to 128 KiB.
  private static func fitting(_ cells: [Int]) -> [CellRanges] {
    let ranges = CellRanges(cells)
    guard ranges.description.utf8.count > 100_000 else { return [ranges] }
    let middle = cells.count / 2
    return fitting(Array(cells[..<middle])) + fitting(Array(cells[middle...]))
  }

  /// What the cluster allows: tasks are numbered from 1, and MaxArraySize is the first number that is too large.
  private func longestArray() throws(SlurmError) -> Int {
    let output = try SlurmProgram("scontrol", in: environment).output(["show", "config"])
    let line = output.split(separator: "\n").first { $0.hasPrefix("MaxArraySize ") }
    guard let line, let size = Int((line.split(separator: "=").last ?? "").filter { $0 != " " }) else {
      throw .unexpected(
        command: "scontrol show config", output: line.map(String.init) ?? "no MaxArraySize",
        allowed: "MaxArraySize = 1001; --max-array N needs no answer")
    }
    guard size > 1 else { throw .noArrays }
    return size - 1
  }
}
