import Experiments
import Foundation
import InductionModel
import MarkovChains

extension ComparisonReport {
  func text(in folder: String) -> String {
    var parts = overlays.map(overlayText)
    parts += stageTimes.map(stageText)
    if !closedForms.isEmpty { parts.append(closedFormText) }
    if !ladder.isEmpty { parts.append(ladderText) }
    parts.append(limitText)
    if let approach, !approach.rows.isEmpty { parts.append(text(of: approach)) }
    parts.append(agreementText)
    if let note = configuration.theoryNote { parts.append(note) }
    parts.append("folder: \(folder)")
    return parts.joined(separator: "\n\n")
  }

  /// Loss, a, the shares and the weights of the heads' own lags; overlay.csv has the rest.
  private func overlayText(_ overlay: Overlay) -> String {
    let model = configuration.model
    let own = (1...model.heads).compactMap { head in
      model.ownLag(ofHead: head).map { "sigma[\(head) \($0)]" }
    }
    let shares = overlay.curves.filter { $0.quantity.hasPrefix("p[") }
      .sorted { ($0.points.last?.theory ?? 0) > ($1.points.last?.theory ?? 0) }.prefix(6).map(\.quantity)
    let shown = ["loss", ModelDefinition.scaleName] + shares + own
    let seeds = overlay.curves.first?.points.last?.seeds ?? 0
    // Of fewer seeds a difference in units of its own standard error says nothing.
    let inErrors = seeds >= Discrepancy.leastSeeds ? ["max/s.e.", "rms/s.e."] : []
    var table = TextTable(
      ["quantity", "theory", "training", "s.e.", "max diff", "at t", "rms", "max rel"] + inErrors,
      [.left] + Array(repeating: .right, count: 7 + inErrors.count))
    for quantity in shown {
      guard let curve = overlay.curves.first(where: { $0.quantity == quantity }), let end = curve.points.last
      else { continue }
      let discrepancy = curve.discrepancy
      let ratios = [discrepancy.maximumInErrors, discrepancy.rootMeanSquareInErrors].map { decimals($0, 1) }
      table.add(
        [
          quantity, digits(end.theory), digits(end.mean), digits(end.standardError),
          digits(discrepancy.maximum), digits(discrepancy.time, 6), digits(discrepancy.rootMeanSquare),
          percent(discrepancy.relative),
        ] + (inErrors.isEmpty ? [] : ratios))
    }
    let (ours, theirs) = (configuration.loss.epsilon, configuration.training?.epsilon)
    let epsilons =
      theirs.map {
        $0 == ours ? "" : "; epsilon is \(digits(ours, 6)) in theory and \(digits($0, 6)) in training"
      }
      ?? ""
    let gaps = [("theory", overlay.notCompared.theory), ("training", overlay.notCompared.training)]
      .filter { !$0.1.isEmpty }.map { "\nonly in \($0): \($1.joined(separator: ", "))" }.joined()
    return "\(configuration.name): \(overlay.level.rawValue) flow and training over \(seeds) "
      + "seed\(seeds == 1 ? "" : "s"), values at t = \(digits(overlay.end, 6)), differences up to there\(epsilons)\n\n"
      + table.text + (gaps.isEmpty ? "" : "\n\(gaps)")
  }

  /// Times of transitions that theory and training share.
  private func stageText(_ times: StageTimes) -> String {
    var table = TextTable(
      ["transition", "begins", "half", "ends", "training: half", "s.e.", "least", "greatest", "seeds"],
      [.left] + Array(repeating: .right, count: 8))
    for row in times.rows {
      let middles = row.seeds.map(\.middle)
      let mean = middles.isEmpty ? nil : SampleMean(middles)
      table.add([
        "\(row.quantity) \(String(format: "%.3g to %.3g", row.theory.from, row.theory.to))",
        digits(row.theory.begin), digits(row.theory.middle), digits(row.theory.end), digits(mean?.mean),
        digits(mean?.standardError), digits(middles.min()), digits(middles.max()),
        "\(row.seeds.count)/\(row.looked)",
      ])
    }
    return "Transitions between plateaus, \(times.level.rawValue) (times t)\n\n" + table.text
  }

