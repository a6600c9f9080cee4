import Foundation
import Testing

/// The largest scalar equations that `derive` writes are imported and compiled by what they are for.
@Suite struct LargestExportTests {
  @Test(.enabled(if: DeriveTools.hasSciPy, "needs python3 with numpy and scipy: pip install numpy scipy"))
  func pythonImports() throws {
    let place = try Workplace()
    try Self.deriveLargest("python", in: place)
    let script = "import flow\nprint(len(flow.flow(0, flow.initial_state())))\n"
    try place.write(script, to: "largest/use.py")
    let result = try DeriveTools.run("python3", ["use.py"], in: place["largest"])
    #expect(result.status == 0 && result.output == "9\n", "\(result)")
  }

  @Test func clangCompiles() throws {
    let place = try Workplace()
    try Self.deriveLargest("c", in: place)
    let compiler = try #require(DeriveTools.compiler, "a C compiler comes with Swift")
    let result = try DeriveTools.run(compiler, ["-std=c99", "-O2", "-c", "flow.c"], in: place["largest"])
    #expect(result.status == 0)
  }

  @Test(.enabled(if: DeriveTools.hasSwift))
  func swiftCompiles() throws {
    let place = try Workplace()
    try Self.deriveLargest("swift", in: place)
    let result = try DeriveTools.run("swiftc", ["-O", "-c", "flow.swift"], in: place["largest"])
    #expect(result.status == 0)
  }

  /// The source of as many kernels as are allowed, into `largest`: nine components, whose equations grow with the kernels.
  private static func deriveLargest(_ format: String, in place: Workplace) throws {
    func isAllowed(_ kernels: Int) throws -> Bool {
      let result = try Command.run(
        "derive", "small.yaml", "--form", "scalar", "--format", format, "--set",
        "model={window: 2, heads: 2, degree: 2}", "--set", "source.prior.kernels=\(kernels)", "--out",
        "largest", "--force", in: place)
      #expect(result.status == 0 || result.error.contains("operands"), "\(result.error)")
      return result.status == 0
    }
    var (fits, fails) = (1, 512)
    #expect(try isAllowed(fits) && !isAllowed(fails))
    while fails - fits > 1 {
      let kernels = (fits + fails) / 2
      if try isAllowed(kernels) { fits = kernels } else { fails = kernels }
    }
    #expect(try isAllowed(fits))
  }
}
