import Foundation
import Testing

/// docs/derivation.md is what its own command prints.
@Suite struct DeriveDocumentationTests {
  @Test func derivationIsWhatItsCommandPrints() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try String(contentsOf: root.appendingPathComponent("docs/derivation.md"), encoding: .utf8)
    let made = try #require(text.firstMatch(of: /Made by `inflow ([^`]*)`/), "it states its command")
    let arguments = String(made.1).split(separator: " ").map(String.init)
    let result = Command.finish(try Command.start(arguments, in: root.path))
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output == text, "run: inflow \(made.1) > docs/derivation.md")
    for part in [
      "Stage I:", "Stage II:", "Stage III:", "G_{2}(i_{1},j_{1};i_{2},j_{2})", "\\omega_{\\pi}(z)",
    ] {
      #expect(text.contains(part), "\(part)")
    }
  }
}