  private var closedFormText: String {
    var table = TextTable(
      ["closed form", "predicted", "flow", "training", "s.e."], [.left] + Array(repeating: .right, count: 4))
    for form in closedForms {
      let mean = form.seeds.isEmpty ? nil : SampleMean(form.seeds)
      table.add([
        form.name, digits(form.predicted), digits(form.theory), digits(mean?.mean),
        digits(mean?.standardError),
      ])
    }
    return table.text
  }

  private var ladderText: String {
    var table = TextTable(
      ["ladder", "error is a power of", "predicted", "measured", "s.e."],
      [.left, .left, .right, .right, .right])
    for edge in ladder {
      table.add([
        edge.name.rawValue, edge.name.variable, decimals(edge.name.predicted, 1),
        decimals(edge.order?.value, 3),
        decimals(edge.order?.standardError, 3),
      ])
    }
    return table.text
  }

  private var limitText: String {
    var table = TextTable(
      ["limit", "t", "nearest", "TV", "s.e.", "p", "own weight", "a", "verdict"],
      [.left, .right, .left, .right, .right, .right, .right, .right, .left])
    let rows =
      theoryLimits.map { ($0.level.rawValue, $0.report) }
      + trainingLimits.map { ("seed \($0.seed)", $0.report) }
    for (name, report) in rows {
      let nearest = report.distances.first?.nearest
      table.add([
        name, digits(report.time, 6), nearest?.set.description ?? "-", digits(nearest?.totalVariation.mean),
        digits(nearest?.totalVariation.standardError), "p\(report.winner) \(digits(report.share))",
        digits(report.attention), decimals(report.scale, 3), verdict(report),
      ])
    }
    let set = informationSet.map { "S* = \($0)" } ?? "S* unknown"
    return "Distance to the induction head GIH(S) that each model is nearest to, at L = "
      + "\(configuration.training?.context ?? 0); \(set); reached means TV at most "
      + "\(digits(thresholds.totalVariation, 6)) from GIH(S*)\n\n" + table.text
  }

  private func text(of approach: Approach) -> String {
    var table = TextTable(
      ["t", "theory", "s.e.", "training", "s.e. over seeds"], Array(repeating: .right, count: 5))
    for row in approach.rows {
      table.add([
        digits(row.time, 6), digits(row.theory.mean), digits(row.theory.standardError),
        digits(row.training.mean), digits(row.training.standardError),
      ])
    }
    return "Approach to GIH(\(approach.set)): total variation by time\n\n" + table.text
  }

  /// A model may arrive although its steps were no flow's.
  private func verdict(_ report: LimitReport) -> String {
    guard report.verdict == .reached, let reason = report.driftReason else {
      return report.verdict.description
    }
    return "reached, though \(reason)"
  }

  private var agreementText: String {
    let flow = theoryLimits.first.flatMap { head($0.report) }
    let seeds = trainingLimits.map { head($0.report) }
    let same = flow != nil && seeds.allSatisfy { $0 == flow }
    func name(_ set: LagSet?) -> String { set?.description ?? "none yet" }
    let names = seeds.map(name).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    let values = agreement.bySeed.map { "\(digits($0.totalVariation.mean))" }.joined(separator: ", ")
    return
      "Agreement at t = \(digits(agreement.time, 6)): the predictions of flow and training differ by \(values) in "
      + "total variation (by seed)\nInduction head at the end: "
      + (same
        ? "\(name(flow)) in theory and in every seed"
        : "\(name(flow)) in theory, \(names.joined(separator: " or ")) in training")
  }

  /// The set whose induction head the model is; nil while it is near none.
  private func head(_ report: LimitReport) -> LagSet? {
    report.distances.first?.nearest.flatMap {
      $0.totalVariation.mean <= thresholds.totalVariation ? $0.set : nil
    }
  }
}
