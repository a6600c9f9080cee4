import Foundation
import Testing

/// What `validate` says that a level takes, against what the process takes.
@Suite struct LevelMemoryTests {
  @Test(
    .enabled(if: DeriveTools.hasPython, "needs python3, which measures the process"),
    arguments: ["shared", "shifted"])
  func estimateIsWhatIsUsed(windows: String) throws {
    let place = try Workplace()
    let window = windows == "shared" ? 11 : 9
    let options = [
      "--set", "source.tokens=2", "--set", "source.prior.kernels=2", "--set",
      "model.variant={windows: \(windows)}",
    ]
    func peak(_ window: Int) throws -> Double {
      try Self.peak(["evaluate", "small.yaml", "--set", "model.window=\(window)"] + options, in: place)
    }
    let said = try Self.estimate(
      ["validate", "small.yaml", "--set", "model.window=\(window)"] + options, in: place)
    let used = try peak(window) - peak(2)
    #expect(abs(said / used - 1) < 0.1, "said \(said), used \(used)")
  }

  /// Bytes of `.., about 1.5 GiB`.
  private static func estimate(_ arguments: [String], in place: Workplace) throws -> Double {
    let result = Command.finish(try Command.start(arguments, in: place.path))
    let found = try #require(result.output.firstMatch(of: /about ([0-9.]+) (KiB|MiB|GiB)/), "\(result)")
    let unit = ["KiB": 0x1p10, "MiB": 0x1p20, "GiB": 0x1p30][String(found.2)] ?? .nan
    return try #require(Double(found.1)) * unit
  }

  /// The most memory that a process had at a time, in bytes.
  private static func peak(_ arguments: [String], in place: Workplace) throws -> Double {
    let script = """
      import resource, subprocess, sys
      subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
      print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
      """
    let program = try Command.executable().path
    let result = try DeriveTools.run("python3", ["-c", script, program] + arguments, in: place.path).output
    return try #require(Double(result.trimmingCharacters(in: .whitespacesAndNewlines)), "\(result)") * 1024
  }
}
