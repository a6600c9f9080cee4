import CSystem
import Foundation

/// The memory that this process can have: the machine's, what a container or a batch system allows of it, and what
/// the limits of the process leave.
public struct MachineMemory: Equatable, Sendable {
  /// Of the machine, bytes.
  public let physical: Int
  /// The smallest limit of the control groups that the process is in; nil for none.
  public let controlGroup: Int?
  /// What may still be mapped under RLIMIT_AS and RLIMIT_DATA; nil without such limits.
  public let room: Int?

  /// The smallest of all.
  public var bytes: Int { [physical, controlGroup, room].compactMap { $0 }.min() ?? physical }

  /// As it is now.
  public init() {
    physical = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    controlGroup = Self.controlGroup
    let room = process_room()
    self.room = room < .max ? Int(room) : nil
  }

  /// Limits of control groups are set before a process starts.
  private static let controlGroup = controlGroup(under: "/")

  /// The smallest limit among a process' control groups and all above them, of either version.
  ///
  /// - Parameter root: the folder that stands for `/`.
  package static func controlGroup(under root: String) -> Int? {
    let groups = read("\(root)/proc/self/cgroup") ?? ""
    return groups.split(separator: "\n").flatMap { line -> [Int] in
      // `0::/path` for version 2, `4:memory:/path` for version 1.
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { return [] }
      if fields[0] == "0", fields[1].isEmpty {
        return ["sys/fs/cgroup", "sys/fs/cgroup/unified"].flatMap { mount in
          limits("\(root)/\(mount)", fields[2], "memory.max")
        }
      }
      guard fields[1].split(separator: ",").contains("memory") else { return [] }
      return limits("\(root)/sys/fs/cgroup/memory", fields[2], "memory.limit_in_bytes")
    }.min()
  }

  /// Limits from the group up to the mount. In a container the group's path may be the host's, and only the mount
  /// itself be there.
  private static func limits(_ mount: String, _ group: Substring, _ file: String) -> [Int] {
    let parts = group.split(separator: "/")
    return (0...parts.count).compactMap { depth in
      let folder = ([mount] + parts.prefix(depth).map(String.init)).joined(separator: "/")
      // `max`, or in version 1 a number beyond all memory, for none.
      return read("\(folder)/\(file)").flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        .flatMap { (1..<1 << 60).contains($0) ? $0 : nil }
    }
  }

  private static func read(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
}
