import ArgumentParser
import Experiments
import Foundation

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows what the source tells: information of every set of lags, S*, gap, mixing.",
    discussion: """
      Example:
        inflow inspect Examples/two-parents.yaml --set source.prior.dirichlet=0.1 --json
      """)

  @OptionGroup var common: CommonOptions

  @Flag(help: "Prints JSON with all digits instead of a table.")
  var json = false

  func run() throws {
    let inspection = try Inspection(common.experiment(), threads: common.execution.threads)
    try Terminal.result(json ? inspection.json.text : inspection.table)
  }
}

extension Inspection {
  /// Sets by descending modified information; beyond `longest` rows the rest is counted.
  fileprivate var table: String {
    let longest = 40
    let order = information.sets.indices.sorted {
      (-information.modified[$0].mean, $0) < (-information.modified[$1].mean, $1)
    }
    var table = TextTable(
      ["lags", "modified χ²", "s.e.", "ordinary χ²", "s.e.", ""],
      [.left, .right, .right, .right, .right, .left])
    for index in order.prefix(longest) {
      let set = information.sets[index]
      let (modified, ordinary) = (information.modified[index], information.ordinary[index])
      table.add([
        set.description, decimals(modified.mean, 4), decimals(modified.standardError, 4),
        decimals(ordinary.mean, 4),
        decimals(ordinary.standardError, 4), set == selected.set ? "S*" : "",
      ])
    }
    var lines = [heading] + (choice.map { [$0] } ?? []) + ["", table.text]
    if order.count > longest {
      lines.append("and \(order.count - longest) sets with less (--json shows all)")
    }
    lines.append("")
    if let gap = selected.gap, let runnerUp = selected.runnerUp {
      lines.append(
        "S* = \(selected.set), ahead of \(runnerUp) by \(decimals(gap.mean, 4)) (s.e. \(decimals(gap.standardError, 4)))"
      )
    } else {
      lines.append("S* = \(selected.set), the only set in reach")
    }
    lines.append(
      "mixing: |λ₂| at most \(secondEigenvalue.map { decimals($0, 4) } ?? "unknown"); smallest entry "
        + String(format: "%.2e", smallestEntry))
    return (lines + warnings.map { "warning: \($0)" }).joined(separator: "\n")
  }

  /// How a text chose the parents.
  private var choice: String? {
    guard let choice = parentChoice, let best = choice.candidates.first else { return nil }
    let next = choice.candidates.dropFirst().prefix(3).map { "\($0.lags) \(decimals($0.logLikelihood, 4))" }
    return "parents by log-likelihood of \(choice.tokens) held-out tokens, nats a token: \(best.lags) "
      + ([decimals(best.logLikelihood, 4)] + next).joined(separator: ", ")
  }

  private var heading: String {
    let (source, model) = (configuration.source, configuration.model)
    return "\(configuration.name): \(source.tokens) tokens, parents \(LagList(parents)), "
      + "\(laws.kernels.count) kernel\(laws.kernels.count == 1 ? "" : "s"); sets of at most \(model.degree) of "
      + "the lags 1 to \(min(model.heads, model.reach)) are in reach"
  }

}

/// `{1,2}`.
struct LagList: CustomStringConvertible {
  let lags: [Int]

  init(_ lags: [Int]) { self.lags = lags }

  var description: String { "{\(lags.map(String.init).joined(separator: ","))}" }
}
