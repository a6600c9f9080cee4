import Foundation
import SymbolicTensors
import Testing

@Suite struct PrintingLatexTests {
  @Test func fractionsPowersAndSums() {
    let graph = ExpressionGraph()
    let j = graph.index("j", extent: 3)
    let a = graph.symbol("a", role: .parameter)
    let w = graph.symbol("w", shape: [3], role: .parameter, latex: "w^{(1)}")
    func latex(_ expression: SymbolicTensors.Expression, _ notation: Notation = Notation()) -> String {
      var printer = LatexPrinter(graph, notation)
      return printer.inline(expression)
    }
    #expect(latex(graph(a).power(-1)) == "\\frac{1}{a}")
    #expect(latex(Number(3, over: 4) * graph(a).squared) == "\\tfrac{3}{4} a^{2}")
    #expect(latex(graph(w, j).squared) == "\\left(w^{(1)}_{j}\\right)^{2}")
    #expect(latex(graph(a) - graph(w, j)) == "a - w^{(1)}_{j}")
    #expect(latex((graph(a) + 1) * graph(w, j).sum(over: j)) == "\\left(1 + a\\right) \\sum_{j} w^{(1)}_{j}")
    #expect(latex(graph(a).power(Number(1, over: 2)).exponential) == "\\exp\\left(\\sqrt{a}\\right)")
    #expect(latex(graph.constant(.real(1.5e-7)) * graph(a)).hasSuffix("\\cdot 10^{-7}\\right) a"))
  }

  @Test func namesAreDefinedOnceAndBeforeTheyAreUsed() {
    let graph = ExpressionGraph()
    let j = graph.index("j", extent: 3)
    let w = graph.symbol("w", shape: [3], role: .parameter)
    let weights = graph(w, j).softmax(over: j)
    let loss = (weights.squared.sum(over: j) + 1).logarithm
    var notation = Notation()
    notation.name(weights, "\\sigma_{#1}", [j])
    var printer = LatexPrinter(graph, notation)
    let first = printer.equations([("L", loss)])
    #expect(first.map(\.left) == ["\\sigma_{j}", "L"])
    #expect(
      first[1].right.joined() == "\\log\\left(1 + \\sum_{j} \\left(\\sigma_{j}\\right)^{2}\\right)"
        || first[1].right.joined() == "\\log\\left(1 + \\sum_{j} \\sigma_{j}^{2}\\right)")
    let second = printer.equations([("g_j", loss.gradient([graph(w, j)])[0])])
    #expect(!second.contains { $0.left == "\\sigma_{j}" }, "defined above")
    #expect(second.last?.left == "g_j")
  }

  /// Braces, \left and \right match in whatever is printed, and T_n is defined above its use.
  @Test(arguments: [5, 77] as [UInt64])
  func structureOfRandomExpressions(seed: UInt64) throws {
    for round in 0..<30 {
      var random = PrintingRandomExpressions(seed: seed &+ UInt64(round))
      for count in 1...50 {
        let expression = random.next()
        var printer = LatexPrinter(random.graph, Notation())
        var defined = Set<String>()
        for equation in printer.equations([("f", expression)]) {
          let text = equation.right.joined(separator: " ")
          let place = "seed \(seed) + \(round), expression \(count)"
          try #require(isBalanced(text), "\(place): \(text)")
          let used = text.matches(of: /T_\{[0-9]+\}/).map { String($0.output) }
          try #require(used.allSatisfy(defined.contains), "\(place): \(text)")
          equation.left.firstMatch(of: /T_\{[0-9]+\}/).map { _ = defined.insert(String($0.output)) }
        }
      }
    }
  }

  private func isBalanced(_ text: String) -> Bool {
    var depth = 0
    for character in text {
      depth += character == "{" ? 1 : character == "}" ? -1 : 0
      if depth < 0 { return false }
    }
    let lefts = text.components(separatedBy: "\\left").count
    return depth == 0 && lefts == text.components(separatedBy: "\\right").count
  }
}
