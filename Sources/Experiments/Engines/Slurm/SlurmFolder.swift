import Foundation

/// `DIR/slurm` of a sweep: a script and a list of cells for each job array, the output of the tasks, and a record of what
/// was submitted.
struct SlurmFolder {
  /// The folder of the sweep, absolute.
  let sweep: String

  /// - Throws: `SlurmError.badPath` for what cannot stand in a job script: line ends end a comment there, and a backslash
  ///   makes Slurm take `%A` in the name of a file for itself.
  init(of sweep: String) throws(SlurmError) {
    self.sweep = URL(fileURLWithPath: sweep).standardizedFileURL.path
    if self.sweep.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
      throw .badPath(sweep, found: "a control character")
    }
    if self.sweep.contains("\\") { throw .badPath(sweep, found: "a backslash") }
  }

  var path: String { "\(sweep)/slurm" }
  var logs: String { "\(path)/log" }
  var record: String { "\(path)/arrays.json" }
  func script(of array: SlurmArray) -> String { "\(path)/\(array.scriptName)" }
  func tasks(of array: SlurmArray) -> String { "\(path)/\(array.tasksName)" }

  // MARK: Record

  private struct Record: Decodable {
    let format: Int
    let arrays: [SlurmArray]
  }

  private static let format = 1

  /// What was submitted so far; nothing where there is no record.
  ///
  /// - Throws: `SlurmError.damaged`, `RunFolderError.notReadable`.
  func arrays() throws -> [SlurmArray] {
    guard FileManager.default.fileExists(atPath: record) else { return [] }
    let data = try RunFolder.read(record)
    guard let read = try? JSONDecoder().decode(Record.self, from: data), read.format == Self.format,
      zip(read.arrays, read.arrays.dropFirst()).allSatisfy({ $0.number < $1.number })
    else { throw SlurmError.damaged(record, problem: "no record of job arrays") }
    return read.arrays
  }

  /// - Throws: `RunFolderError.notWritable`.
  func write(_ arrays: [SlurmArray]) throws {
    let json = JSON.object(["format": .integer(Self.format), "arrays": .array(arrays.map(\.json))])
    try DurableFile.write(Data(json.text.utf8), to: record)
  }

  // MARK: Lists of cells

  /// Writes what the tasks of an array need.
  func write(_ script: SlurmScript, cells: [CellRanges]) throws {
    for folder in [path, logs] {
      guard mkdir(folder, 0o777) == 0 || errno == EEXIST else { throw RunFolderError.system(folder) }
    }
    let lines = cells.map { "\($0)\n" }.joined()
    try DurableFile.write([
      (tasks(of: script.array), Data(lines.utf8)), (self.script(of: script.array), Data(script.text.utf8)),
    ])
  }

  /// The cells of some tasks of an array.
  ///
  /// - Throws: `SlurmError.damaged`, `RunFolderError.notReadable`.
  func cells(of tasks: CellRanges, in array: SlurmArray) throws -> CellRanges {
    let path = self.tasks(of: array)
    let lines = String(decoding: try RunFolder.read(path), as: UTF8.self).split(separator: "\n")
    guard lines.count == array.taskCount else {
      throw SlurmError.damaged(path, problem: "\(lines.count) lines for \(array.taskCount) tasks")
    }
    let wanted = tasks.intersection(CellRanges(upTo: lines.count))
    let text = wanted.map { lines[$0 - 1] }.joined(separator: ",")
    guard !text.isEmpty else { return CellRanges() }
    guard let cells = CellRanges(text) else {
      throw SlurmError.damaged(path, problem: "a line that is no cells")
    }
    return cells
  }
}
