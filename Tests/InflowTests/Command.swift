import Foundation
import Testing

/// The built `inflow`, run as a process of its own.
struct Command {
  struct Result {
    let status: Int32
    let output: String
    let error: String

    /// Standard output as a JSON object.
    func json() throws -> [String: Any] {
      try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
    }
  }

  /// It stands beside the test bundle, or beside the folder that holds the runner on macOS.
  static func executable() throws -> URL {
    let runner = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    let build = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent(".build/release")
    let above = sequence(first: runner.deletingLastPathComponent()) { $0.deletingLastPathComponent() }.prefix(
      5)
    let places = (Array(above) + [build]).map { $0.appendingPathComponent("inflow") }
    let found = places.first { FileManager.default.isExecutableFile(atPath: $0.path) }
    return try #require(found, "inflow is not built")
  }

  static func start(
    _ arguments: [String], in folder: String,
    _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> (Process, output: Pipe, error: Pipe) {
    try start(executable(), arguments, in: folder, environment)
  }

  private static func start(
    _ executable: URL, _ arguments: [String], in folder: String,
    _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> (Process, output: Pipe, error: Pipe) {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.environment = environment
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    let (output, error) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = error
    process.standardInput = FileHandle.nullDevice
    try process.run()
    return (process, output, error)
  }

  static func finish(_ running: (Process, output: Pipe, error: Pipe)) -> Result {
    // Standard error is short: it fits the pipe while standard output is read to its end.
    let output = running.output.fileHandleForReading.readDataToEndOfFile()
    let error = running.error.fileHandleForReading.readDataToEndOfFile()
    running.0.waitUntilExit()
    return Result(
      status: running.0.terminationStatus, output: String(decoding: output, as: UTF8.self),
      error: String(decoding: error, as: UTF8.self))
  }

  static func run(_ arguments: String..., in folder: Workplace) throws -> Result {
    finish(try start(arguments, in: folder.path))
  }

  /// A line of the shell in which `inflow` is the program.
  static func shell(_ line: String, in folder: Workplace) throws -> Result {
    let script = "inflow() { \"$program\" \"$@\"; }; program=$0; \(line)"
    return finish(
      try start(URL(fileURLWithPath: "/bin/sh"), ["-c", script, executable().path], in: folder.path))
  }

  /// Under limits of the shell, such as `-v 300000`, and for at most a minute: then the status is 124.
  static func run(_ arguments: String..., under limits: String, in folder: Workplace) throws -> Result {
    let script = "ulimit \(limits) && exec timeout 60 \"$0\" \"$@\""
    let words = try ["-c", script, executable().path] + arguments
    return finish(try start(URL(fileURLWithPath: "/bin/sh"), words, in: folder.path))
  }
}

/// A folder with a small configuration, `small.yaml`, that vanishes with its owner.
final class Workplace {
  let path = FileManager.default.temporaryDirectory.appendingPathComponent("inflow-\(UUID().uuidString)").path

  static let configuration = """
    source: {tokens: 3, parents: [1, 2], prior: {dirichlet: 0.5, kernels: 4, seed: 7}}
    model: {window: 3, heads: 3, degree: 2}
    theory:
      stages: [{train: [coefficients, attention, scale], until: {time: 20}}]
      output: {points: 5}

    """

  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try write(Self.configuration, to: "small.yaml")
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  subscript(name: String) -> String { "\(path)/\(name)" }

  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: self[name]))
  }

  func read(_ name: String) throws -> String { try String(contentsOfFile: self[name], encoding: .utf8) }

  func json(_ name: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(read(name).utf8)) as? [String: Any])
  }

  /// A path with `*` for the one name that stands there.
  func expand(_ pattern: String) throws -> String {
    let parts = pattern.components(separatedBy: "*")
    guard parts.count == 2 else { return pattern }
    let names = try names(parts[0])
    try #require(names.count == 1, "\(names)")
    return parts[0] + names[0] + parts[1]
  }

  func names(_ folder: String = "") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: self[folder]).sorted()
  }
}
