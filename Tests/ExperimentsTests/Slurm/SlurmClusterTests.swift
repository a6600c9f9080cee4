import Experiments
import Foundation
import TestSupport
import Testing

/// With a real Slurm: its reading of the script, its listing of the queue, and what it does with tasks that die.
@Suite struct SlurmClusterTests {
  /// A program in the place of inflow, which takes a moment for a cell, notes that it has begun it, and then that it is done.
  private static let program = """
    [ "$1 $2 $4 $6 $8" = "sweep run --cells --threads --quiet" ] || exit 64
    for range in $(echo "$5" | tr , ' '); do
      for cell in $(seq "${range%-*}" "${range#*-}"); do
        [ -e "$3/done-$cell" ] && continue
        echo $$ >> "$3/begun-$cell"
        sleep 0.5
        echo "$7" > "$3/done-$cell"
      done
    done
    """

  private struct Sweep {
    let place: SlurmPlace
    let cluster: SlurmCluster
    private let engine: SlurmEngine

    init(_ cluster: SlurmCluster) throws {
      place = try SlurmPlace()
      try place.program("inflow", SlurmClusterTests.program)
      self.cluster = cluster
      engine = try SlurmEngine(
        options: SbatchOptions("--comment='two words' -c 1"), maxArray: 4, cellsPerTask: 2,
        environment: cluster.environment)
    }

    func submit(_ cells: CellRanges) throws -> SlurmEngine.Submission {
      try engine.submit(cells, of: place.sweep, executable: place["bin/inflow"])
    }

    func queue() throws -> SlurmQueue { try SlurmQueue(of: place.sweep, environment: cluster.environment) }

    func cells(_ kind: String) throws -> CellRanges {
      let names = try FileManager.default.contentsOfDirectory(atPath: place.sweep)
      return CellRanges(
        names.compactMap { $0.hasPrefix("\(kind)-") ? Int($0.dropFirst(kind.count + 1)) : nil })
    }

    /// The processes that have begun a cell, in order.
    func processes(_ cell: Int) throws -> [Int32] {
      try String(contentsOfFile: "\(place.sweep)/begun-\(cell)", encoding: .utf8)
        .split(separator: "\n").compactMap { Int32($0) }
    }
  }

  @Test(.enabled(if: SlurmCluster.isAvailable, "Slurm is not here and may not be installed"))
  func theSameSubmissionAgainRunsWhatDied() throws {
    let sweep = try Sweep(SlurmCluster())
    let all = CellRanges(upTo: 14)
    #expect(try sweep.submit(all).tasks == 7)
    #expect(try sweep.queue().cells == all)

    // A task dies while it runs: Slurm does not start it again.
    try waitFor(seconds: 30, "two cells that are begun") { try sweep.cells("begun").count >= 2 }
    let killed = try #require(try sweep.cells("begun").subtracting(sweep.cells("done")).first { _ in true })
    let process = try #require(try sweep.processes(killed).first)
    #expect(kill(process, SIGKILL) == 0)
    try waitFor(seconds: 30, "a task that has ended") { try !sweep.queue().cells.contains(killed) }

    // The node dies while others run: Slurm starts these again, and until then they are in its queue.
    try waitFor(seconds: 30, "cells that are being run") { try !sweep.queue().running.isEmpty }
    let finished = try sweep.cells("done")
    try sweep.cluster.loseNode()
    let waiting = try sweep.queue()
    #expect(waiting.running.isEmpty && !waiting.isEmpty)
    let unfinished = all.subtracting(try sweep.cells("done"))
    let dead = unfinished.subtracting(waiting.cells)
    #expect(dead.contains(killed) && dead.count <= 2)
    try sweep.cluster.bringNodeBack()
    let again = try sweep.submit(dead)
    #expect(again.tasks == 1 && again.cells == dead.count)
    #expect(try sweep.queue().cells.union(sweep.cells("done")) == all)

    try SlurmQueue.awaitEnd(
      of: sweep.place.sweep, environment: sweep.cluster.environment, progress: { _ in },
      isInterrupted: { false })
    #expect(try sweep.cells("done") == all)
    #expect(try sweep.processes(killed).count == 2)
    for cell in finished { #expect(try sweep.processes(cell).count == 1) }
    let logs = try FileManager.default.contentsOfDirectory(atPath: "\(sweep.place.sweep)/slurm/log")
    #expect(logs.count == 8)
  }

  /// The script that lies in the folder is all that a person needs.
  @Test(.enabled(if: SlurmCluster.isAvailable, "Slurm is not here and may not be installed"))
  func scriptsCanBeSubmittedByHand() throws {
    let sweep = try Sweep(SlurmCluster("MaxArraySize=4"))
    #expect(throws: SlurmError.self) { try sweep.submit(CellRanges(upTo: 8)) }
    #expect(try sweep.queue().isEmpty)
    let script = "\(sweep.place.sweep)/slurm/array-1.sh"
    let job = try sweep.cluster.call("sbatch", "--parsable", "--hold", "--array=2-3", script)
    #expect(try sweep.queue().waiting.mapValues(\.description) == ["JobHeldUser": "3-6"])
    try sweep.cluster.call("scontrol", "release", String(job.dropLast()))
    try waitFor(seconds: 30, "four cells") { try sweep.cells("done").description == "3-6" }
    try waitFor(seconds: 30, "the end of the tasks") { try sweep.queue().isEmpty }
  }
}
