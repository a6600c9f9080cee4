import Foundation
import Testing

/// The derivation as LaTeX and Markdown.
@Suite struct DeriveTextTests {
  static let cases = DeriveExportTests.cases

  private func derive(_ format: String, _ options: [String]) throws -> String {
    let place = try Workplace()
    let arguments = ["derive", "small.yaml", "--format", format] + options
    let result = Command.finish(try Command.start(arguments, in: place.path))
    try #require(result.status == 0, "\(result.error)")
    return result.output
  }

  @Test(arguments: cases)
  func markdownIsBalanced(options: [String]) throws {
    let text = try derive("markdown", options)
    let fences = text.split(separator: "\n").filter { $0 == "$$" }.count
    #expect(fences > 0 && fences.isMultiple(of: 2))
    try expectStructure(text)
    // Markdown reads a backslash before punctuation as an escape.
    #expect(text.firstMatch(of: /\\[,;!{}|]/) == nil)
    for line in text.split(separator: "\n") where line != "$$" {
      #expect(line.filter { $0 == "$" }.count.isMultiple(of: 2), "\(line)")
    }
  }

  @Test(arguments: cases)
  func latexIsBalanced(options: [String]) throws { try expectStructure(derive("latex", options)) }

  private func expectStructure(_ text: String) throws {
    func count(_ part: String) -> Int { text.components(separatedBy: part).count - 1 }
    #expect(count("{") == count("}"))
    #expect(count("\\left(") + count("\\left\\") == count("\\right)") + count("\\right\\"))
    #expect(count("\\begin{") == count("\\end{"))
    #expect(!text.contains("?"), "something was printed without its operand")
    // Names are defined above their use.
    var defined = Set<String>()
    for line in text.split(separator: "\n") where line.contains("&") {
      let halves = line.components(separatedBy: "&")
      for name in halves[halves.count - 1].matches(of: /T_\{[0-9]+\}/) {
        #expect(defined.contains(String(name.output)), "\(line)")
      }
      // The definition's own row ends before its name is used.
      for name in halves[0].matches(of: /T_\{[0-9]+\}/) { defined.insert(String(name.output)) }
    }
  }

  @Test(
    .enabled(if: DeriveTools.hasLatex, "needs pdflatex: apt-get install texlive-latex-base"), arguments: cases
  )
  func latexCompiles(options: [String]) throws {
    let place = try Workplace()
    try place.write(derive("latex", options), to: "derivation.tex")
    let result = try DeriveTools.run(
      "pdflatex", ["-interaction=nonstopmode", "-halt-on-error", "derivation.tex"], in: place.path)
    #expect(result.status == 0, "\(result.output.suffix(2000))")
    // An equation that leaves the page is no equation.
    let wide = result.output.matches(of: /Overfull \\hbox \(([0-9]+)/).compactMap { Int($0.1) }
    #expect(wide.allSatisfy { $0 < 20 }, "\(result.output.suffix(2000))")
  }
}
