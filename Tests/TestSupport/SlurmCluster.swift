import Foundation

/// A Slurm cluster of one machine that lives as long as its owner: `Tests/Slurm/cluster.sh`, in a folder of its own, so that
/// tests with a cluster each run side by side.
public final class SlurmCluster {
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
    "slurm-\(UUID().uuidString)"
  ).path

  /// Whether Slurm is here; it is installed where that is allowed. What keeps it from being installed is said on standard
  /// error.
  public static let isAvailable = (try? run("/bin/sh", [script("install.sh")]).status) == 0

  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  /// Starts it; the settings replace those of its `slurm.conf`.
  public init(_ settings: String...) throws { try control(["start"] + settings) }

  deinit {
    _ = try? control(["stop"])
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// For programs that are to use it.
  public var environment: [String: String] {
    ProcessInfo.processInfo.environment.merging(["SLURM_CONF": "\(folder)/slurm.conf"]) { $1 }
  }

  /// Ends `slurmd` and all tasks without a warning, and waits until the controller has noticed.
  public func loseNode() throws {
    try control(["kill-node"])
    try eventually("a node that is down") { try self.control(["status"]).contains("node down") }
  }

  public func bringNodeBack() throws { try control(["start-node"]) }

  @discardableResult private func control(_ arguments: [String]) throws -> String {
    let environment = ProcessInfo.processInfo.environment.merging(["CLUSTER": folder]) { $1 }
    let (status, output) = try Self.run("/bin/sh", [Self.script("cluster.sh")] + arguments, environment)
    guard status == 0 else { throw Failure(description: "cluster.sh \(arguments): status \(status)") }
    return output
  }

  /// One of Slurm's programs.
  ///
  /// - Returns: its standard output.
  @discardableResult public func call(_ program: String, _ arguments: String...) throws -> String {
    try Self.run("/usr/bin/env", [program] + arguments, environment).output
  }

  private static func script(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Slurm/\(name)").path
  }

  private static func run(
    _ program: String, _ arguments: [String],
    _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }
}

/// Asks again and again until something holds, for a minute.
public func eventually(_ what: String, _ holds: () throws -> Bool) throws {
  let end = Date(timeIntervalSinceNow: 60)
  while try !holds() {
    guard end.timeIntervalSinceNow > 0 else {
      throw SlurmCluster.Failure(description: "\(what): not within a minute")
    }
    Thread.sleep(forTimeInterval: 0.1)
  }
}

/// Runs what mostly waits on a thread of its own: the few that tests share stay free for the others, and what waits is not
/// held up by them.
public func onOwnThread(_ body: @escaping @Sendable () throws -> Void) async throws {
  try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
    Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
  }
}
