import Foundation

/// Another program, run to its end.
struct ChildProcess {
  let path: String
  var environment: [String: String]

  struct Answer {
    /// Of the exit, or the signal that ended it.
    let status: Int32
    let isSuccess: Bool
    let output: String
    let error: String
  }

  /// Why there is no answer.
  struct Failure: Error {
    let status: Int32
    let message: String
  }

  /// Where a shell would find a program; nil where it would not.
  static func find(_ name: String, in environment: [String: String]) -> String? {
    (environment["PATH"] ?? "").split(separator: ":").lazy.map { "\($0)/\(name)" }
      .first(where: FileManager.default.isExecutableFile(atPath:))
  }

  /// - Parameters:
  ///   - folder: where it runs; nil for the current one.
  ///   - isInterrupted: asked now and then; the program is ended where it says so.
  /// - Throws: `Failure` where the program cannot be started.
  func run(
    _ arguments: [String], in folder: String? = nil, _ isInterrupted: () -> Bool = { false }
  ) throws(Failure) -> Answer {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    // Into files: of two pipes, the one that is not being read could fill up.
    guard let output = ScratchFile(), let error = ScratchFile() else {
      throw Failure(status: errno, message: "no temporary file can be made")
    }
    process.standardOutput = output.handle
    process.standardError = error.handle
    let end = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in end.signal() }
    do { try process.run() } catch { throw Failure(status: errno, message: "it does not start: \(error)") }
    while end.wait(timeout: .now() + 0.1) == .timedOut {
      // Nothing milder is sure to arrive: a thread that blocks signals has a process begin with them blocked.
      if isInterrupted() { kill(process.processIdentifier, SIGKILL) }
    }
    return Answer(
      status: process.terminationStatus,
      isSuccess: process.terminationReason == .exit && process.terminationStatus == 0,
      output: output.text, error: error.text)
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
