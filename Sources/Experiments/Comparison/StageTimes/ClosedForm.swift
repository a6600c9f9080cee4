import Foundation
import InductionModel
import MarkovChains
import ParameterSpaces
import Theory

/// A number that theory has in closed form, beside what the flow and the seeds of training show of it.
public struct ClosedForm: Sendable {
  /// Such as `slope of log(p[1 2]/p[1])`.
  public let name: String
  public let predicted: Double
  /// How long after the start of its stage flow and seeds are looked at: as long as it lasts in all of them.
  public let span: Double
  /// By the integrated flow; nil where the number does not exist.
  public let theory: Double?
  public let seeds: [Double]

  var json: JSON {
    let mean = seeds.isEmpty ? nil : SampleMean(seeds)
    return .object([
      "name": .string(name), "predicted": .number(predicted), "span": .number(span),
      "theory": .optional(theory),
      "training": .optional(mean?.mean), "training_standard_error": .optional(mean?.standardError),
    ])
  }
}

/// The closed forms of the stages that a run has, with I_S from the derivation of the loss in use: of each stage that
/// trains one group alone, and of the start of a run that trains the scale at once.
struct ClosedForms {
  private let experiment: Experiment
  private let leading: LeadingOrderLoss
  private let laws: WindowLaws
  private let selected: HeadSet
  private let theory: TrajectoryTable
  private let seeds: [TrajectoryTable]

  /// nil where the loss has no expansion in a, whose first order these are.
  init?(
    _ experiment: Experiment, laws: WindowLaws, selected: LagSet, theory: TrajectoryTable,
    seeds: [TrajectoryTable]
  ) {
    guard
      let leading = try? LeadingOrderLoss(
        model: experiment.model, loss: experiment.configuration.loss, laws: laws,
        memoryLimit: Resources.memory)
    else { return nil }
    self.experiment = experiment
    self.leading = leading
    self.laws = laws
    self.selected = HeadSet(selected.members)
    self.theory = theory
    self.seeds = seeds
  }

  private var model: ModelDefinition { experiment.model }

  func all() throws -> [ClosedForm] {
    try startOfScale() + slopes() + weightConstants() + scaleEquation()
  }

  /// What a table shows at the start of a stage and `span` later.
  private typealias Stretch = (table: TrajectoryTable, start: Double, end: Double)

  private func form(_ name: String, _ predicted: Double, _ stage: Stage, _ measure: (Stretch) -> Double?)
    -> ClosedForm
  {
    func value(_ table: TrajectoryTable) -> Double? {
      stage.start(table).flatMap { measure((table, $0, $0 + stage.span)) }.flatMap { $0.isFinite ? $0 : nil }
    }
    return ClosedForm(
      name: name, predicted: predicted, span: stage.span, theory: value(theory),
      seeds: seeds.compactMap(value))
  }

  /// A stretch of time that theory and seeds have in common, counted in each from where it begins there: what is
  /// measured is the same in all, and does not depend on the rows in between.
  private struct Stage {
    let span: Double
    /// Of theory.
    let origin: Parameters
    let start: (TrajectoryTable) -> Double?
  }

  /// That which trains one group alone; nil where theory has none.
  private func stage(of group: ParameterGroup) -> Stage? {
    func times(_ table: TrajectoryTable) -> (start: Double, end: Double)? {
      table.rows(changingOnly: group, model).map { (table.times[$0.lowerBound], table.times[$0.upperBound]) }
    }
    guard let rows = theory.rows(changingOnly: group, model),
      let origin = theory.point(rows.lowerBound, model.parameterSpace),
      let span = ([theory] + seeds).compactMap({ times($0).map { $0.end - $0.start } }).min()
    else { return nil }
    return Stage(span: span, origin: Parameters(flat: origin, model: model)) { times($0)?.start }
  }

  /// Such as ` after 400 of its stage`.
  private func after(_ stage: Stage) -> String {
    " after \(String(format: "%.4g", stage.span)) of its stage"
  }

  // MARK: The start of a joint run

