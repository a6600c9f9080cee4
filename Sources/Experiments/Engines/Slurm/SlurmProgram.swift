import Foundation

/// A program of Slurm, found as a shell would find it, run to its end.
struct SlurmProgram {
  let name: String
  private let path: String
  private let environment: [String: String]

  struct Answer {
    /// Of the exit, or the signal that ended it.
    let status: Int32
    let isSuccess: Bool
    let output: String
    let error: String
  }

  /// - Throws: `SlurmError.missing`.
  init(_ name: String, in environment: [String: String]) throws(SlurmError) {
    let folders = (environment["PATH"] ?? "").split(separator: ":")
    let path = folders.lazy.map { "\($0)/\(name)" }.first(
      where: FileManager.default.isExecutableFile(atPath:))
    guard let path else { throw .missing(program: name) }
    self.name = name
    self.path = path
    self.environment = Self.cleared(environment)
  }

  /// What changes the meaning of an option that is not given: filters and formats of squeue, an array and a wait of
  /// sbatch. Processors a task are those of the job that this process runs in, if it does, not of the new one.
  private static func cleared(_ environment: [String: String]) -> [String: String] {
    var environment = environment.filter { !$0.key.hasPrefix("SQUEUE_") }
    for key in ["SBATCH_ARRAY_INX", "SBATCH_WAIT", "SLURM_CPUS_PER_TASK"] { environment[key] = nil }
    // Lists of tasks are cut after 64 characters otherwise.
    environment["SLURM_BITSTR_LEN"] = "0"
    return environment
  }

  /// - Parameter isInterrupted: asked now and then; the program is ended where it says so.
  /// - Throws: `SlurmError.failed` where the program cannot be started.
  func run(_ arguments: [String], _ isInterrupted: () -> Bool = { false }) throws(SlurmError) -> Answer {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    // Into files: of two pipes, the one that is not being read could fill up.
    guard let output = ScratchFile(), let error = ScratchFile() else {
      throw failure(arguments, errno, "no temporary file can be made")
    }
    process.standardOutput = output.handle
    process.standardError = error.handle
    let end = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in end.signal() }
    do { try process.run() } catch { throw failure(arguments, errno, "it does not start: \(error)") }
    while end.wait(timeout: .now() + 0.1) == .timedOut {
      // Nothing milder is sure to arrive: a thread that blocks signals has a process begin with them blocked.
      if isInterrupted() { kill(process.processIdentifier, SIGKILL) }
    }
    return Answer(
      status: process.terminationStatus,
      isSuccess: process.terminationReason == .exit && process.terminationStatus == 0,
      output: output.text, error: error.text)
  }

  /// The output of a program that has to succeed.
  func output(_ arguments: [String]) throws(SlurmError) -> String {
    let answer = try run(arguments)
    guard answer.isSuccess else { throw failure(arguments, answer.status, answer.error) }
    return answer.output
  }

  private func failure(_ arguments: [String], _ status: Int32, _ message: String) -> SlurmError {
    .failed(
      command: ([name] + arguments).map(ShellWords.quoted).joined(separator: " "), status: status,
      message: message)
  }
}

/// A file without a name, which vanishes with its owner.
private final class ScratchFile {
  private let file: UnsafeMutablePointer<FILE>

  init?() {
    guard let file = tmpfile() else { return nil }
    self.file = file
  }

  var handle: FileHandle { FileHandle(fileDescriptor: fileno(file), closeOnDealloc: false) }

  /// All of it, from its beginning.
  var text: String {
    let handle = handle
    try? handle.seek(toOffset: 0)
    return (try? handle.readToEnd()).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  deinit { fclose(file) }
}
