import Experiments
import Testing

@Suite struct ResourcesTests {
  private func experiment(window: Int) throws -> Experiment {
    try Experiment(configuration(minimal, "model.window=\(window)"))
  }

  /// N² numbers for each of 2H + 4 matrices are the bulk: N = 3^W.
  @Test func grownWindowsAreRefusedBeforeTheyAreAllocated() throws {
    let gibibyte = 1 << 30
    let fits = try Resources(.infiniteContext, of: experiment(window: 6), memory: gibibyte)
    #expect(fits.windows == 729)
    #expect(fits.bytes > 8 * 729 * 729 * 10)
    let error = try #require(throws: ConfigurationError.self) {
      try Resources(.infiniteContext, of: experiment(window: 12), memory: gibibyte)
    }
    #expect(error.keyPath == "model.window")
    #expect(error.found.contains("3^12 = 531441 windows"))
    // The window that the message names is the largest that fits.
    let named = try #require((1...12).last { error.suggestion?.hasSuffix("at most \($0)") == true })
    _ = try Resources(.infiniteContext, of: experiment(window: named), memory: gibibyte)
    #expect(throws: ConfigurationError.self) {
      try Resources(.infiniteContext, of: experiment(window: named + 1), memory: gibibyte)
    }
  }

  @Test func shiftedWindowsReachFarther() throws {
    let shifted = try Experiment(configuration(minimal, "model.variant=reference-code"))
    #expect(try Resources(lawsOf: shifted).windows == 243)
    #expect(try Resources(lawsOf: experiment(window: 3)).windows == 27)
  }

  @Test(arguments: [(0.0, "0 bytes"), (1023, "1023 bytes"), (1536, "1.5 KiB"), (0x1p40, "1.0 TiB")])
  func sizesAreReadable(bytes: Double, text: String) {
    #expect(Resources.size(bytes) == text)
  }
}
