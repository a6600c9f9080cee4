#if os(Linux)
  import Foundation
  import Testing

  /// One status and one kind of message where the disk is full, whatever was being written, and the same command goes on once
  /// there is room.
  @Suite(.serialized) struct FullDiskTests {
    /// A file system of so many bytes, while its owner lives.
    private final class Disk {
      let path = FileManager.default.temporaryDirectory.appendingPathComponent("disk-\(UUID().uuidString)")
        .path

      init?(kibibytes: Int) {
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard Self.call("mount", "-t", "tmpfs", "-o", "size=\(kibibytes)k", "tmpfs", path) else { return nil }
      }

      func grow() -> Bool { Self.call("mount", "-o", "remount,size=64m", path) }

      deinit {
        _ = Self.call("umount", path)
        try? FileManager.default.removeItem(atPath: path)
      }

      private static func call(_ words: String...) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
      }
    }

    private static let mayMount = Disk(kibibytes: 4) != nil

    @Test(
      .enabled(if: mayMount, "file systems may not be mounted here"),
      arguments: [
        ["integrate", "train.yaml", "--set", "theory.output={points: 2000}"],
        [
          "train", "train.yaml", "--set", "training.measure={every: step}", "--set",
          "training.stages=[{steps: 500}]",
        ],
        [
          "map", "train.yaml", "--vary", "initial.scale=[0.1, 1]", "--set",
          "theory.stages=[{until: {time: 5}}]",
          "--set", "training.stages=[{steps: 5}]",
        ],
        ["derive", "train.yaml", "--form", "scalar", "--format", "python", "--level", "leading-order"],
      ])
    func isToldAndGoneOnWith(arguments: [String]) throws {
      let place = try TrainTests.workplace()
      let disk = try #require(Disk(kibibytes: arguments[0] == "derive" ? 4 : 48))
      func run() throws -> Command.Result {
        Command.finish(try Command.start(arguments + ["--out", "\(disk.path)/run"], in: place.path))
      }
      let full = try run()
      #expect(full.status == 1, "\(full.error)")
      #expect(
        full.error.contains("no space left on device") && full.error.contains(disk.path), "\(full.error)")
      try #require(disk.grow())
      guard arguments[0] != "derive" else { return }
      let roomy = try run()
      #expect(roomy.status == 0, "\(roomy.error)")
    }
  }
#endif
