import Foundation
import Testing

@testable import Experiments

/// A folder with a sweep's folder in it, and programs that stand in for those of Slurm: they note what they are called with
/// and answer what a test has laid out for them.
final class SlurmPlace {
  private let temporary: TemporaryFolder
  /// The folder of the sweep; its name is made of what shells, Slurm and formats take for something else.
  let sweep: String

  init() throws {
    temporary = try TemporaryFolder()
    sweep = temporary["it's a \"sweep\" of 100%, #1|$HOME"]
    for folder in [sweep, temporary["bin"]] {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }
    try program(
      "sbatch",
      """
      calls=$(cat \(quoted("calls")) 2>/dev/null || echo 0)
      echo $((calls + 1)) > \(quoted("calls"))
      printf '%s\\n' "$@" > \(quoted("sbatch"))-$calls
      for script; do :; done
      cp "$(dirname "$script")/arrays.json" \(quoted("record"))-$calls
      if [ "$calls" -ge "${REFUSE_FROM:-99}" ]; then echo "sbatch: error: the queue is full" >&2; exit 1; fi
      echo "${ANSWER:-$((100 + calls))}"
      """)
    try program(
      "squeue",
      "printf '%s\\n' \"$@\" > \(quoted("squeue"))\nenv >> \(quoted("squeue"))\ncat \(quoted("queue"))")
    try program("scontrol", "cat \(quoted("config"))")
    try write("MaxArraySize            = 1001\n", to: "config")
    try write("", to: "queue")
  }

  subscript(name: String) -> String { temporary[name] }

  private func quoted(_ name: String) -> String { "'\(temporary[name])'" }

  func program(_ name: String, _ script: String) throws {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    try write(script + "\n", to: "bin/\(name).sh")
    let link = temporary["bin/\(name)"]
    try? FileManager.default.removeItem(atPath: link)
    try FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: tests.appendingPathComponent("Slurm/stand-in.sh").path)
  }

  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: temporary[name]))
  }

  func read(_ name: String) throws -> String { try String(contentsOfFile: temporary[name], encoding: .utf8) }

  /// A file of `DIR/slurm`.
  func submitted(_ name: String) throws -> String {
    try String(contentsOfFile: "\(sweep)/slurm/\(name)", encoding: .utf8)
  }

  func environment(_ more: [String: String] = [:]) -> [String: String] {
    ["PATH": "\(temporary["bin"]):/usr/bin:/bin"].merging(more) { $1 }
  }

  /// Queues cells, one a task unless stated.
  @discardableResult
  func submit(
    _ cells: String, options: String = "", maxArray: Int? = nil, cellsPerTask: Int = 1,
    environment: [String: String] = [:]
  ) throws -> SlurmEngine.Submission {
    let engine = try SlurmEngine(
      options: SbatchOptions(options), maxArray: maxArray, cellsPerTask: cellsPerTask,
      environment: self.environment(environment))
    return try engine.submit(
      #require(CellRanges(cells)), of: sweep, executable: temporary["bin/inflow"])
  }

  func queue(_ lines: String..., environment: [String: String] = [:]) throws -> SlurmQueue {
    try write(lines.map { "\($0)\n" }.joined(), to: "queue")
    return try SlurmQueue(of: sweep, environment: self.environment(environment))
  }
}
