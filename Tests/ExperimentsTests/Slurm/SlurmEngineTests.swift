import Foundation
import Testing

@testable import Experiments

@Suite struct SlurmEngineTests {
  /// Runs the script as Slurm would, for each task in turn, with a program in the place of inflow that prints what it is
  /// called with.
  private func tasks(_ place: SlurmPlace, array: Int, count: Int, _ environment: [String: String] = [:])
    throws
    -> [[String]]
  {
    try (1...count).map { task in
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = ["\(place.sweep)/slurm/array-\(array).sh"]
      process.environment = place.environment(["SLURM_ARRAY_TASK_ID": "\(task)"].merging(environment) { $1 })
      let output = Pipe()
      process.standardOutput = output
      try process.run()
      let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      return text.split(separator: "\n").map(String.init)
    }
  }

  @Test func tasksRunTheCellsThatWereAskedFor() throws {
    let place = try SlurmPlace()
    try place.program("inflow", "printf '%s\\n' \"$@\"")
    let done = try place.submit("3,7-9,11-20", maxArray: 3, cellsPerTask: 3)
    #expect(done.jobs == ["100", "101"])
    #expect(done.tasks == 5 && done.cells == 14)
    let calls = try tasks(place, array: 1, count: 3, ["SLURM_CPUS_PER_TASK": "4", "SLURM_CPUS_ON_NODE": "8"])
    let rest = try tasks(place, array: 2, count: 2)
    for (call, threads) in zip(calls + rest, ["4", "4", "4", "1", "1"]) {
      try #require(call.count == 8)
      #expect(Array(call[..<4]) == ["sweep", "run", place.sweep, "--cells"])
      #expect(Array(call[5...]) == ["--threads", threads, "--quiet"])
    }
    #expect((calls + rest).map { $0[4] } == ["3,7-8", "9,11-12", "13-15", "16-18", "19-20"])
  }

