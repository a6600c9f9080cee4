import ArgumentParser
import Experiments

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Prints a commented configuration to start from.",
    discussion: """
      Example:
        inflow init --tokens 4 --parents 1,3 > my.yaml
      """)

  @Option(
    help: ArgumentHelp(
      "How many tokens there are, or a list of symbols such as '[A, C, G, T]'.", valueName: "d"))
  var tokens = "3"

  @Option(
    help: ArgumentHelp("The lags that the next token depends on.", valueName: "lags"), transform: Self.lags)
  var parents = [1, 2]

  @Option(help: ArgumentHelp("How many lags a head sees; by default enough for the parents.", valueName: "M"))
  var window: Int?

  @Option(help: ArgumentHelp("How many heads there are; by default as many as lags.", valueName: "H"))
  var heads: Int?

  func run() throws {
    try Terminal.result(
      ConfigurationTemplate(tokens: tokens, parents: parents, window: window, heads: heads).text)
  }

  /// `1,2` or `[1, 2]`.
  private static func lags(_ text: String) throws -> [Int] {
    let words = text.trimmingPrefix("[").split(separator: ",").map { word in
      String(word).filter { $0 != " " && $0 != "]" }
    }
    let lags = words.compactMap { Int($0) }
    guard !lags.isEmpty, lags.count == words.count else {
      throw ValidationError("--parents: found \(text), allowed: lags such as 1,2")
    }
    return lags
  }
}
