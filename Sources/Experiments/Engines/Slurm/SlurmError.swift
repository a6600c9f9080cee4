/// What keeps cells from being queued on Slurm.
public enum SlurmError: Error, Equatable, Sendable {
  case badOption(String, found: String, allowed: String)
  /// A count that is too small.
  case badCount(option: String, Int)
  /// - Parameter found: what is in the path of the folder.
  case badPath(String, found: String)
  /// The program is not on the path.
  case missing(program: String)
  /// A program of Slurm ended with an error of its own.
  case failed(command: String, status: Int32, message: String)
  /// A program of Slurm said something that this version does not know.
  case unexpected(command: String, output: String, allowed: String)
  case noArrays
  /// - Parameter remains: which cells are not queued, and what is.
  case refused(script: String, message: String, remains: Remains)
  case damaged(String, problem: String)

  /// How far a submission has come.
  public struct Remains: Hashable, Sendable {
    public var queued: Int
    public var all: Int
    public var jobs: [String]
  }

  /// Whether what the user gave is to blame, rather than the cluster.
  var isInputError: Bool {
    switch self {
    case .badOption, .badCount, .badPath, .missing, .noArrays, .damaged: true
    case .failed, .unexpected, .refused: false
    }
  }
}

extension SlurmError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .badOption(let word, let found, let allowed):
      "--sbatch \(ShellWords.quoted(word)): found \(found); allowed: \(allowed)"
    case .badCount(let option, let count):
      "\(option): found \(count); allowed: an integer from 1"
    case .badPath(let path, let found):
      "\(path): found \(found) in the path; allowed: a folder whose path Slurm can write in a job script; choose "
        + "another --out"
    case .missing(let program):
      "\(program): found no such program on PATH; allowed: a machine that submits to a Slurm cluster; try it on the "
        + "cluster's login node, or without --engine slurm"
    case .failed(let command, let status, let message):
      "\(command): found status \(status)\(Self.said(message)); allowed: an answer of Slurm; try the command by "
        + "hand, and again when it works"
    case .unexpected(let command, let output, let allowed):
      "\(command): found the output \(Self.excerpt(output)); allowed: \(allowed); try the command by hand"
    case .noArrays:
      "scontrol show config: found MaxArraySize below 2; allowed: a cluster that takes job arrays; try another "
        + "cluster, or inflow sweep run by hand"
    case .refused(let script, let message, let remains):
      "\(script): sbatch did not take it\(Self.said(message)); \(remains.description)"
    case .damaged(let path, let problem):
      "\(path): found \(problem); allowed: the file as inflow left it; remove the folder that it is in once none of "
        + "its jobs is queued (squeue), and give the same command again"
    }
  }

  private static func said(_ message: String) -> String {
    message.isEmpty ? "" : " (\(excerpt(message)))"
  }

  /// The last line that says something, on one line.
  private static func excerpt(_ text: String) -> String {
    let lines = text.split(whereSeparator: \.isNewline)
    return lines.isEmpty ? "nothing" : lines.suffix(3).joined(separator: " / ")
  }
}

extension SlurmError.Remains: CustomStringConvertible {
  public var description: String {
    let queued =
      switch jobs.count {
      case 0: "none of \(all) cells is queued"
      case 1: "\(self.queued) of \(all) cells are queued in job \(jobs[0])"
      default:
        "\(self.queued) of \(all) cells are queued in \(jobs.count) jobs, \(jobs[0]) to \(jobs[jobs.count - 1])"
      }
    return queued
      + "; the same command queues the others, with other --sbatch, --max-array or --cells-per-task if "
      + "the cluster's limits ask for it"
  }
}
