/// A folder that a run cannot be written to, or gone on with.
public enum RunFolderError: Error, Equatable, Sendable {
  case exists(String)
  case otherRun(String, command: String)
  case notAFolder(String)
  case fileExists(String)
  case notWritable(String, reason: String)
  /// The disk is full, or fails.
  case noRoom(String, reason: String)
  case notReadable(String, reason: String)
  case notARun(String, missing: String)
  case notResumable(String, command: String)
  /// Where one run is wanted.
  case severalRuns(String, [String])
  /// Another process writes the folder.
  case inUse(String, by: String)
  /// Another process has taken the folder over.
  case lost(String)
  /// - Parameter remedy: nil for starting anew.
  case damaged(String, problem: String, remedy: String? = nil)
}

extension RunFolderError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .exists(let path):
      "\(path): found a folder that is not empty; allowed: a new or empty folder, or that of the same run, which "
        + "is gone on with; choose another --out, or --force to overwrite the run in it"
    case .otherRun(let path, let command):
      "\(path): found a run of inflow \(command) of another configuration; allowed: a new or empty folder, or that "
        + "of the same run, which is gone on with; choose another --out, --force to overwrite the run, or inflow "
        + "resume \(path) --set .. to make it longer"
    case .notAFolder(let path):
      "\(path): found a file; allowed: a new or empty folder; choose another --out"
    case .fileExists(let path):
      "\(path): found a file; allowed: a name that is not taken; choose another --out, or --force to overwrite it"
    case .notWritable(let path, let reason):
      "\(path): cannot be written (\(reason)); allowed: a folder that this user may create and write"
    case .noRoom(let path, let reason):
      "\(path): cannot be written (\(reason)); allowed: a disk with room; make some, then the same command goes on"
    case .notReadable(let path, let reason):
      "\(path): cannot be read (\(reason)); allowed: a file of the run that this user may read"
    case .notARun(let path, let missing):
      "\(path): found no \(missing); allowed: the folder of a run that inflow has begun"
    case .notResumable(let path, let command):
      "\(path): found a run of inflow \(command), which this version does not know; allowed: a run of inflow "
        + "integrate, train, compare, map, survey or sweep"
    case .severalRuns(let path, let names):
      "\(path): found a folder of several runs; allowed: the folder of one, such as "
        + names.prefix(5).map { "\(path)/\($0)" }.joined(separator: ", ")
    case .inUse(let path, let holder):
      "\(path): found a folder that \(holder) is writing; allowed: one process at a time; wait for it, or choose "
        + "another --out"
    case .lost(let path):
      "\(path): found that another process has taken the folder over, while this one stood still; allowed: one "
        + "process at a time; inflow resume \(path) says who has it"
    case .damaged(let path, let problem, let remedy):
      "\(path): found \(problem); allowed: the file as the run left it; "
        + (remedy.map { "\($0), or " } ?? "") + "start the run anew with --force"
    }
  }
}

extension RunFolderError {
  /// Whether what the user asked for is to blame, rather than the disk.
  var isInputError: Bool { if case .noRoom = self { false } else { true } }
}
