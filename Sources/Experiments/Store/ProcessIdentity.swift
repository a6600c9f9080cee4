import Foundation

/// Which process on which host writes a folder; enough to tell from the same host whether it still lives.
struct ProcessIdentity: Codable, Hashable, Sendable {
  /// The host's name.
  let host: String
  let process: Int32
  /// Tells boots and process spaces (containers) of one host's name apart; nil where the system does not say.
  let space: String?
  /// When the process began, on the clock of its boot: numbers of processes are used again.
  let started: String?

  static let current = ProcessIdentity(
    host: ProcessInfo.processInfo.hostName, process: ProcessInfo.processInfo.processIdentifier,
    space: currentSpace, started: start(of: ProcessInfo.processInfo.processIdentifier))

  /// Whether the process is gone for certain; nil where that cannot be seen from here.
  var isGone: Bool? {
    let here = Self.current
    guard host == here.host, space == here.space else { return nil }
    if kill(process, 0) != 0, errno == ESRCH { return true }
    guard let started, let now = Self.start(of: process) else { return false }
    return started != now
  }

  private static let currentSpace: String? = {
    let boot = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
    let processes = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")
    let parts = [boot?.trimmingCharacters(in: .whitespacesAndNewlines), processes].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: " ")
  }()

  /// The twenty-second field of Linux's `stat`, which follows the name in parentheses.
  private static func start(of process: Int32) -> String? {
    guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      let name = stat.lastIndex(of: ")")
    else { return nil }
    let fields = stat[stat.index(after: name)...].split(separator: " ")
    return fields.count > 19 ? String(fields[19]) : nil
  }
}
