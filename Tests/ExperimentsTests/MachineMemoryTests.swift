import Experiments
import Foundation
import Testing

@Suite struct MachineMemoryTests {
  /// A machine whose files say what is given.
  private func limit(_ files: [String: String]) throws -> Int? {
    let root = try TemporaryFolder()
    for (name, text) in files {
      let url = URL(fileURLWithPath: root[name])
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
    }
    return MachineMemory.controlGroup(under: root.path)
  }

  @Test func readsBothVersionsOfControlGroups() throws {
    let two = ["proc/self/cgroup": "0::/user/job\n"]
    #expect(try limit([:]) == nil)
    #expect(try limit(two) == nil)
    #expect(try limit(two.merging(["sys/fs/cgroup/user/job/memory.max": "max\n"]) { $1 }) == nil)
    #expect(try limit(two.merging(["sys/fs/cgroup/user/job/memory.max": "1000\n"]) { $1 }) == 1000)
    // A group has no more than those above it.
    let nested = ["sys/fs/cgroup/user/job/memory.max": "1000", "sys/fs/cgroup/user/memory.max": "500"]
    #expect(try limit(two.merging(nested) { $1 }) == 500)
    // In a container only the mount may be there.
    #expect(try limit(two.merging(["sys/fs/cgroup/memory.max": "700"]) { $1 }) == 700)
    let one = ["proc/self/cgroup": "9:name=systemd:/\n4:cpu,memory:/job:x\n0::/\n"]
    let file = "sys/fs/cgroup/memory/job:x/memory.limit_in_bytes"
    #expect(try limit(one.merging([file: "9223372036854771712\n"]) { $1 }) == nil)
    #expect(try limit(one.merging([file: "4096\n"]) { $1 }) == 4096)
    #expect(try limit(["proc/self/cgroup": "no group\n:::\n\n"]) == nil)
  }

  @Test func theSmallestCounts() {
    let memory = MachineMemory()
    #expect(memory.physical > 1 << 20)
    #expect(memory.bytes <= memory.physical)
    #expect(Resources.memory <= memory.physical / 4 * 3)
  }
}