  @Test func sbatchIsGivenTheOptionsAsTheyAre() throws {
    let place = try SlurmPlace()
    try place.submit("1-2", options: "--comment='two words' -c 4")
    let words = try place.read("sbatch-0").split(separator: "\n")
    #expect(
      words == [
        "--comment=two words", "-c", "4", "--parsable", "--array=1-2", "\(place.sweep)/slurm/array-1.sh",
      ])
    // The script says how to submit it by hand.
    #expect(try place.submitted("array-1.sh").contains("# By hand: sbatch '--comment=two words' -c 4 "))
  }

  /// Slurm's own reading of these lines is tested with a real cluster, in InflowTests.
  @Test func scriptStatesItsArrayAndItsOutput() throws {
    let place = try SlurmPlace()
    try place.submit("5-9")
    let lines = try place.submitted("array-1.sh").split(separator: "\n")
    #expect(lines.first == "#!/bin/sh")
    #expect(lines.contains("#SBATCH --array=1-5"))
    let escaped = place.sweep.replacingOccurrences(of: "\"", with: "\\\"").replacingOccurrences(
      of: "%", with: "%%")
    #expect(lines.contains("#SBATCH --output=\"\(escaped)/slurm/log/%A_%a.txt\""))
    var isFolder: ObjCBool = false
    #expect(FileManager.default.fileExists(atPath: "\(place.sweep)/slurm/log", isDirectory: &isFolder))
    #expect(isFolder.boolValue)
  }

  @Test func arraysAreAsLongAsTheClusterAllows() throws {
    let place = try SlurmPlace()
    try place.write("AuthType = x\nMaxArraySize            = 5\nMaxArraySizeOther = 9\n", to: "config")
    #expect(try place.submit("1-10").jobs == ["100", "101", "102"])
    #expect(try place.read("sbatch-2").contains("--array=1-2\n"))
    // What is said by hand is not asked for.
    try place.program("scontrol", "exit 1")
    #expect(try place.submit("1-10", maxArray: 10).jobs == ["103"])
  }

  @Test(arguments: [
    ("MaxArraySize            = 1\n", "no arrays"), ("MaxArraySize            = 0\n", "no arrays"),
    ("MaxArraySize            = many\n", "= many"), ("", "no MaxArraySize"),
  ])
  func limitsThatCannotBeReadAreSaid(config: String, part: String) throws {
    let place = try SlurmPlace()
    try place.write(config, to: "config")
    let error = try #require(throws: SlurmError.self) { try place.submit("1-3") }
    #expect(error == .noArrays && part == "no arrays" || error.description.contains(part), "\(error)")
    #expect(!FileManager.default.fileExists(atPath: "\(place.sweep)/slurm"))
  }

  /// The record knows of an array before Slurm does, and numbers are never given twice.
  @Test func refusalLeavesARecordOfWhatWasSubmitted() throws {
    let place = try SlurmPlace()
    let error = try #require(throws: SlurmError.self) {
      try place.submit("1-25", maxArray: 10, environment: ["REFUSE_FROM": "1"])
    }
    guard case .refused(let script, let message, let remains) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(script == "\(place.sweep)/slurm/array-2.sh")
    #expect(message.contains("the queue is full"))
    #expect(remains.queued == 10 && remains.all == 25 && remains.jobs == ["100"])
    #expect(try place.read("calls") == "2\n")
    #expect(try place.read("record-0").contains("array-1.sh"))
    #expect(!(try place.read("record-0").contains("\"100\"")))
    #expect(try place.read("record-1").contains("\"100\""))
    try place.submit("11-25")
    #expect(try place.read("sbatch-2").contains("array-3.sh"))
  }

  @Test(arguments: ["", "Submitted batch job 12", "12;a;b", "12_3", "-1", "1 2"])
  func answersThatAreNoJobAreSaid(answer: String) throws {
    let place = try SlurmPlace()
    try place.program("sbatch", "printf '%s\\n' '\(answer)'")
    let error = try #require(throws: SlurmError.self) { try place.submit("1-3") }
    guard case .unexpected = error else {
      Issue.record("\(error)")
      return
    }
  }

  @Test func clustersAreRemembered() throws {
    let place = try SlurmPlace()
    #expect(try place.submit("1-3", environment: ["ANSWER": "7;far"]).jobs == ["7"])
    let queue = try place.queue("CLUSTER: far", "7_2|RUNNING|None|\(place.sweep)/slurm/array-1.sh")
    #expect(queue.running.description == "2")
    #expect(try place.read("squeue").contains("--clusters=far\n"))
  }

  @Test func missingProgramsAndBadFoldersAreSaid() throws {
    let place = try SlurmPlace()
    func submit(_ folder: String, path: String) throws {
      let engine = try SlurmEngine(options: SbatchOptions(), maxArray: 1, environment: ["PATH": path])
      _ = try engine.submit(CellRanges(upTo: 1), of: folder, executable: "/x")
    }
    #expect(throws: SlurmError.missing(program: "sbatch")) { try submit(place.sweep, path: "/nowhere") }
    for (folder, part) in [("/tmp/a\\b", "a backslash"), ("/tmp/a\nb", "a control character")] {
      let error = try #require(throws: SlurmError.self) { try submit(folder, path: place["bin"]) }
      #expect(error.description.contains(part))
    }
    #expect(throws: RunFolderError.self) { try submit("\(place.sweep)/none/here", path: place["bin"]) }
    #expect(throws: SlurmError.self) { try SlurmEngine(options: SbatchOptions(), maxArray: 0) }
    #expect(throws: SlurmError.self) { try SlurmEngine(options: SbatchOptions(), cellsPerTask: 0) }
  }

  /// An argument of a command is at most 128 KiB long on Linux.
  @Test func listsOfCellsFitACommandLine() throws {
    let place = try SlurmPlace()
    let engine = try SlurmEngine(
      options: SbatchOptions(), cellsPerTask: 100_000, environment: place.environment())
    let cells = CellRanges(stride(from: 1, to: 200_001, by: 2))
    let done = try engine.submit(cells, of: place.sweep, executable: "/x")
    let lines = try place.submitted("array-1.tasks").split(separator: "\n")
    #expect(lines.count == done.tasks)
    #expect(lines.allSatisfy { $0.utf8.count < 131_072 })
    #expect(CellRanges(lines.joined(separator: ",")) == cells)
  }

  @Test func interruptionEndsSbatch() throws {
    let place = try SlurmPlace()
    try place.program("sbatch", "exec sleep 60")
    let engine = try SlurmEngine(options: SbatchOptions(), environment: place.environment())
    let start = Date()
    let error = try #require(throws: RunFailure.self) {
      try engine.submit(CellRanges(upTo: 3), of: place.sweep, executable: "/x") {
        start.timeIntervalSinceNow < -0.3
      }
    }
    #expect(error.isInterruption)
    #expect(error.description.contains("none of 3 cells"))
    #expect(start.timeIntervalSinceNow > -30)
  }
}
