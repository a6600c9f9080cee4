import Foundation
import TestSupport
import Testing

/// A sweep on a real Slurm of one machine ends with the bytes of the run in the process, whatever dies on the way.
@Suite struct SweepSlurmTests {
  /// 24 cells, every other of about a second, so that a task can be met alive.
  private static let sweep = """
    format: 1
    base: small.yaml
    run: train
    set:
      training: {context: 50, epsilon: 1e-2, data: {fresh: 128}, held-out: {count: 32}, stages: [{steps: 100}], seeds: [1]}
    axes:
      - {key: initial.scale, log: {from: 0.01, to: 1, points: 12}}
      - {key: 'training.stages[0].steps', list: [100, 5000]}
    collect: {loss: loss, share: 'shares.[1 2]', a: parameters.scale}

    """

  @Test(.enabled(if: SlurmCluster.isAvailable, "Slurm is not here and may not be installed"))
  func endsWithTheBytesOfTheRunInTheProcess() async throws {
    try await onOwnThread {
      let place = try Workplace()
      try place.write(Self.sweep, to: "sweep.yaml")
      let cluster = try SlurmCluster()
      func inflow(_ arguments: String...) throws -> Command.Result {
        Command.finish(try Command.start(arguments, in: place.path, cluster.environment))
      }
      func sweep(_ options: String...) throws {
        let arguments =
          ["sweep", "sweep.yaml", "--out", "slurm", "--engine", "slurm", "--cells-per-task", "2"] + options
        let result = Command.finish(try Command.start(arguments, in: place.path, cluster.environment))
        try #require(result.status == 0, "\(result.error)")
      }
      try sweep("--max-array", "8", "--sbatch", "--comment='two words' --cpus-per-task=1")
      #expect(try place.names("slurm/slurm").filter { $0.hasSuffix(".sh") } == ["array-1.sh", "array-2.sh"])

      // A task dies, then the node with two tasks; the same command queues what no task has any more, and waits.
      var victim: Int32?
      try eventually("a task that runs") {
        victim = try Self.tasks(in: place["slurm"]).first
        return victim != nil
      }
      #expect(kill(try #require(victim), SIGKILL) == 0)
      try eventually("another task") { try Self.tasks(in: place["slurm"]).contains { $0 != victim } }
      try cluster.loseNode()
      #expect(try Self.tasks(in: place["slurm"]).isEmpty)
      #expect(try inflow("sweep", "status", "slurm").status == 0)
      #expect(try inflow("sweep", "collect", "slurm").status == 0)
      try cluster.bringNodeBack()
      try sweep("--wait")
      #expect(try place.names("slurm/slurm").filter { $0.hasSuffix(".sh") }.count == 3)

      let local = try inflow("sweep", "sweep.yaml", "--out", "local")
      try #require(local.status == 0, "\(local.error)")
      #expect(try place.read("slurm/sweep.csv") == place.read("local/sweep.csv"))
      let rows = try place.read("slurm/sweep.csv").split(separator: "\n").dropFirst()
      #expect(rows.count == 24 && rows.allSatisfy { $0.contains(",done,") })
      let (ours, theirs) = (try Self.results(of: place["slurm"]), try Self.results(of: place["local"]))
      let names = Set(ours.keys).union(theirs.keys).filter { ours[$0] != theirs[$0] }
      #expect(names.sorted() == [])
    }
  }

  /// The processes that run cells of a sweep.
  private static func tasks(in folder: String) throws -> [Int32] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }.filter { process in
      let line = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") ?? Data()
      let words = line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
      return words.count > 4 && words[1...3] == ["sweep", "run", folder]
    }
  }

  /// What cells came to, by their files; a manifest tells when and where.
  private static func results(of sweep: String) throws -> [String: Data] {
    let cells = "\(sweep)/cells"
    let names = try FileManager.default.subpathsOfDirectory(atPath: cells).filter {
      !$0.hasSuffix("manifest.json")
    }
    return names.reduce(into: [:]) { $0[$1] = FileManager.default.contents(atPath: "\(cells)/\($1)") }
  }
}
