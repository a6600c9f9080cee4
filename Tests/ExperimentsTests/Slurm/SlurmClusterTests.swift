import Experiments
import Foundation
import TestSupport
import Testing

/// With a real Slurm: its reading of the script, its listing of the queue, and what it does with tasks that die.
@Suite struct SlurmClusterTests {
  /// A program in the place of inflow, which notes that it has begun a cell, goes on once it may, and notes that it is done.
  private static let program = """
    [ "$1 $2 $4 $6 $8" = "sweep run --cells --threads --quiet" ] || exit 64
    for range in $(echo "$5" | tr , ' '); do
      for cell in $(seq "${range%-*}" "${range#*-}"); do
        [ -e "$3/done-$cell" ] && continue
        echo $$ >> "$3/begun-$cell"
        until [ -e "$3/go" ]; do sleep 0.1; done
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
  func theSameSubmissionAgainRunsWhatDied() async throws {
    try await onOwnThread {
      let sweep = try Sweep(SlurmCluster())
      let all = CellRanges(upTo: 14)
      #expect(try sweep.submit(all).tasks == 7)
      #expect(try sweep.queue().cells == all)

      // A task dies: Slurm does not start it again. The next takes its processor.
      try eventually("two tasks that run") { try sweep.cells("begun").description == "1,3" }
      #expect(kill(try #require(try sweep.processes(1).first), SIGKILL) == 0)
      try eventually("the next task") { try sweep.cells("begun").description == "1,3,5" }
      #expect(try sweep.queue().cells.description == "3-14")
      #expect(try sweep.queue().running.description == "3-6")

      // The node dies: Slurm starts its tasks again, and until then they are in its queue.
      try sweep.cluster.loseNode()
      let queue = try sweep.queue()
      #expect(queue.running.isEmpty && queue.cells.description == "3-14")
      try sweep.cluster.bringNodeBack()
      #expect(try sweep.submit(all.subtracting(queue.cells)).tasks == 1)
      #expect(try sweep.queue().cells == all)

      try Data().write(to: URL(fileURLWithPath: "\(sweep.place.sweep)/go"))
      try eventually("the end of the tasks") { try sweep.queue().isEmpty }
      #expect(try sweep.cells("done") == all)
      for cell in all { #expect(try sweep.processes(cell).count == ([1, 3, 5].contains(cell) ? 2 : 1)) }
      let logs = try FileManager.default.contentsOfDirectory(atPath: "\(sweep.place.sweep)/slurm/log")
      #expect(logs.count == 8)
    }
  }

  /// The script that lies in the folder is all that a person needs.
  @Test(.enabled(if: SlurmCluster.isAvailable, "Slurm is not here and may not be installed"))
  func scriptsCanBeSubmittedByHand() async throws {
    try await onOwnThread {
      let sweep = try Sweep(SlurmCluster("MaxArraySize=4"))
      try Data().write(to: URL(fileURLWithPath: "\(sweep.place.sweep)/go"))
      #expect(throws: SlurmError.self) { try sweep.submit(CellRanges(upTo: 8)) }
      #expect(try sweep.queue().isEmpty)
      let script = "\(sweep.place.sweep)/slurm/array-1.sh"
      let job = try sweep.cluster.call("sbatch", "--parsable", "--hold", "--array=2-3", script)
      #expect(try sweep.queue().waiting.mapValues(\.description) == ["JobHeldUser": "3-6"])
      try sweep.cluster.call("scontrol", "release", String(job.dropLast()))
      try eventually("the end of the tasks") { try sweep.queue().isEmpty }
      #expect(try sweep.cells("done").description == "3-6")
    }
  }
}