  /// a'(0) = Σ p_S I_S + O(a), the leading order's −∂L/∂a: the chord to the first time after the start at which theory and
  /// all seeds have rows.
  private func startOfScale() throws -> [ClosedForm] {
    guard experiment.configuration.theory.stages.first?.train.contains(.scale) == true,
      let span = ([theory] + seeds).compactMap({ $0.times.first { $0 > 0 } }).max()
    else { return [] }
    let origin = try experiment.start
    let predicted = -(try leading.evaluate(origin).gradient.scale)
    let start = Stage(span: span, origin: origin) { $0.times.first }
    let name = "a'(0), by the chord to t = \(String(format: "%.4g", span))"
    return [
      form(name, predicted, start) { stretch in
        stretch.table.change(ModelDefinition.scaleName, stretch.start, stretch.end).map { $0 / span }
      }
    ]
  }

  // MARK: Coefficients alone

  /// log(p_{S*}/p_S) grows with slope 4a(I_{S*} − I_S)/C.
  private func slopes() throws -> [ClosedForm] {
    guard model.variant.coefficients == .square, let stage = stage(of: .coefficients),
      let information = try leading.information(stage.origin), let best = model.sets.firstIndex(of: selected)
    else { return [] }
    let start = stage.origin
    let total = start.coefficients.reduce(0) { $0 + $1 * $1 }
    return model.sets.indices.filter { $0 != best && start.coefficients[$0] != 0 }.map { other in
      let names = (model.shareNames[best], model.shareNames[other])
      let predicted = 4 * start.scale * (information[best] - information[other]) / total
      return form("slope of log(\(names.0)/\(names.1))" + after(stage), predicted, stage) { stretch in
        func ratio(_ time: Double) -> Double? {
          guard let upper = stretch.table.value(names.0, at: time),
            let lower = stretch.table.value(names.1, at: time)
          else { return nil }
          return log(upper / lower)
        }
        guard let first = ratio(stretch.start), let last = ratio(stretch.end) else { return nil }
        return (last - first) / stage.span
      }
    }
  }

  // MARK: Attention alone

  /// (1 − σ^h_own) t → Σ_{j ≠ own} 1/(a M (∂I/∂σ_own − ∂I/∂σ_j)), all shares on S*.
  private func weightConstants() throws -> [ClosedForm] {
    guard let stage = stage(of: .attention) else { return [] }
    // At weights of nearly 1 the slope by w_j is a σ_j (∂I/∂σ_own − ∂I/∂σ_j).
    // A coefficient whose share vanishes.
    let none = model.variant.coefficients == .softmax ? -600.0 : 0
    var point = Parameters(model: model, own: 14, other: 0, coefficients: none, scale: stage.origin.scale)
    for (index, set) in model.sets.enumerated() where set == selected { point.coefficients[index] = 1 }
    let slope = try leading.evaluate(point).gradient.attention
    let weights = point.quantities(model).weights
    return selected.members.compactMap { head in
      guard let own = model.ownLag(ofHead: head) else { return nil }
      let place = own - model.lags(ofHead: head).lowerBound
      let predicted = model.lags(ofHead: head).indices.enumerated().reduce(0.0) { sum, lag in
        guard lag.offset != place else { return sum }
        return sum + weights[head - 1][lag.offset] / (Double(model.window) * slope[head - 1][lag.offset])
      }
      return form("(1 - sigma[\(head) \(own)]) t" + after(stage), predicted, stage) { stretch in
        stretch.table.value("sigma[\(head) \(own)]", at: stretch.end).map { (1 - $0) * stage.span }
      }
    }
  }

  // MARK: The scale alone

  /// a at the end of its stage by the stage's own equation, one-hot heads and p on S*.
  private func scaleEquation() throws -> [ClosedForm] {
    guard model.variant == .paper, experiment.configuration.loss.criterion == .crossEntropy,
      let stage = stage(of: .scale)
    else { return [] }
    let equation = ScaleEquation(
      laws: laws, set: LagSet(selected.members), epsilon: experiment.configuration.loss.epsilon)
    let predicted = try equation.scale(from: stage.origin.scale, after: stage.span)
    return [
      form("a" + after(stage), predicted, stage) { stretch in
        stretch.table.value(ModelDefinition.scaleName, at: stretch.end)
      }
    ]
  }
}
