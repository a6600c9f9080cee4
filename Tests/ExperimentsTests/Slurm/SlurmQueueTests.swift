import Foundation
import Testing

@testable import Experiments

@Suite struct SlurmQueueTests {
  /// An array of ten tasks of two cells each, job 100.
  private func place() throws -> SlurmPlace {
    let place = try SlurmPlace()
    try place.submit("1-20", cellsPerTask: 2)
    return place
  }

  /// Lines as Slurm 22.05 wrote them, for an array in each of these states.
  @Test(arguments: [
    ("100_[1-10]|PENDING|None", "1-20", ""),
    ("100_[3-4,10]|PENDING|Priority", "5-8,19-20", ""),
    ("100_[1-9:4]|PENDING|Resources", "1-2,9-10,17-18", ""),
    ("100_[1-9:4%2]|PENDING|Resources", "1-2,9-10,17-18", ""),
    ("100_[2-3%4]|PENDING|JobArrayTaskLimit", "3-6", ""),
    ("100_5|PENDING|JobHeldUser", "9-10", ""),
    ("100_[7]|PENDING|BeginTime", "13-14", ""),
    ("100_5|REQUEUE_HOLD|launch failed requeued held", "9-10", ""),
    ("100_5|RUNNING|None", "", "9-10"),
    ("100_5|SUSPENDED|None", "", "9-10"),
    ("100_5|COMPLETING|None", "", "9-10"),
    ("100_5|CONFIGURING|None", "", "9-10"),
    ("100_5|COMPLETED|None", "", ""),
    ("100_5|FAILED|NonZeroExitCode", "", ""),
    ("100_5|NODE_FAIL|None", "", ""),
    ("100_[11-12]|PENDING|None", "", ""),
  ])
  func linesAreCells(line: String, waiting: String, running: String) throws {
    let place = try place()
    let queue = try place.queue("\(line)|\(place.sweep)/slurm/array-1.sh")
    #expect(queue.waiting.values.first?.description ?? "" == waiting)
    #expect(queue.running.description == running)
    #expect(
      queue.cells == CellRanges([waiting, running].filter { !$0.isEmpty }.joined(separator: ","))
        ?? CellRanges())
    #expect(queue.isEmpty == (waiting.isEmpty && running.isEmpty))
  }

  @Test func statesAndReasonsAreKeptApart() throws {
    let place = try place()
    let script = "\(place.sweep)/slurm/array-1.sh"
    let queue = try place.queue(
      "100_[8-10]|PENDING|Priority|\(script)", "100_7|PENDING|JobHeldUser|\(script)",
      "100_1|RUNNING|None|\(script)",
      "100_2|COMPLETING|None|\(script)", "100_3|FAILED|None|\(script)")
    #expect(queue.waiting.mapValues(\.description) == ["Priority": "15-20", "JobHeldUser": "13-14"])
    #expect(queue.running.description == "1-4")
    #expect(queue.cells.description == "1-4,13-20")
  }

  /// Whose they are is told by the script, or by the job where Slurm knows the script by another path.
  @Test(arguments: [
    ("999_2|PENDING|None|SCRIPT", "3-4"),
    ("100_2|PENDING|None|/another/mount/slurm/array-1.sh", "3-4"),
    ("100_2|PENDING|None|(null)", "3-4"),
    ("999_2|PENDING|None|/another/mount/slurm/array-1.sh", ""),
    ("100_2|PENDING|None|/home/me/other.sh", ""),
    ("999|RUNNING|None|bash", ""),
    ("999_0|RUNNING|None|/home/me/a|b.sh", ""),
    ("999_[0-1,...]|RUNNING|None|/home/me/other.sh", ""),
    ("999+1|A_NEW_STATE|None|/home/me/other.sh", ""),
  ])
  func jobsOfOthersAreLeftOut(line: String, cells: String) throws {
    let place = try place()
    let script = "\(place.sweep)/slurm/array-1.sh"
    #expect(try place.queue(line.replacingOccurrences(of: "SCRIPT", with: script)).cells.description == cells)
  }

  @Test(arguments: [
    "slurm_load_jobs error: Unable to contact slurm controller",
    "100_2|PENDING|None",
    "JOBID|STATE|REASON|COMMAND",
    "100_2|A_NEW_STATE|None|SCRIPT",
    "100_[1-3,5...]|PENDING|None|SCRIPT",
    "100_[1-3,5|PENDING|None|SCRIPT",
    "100_[1-9:0]|PENDING|None|SCRIPT",
    "100_[]|PENDING|None|SCRIPT",
    "100_[1-3,]|PENDING|None|SCRIPT",
    "100_[1-3%]|PENDING|None|SCRIPT",
    "100_x|PENDING|None|SCRIPT",
    "100|PENDING|None|SCRIPT",
  ])
  func linesThatAreNotKnownAreSaid(line: String) throws {
    let place = try place()
    let script = "\(place.sweep)/slurm/array-1.sh"
    let error = try #require(throws: SlurmError.self) {
      try place.queue(line.replacingOccurrences(of: "SCRIPT", with: script))
    }
    guard case .unexpected = error else {
      Issue.record("\(error)")
      return
    }
  }

  /// What filters or cuts the answer of squeue in the user's environment is not passed on.
  @Test func environmentDoesNotHideTasks() throws {
    let place = try place()
    _ = try place.queue(environment: ["SQUEUE_STATES": "RUNNING", "SQUEUE_FORMAT": "%i", "SLURM_CONF": "/c"])
    let called = try place.read("squeue")
    #expect(!called.contains("SQUEUE_"))
    #expect(called.contains("SLURM_BITSTR_LEN=0\n"))
    #expect(called.contains("SLURM_CONF=/c\n"))
    #expect(called.contains("--user=\(getuid())\n"))
  }

  @Test func nothingSubmittedNeedsNoSlurm() throws {
    let place = try SlurmPlace()
    #expect(try SlurmQueue(of: place.sweep, environment: ["PATH": ""]).isEmpty)
    try place.submit("1-3")
    #expect(throws: SlurmError.missing(program: "squeue")) {
      try SlurmQueue(of: place.sweep, environment: ["PATH": ""])
    }
    try place.program("squeue", "echo 'no controller' >&2; exit 1")
    let error = try #require(throws: SlurmError.self) { try place.queue() }
    #expect(error.description.contains("no controller"))
  }

  /// A submission that was refused, or killed before Slurm had answered, may be queued all the same.
  @Test func arraysWithoutAnAnswerAreFoundByTheirScript() throws {
    let place = try SlurmPlace()
    #expect(throws: SlurmError.self) { try place.submit("4-6", environment: ["REFUSE_FROM": "0"]) }
    let queue = try place.queue("55_[1,3]|PENDING|None|\(place.sweep)/slurm/array-1.sh")
    #expect(queue.cells.description == "4,6")
  }

  @Test(arguments: [
    ("arrays.json", "{"), ("arrays.json", "{\"format\": 2, \"arrays\": []}"), ("array-1.tasks", "1\n"),
    ("array-1.tasks", String(repeating: "x\n", count: 10)),
  ])
  func damageIsSaid(file: String, text: String) throws {
    let place = try place()
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(place.sweep)/slurm/\(file)"))
    let error = try #require(throws: SlurmError.self) {
      try place.queue("100_[1-10]|PENDING|None|\(place.sweep)/slurm/array-1.sh")
    }
    guard case .damaged(let path, _) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(path.hasSuffix(file))
  }

  /// A controller that is away for a moment ends no wait.
  @Test func waitingEndsWithTheLastTask() throws {
    let place = try place()
    let line = "100_5|RUNNING|None|\(place.sweep)/slurm/array-1.sh"
    try place.write("\(line)\n", to: "queue")
    try place.program(
      "squeue",
      """
      calls=$(cat '\(place["asked"])' 2>/dev/null || echo 0)
      echo $((calls + 1)) > '\(place["asked"])'
      case $calls in 0) cat '\(place["queue"])' ;; 1) exit 1 ;; esac
      """)
    var answers: [String] = []
    try SlurmQueue.awaitEnd(
      of: place.sweep, environment: place.environment(), progress: { answers.append($0.cells.description) },
      isInterrupted: { false })
    #expect(answers == ["9-10", ""])
    try place.program("squeue", "cat '\(place["queue"])'")
    let error = try #require(throws: RunFailure.self) {
      try SlurmQueue.awaitEnd(
        of: place.sweep, environment: place.environment(), progress: { _ in }, isInterrupted: { true })
    }
    #expect(error.isInterruption)
  }
}
