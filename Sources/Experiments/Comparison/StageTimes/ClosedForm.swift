import Foundation
import InductionModel
import MarkovChains
import Theory

/// A number that theory has in closed form, beside what the flow and the seeds of training show of it.
public struct ClosedForm: Sendable {
  /// Such as `slope of log(p[1 2]/p[1])`.
  public let name: String
  public let predicted: Double
  /// By the integrated flow; nil where it has no such stretch of time.
  public let theory: Double?
  public let seeds: [Double]

  var json: JSON {
    let mean = seeds.isEmpty ? nil : SampleMean(seeds)
    return .object([
      "name": .string(name), "predicted": .number(predicted), "theory": .optional(theory),
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

  private func form(_ name: String, _ predicted: Double, _ measure: (TrajectoryTable) -> Double?)
    -> ClosedForm
  {
    ClosedForm(name: name, predicted: predicted, theory: measure(theory), seeds: seeds.compactMap(measure))
  }

  // MARK: The start of a joint run

  /// a'(0) = Σ p_S I_S + O(a), the leading order's −∂L/∂a: the chord to the first row after the start.
  private func startOfScale() throws -> [ClosedForm] {
    guard experiment.configuration.theory.stages.first?.train.contains(.scale) == true else { return [] }
    let predicted = -(try leading.evaluate(experiment.start).gradient.scale)
    return [
      form("a'(0)", predicted) { table in
        guard let scale = table[ModelDefinition.scaleName],
          let row = table.times.firstIndex(where: { $0 > 0 })
        else { return nil }
        return (scale[row] - scale[0]) / (table.times[row] - table.times[0])
      }
    ]
  }

  // MARK: Coefficients alone

  /// log(p_{S*}/p_S) grows with slope 4a(I_{S*} − I_S)/C.
  private func slopes() throws -> [ClosedForm] {
    guard model.variant.coefficients == .square, let rows = theory.rows(changingOnly: .coefficients, model),
      let start = theory.parameters(rows.lowerBound, model),
      let information = try leading.information(start), let best = model.sets.firstIndex(of: selected)
    else { return [] }
    let total = start.coefficients.reduce(0) { $0 + $1 * $1 }
    return model.sets.indices.filter { $0 != best && start.coefficients[$0] != 0 }.map { other in
      let names = (model.shareNames[best], model.shareNames[other])
      let predicted = 4 * start.scale * (information[best] - information[other]) / total
      return form("slope of log(\(names.0)/\(names.1))", predicted) { table in
        guard let rows = table.rows(changingOnly: .coefficients, model), let upper = table[names.0],
          let lower = table[names.1]
        else { return nil }
        return LeastSquares(
          rows.map { table.times[$0] }, rows.map { log(upper[$0] / lower[$0]) })?.slope
      }
    }
  }

  // MARK: Attention alone

  /// (1 − σ^h_own) t → Σ_{j ≠ own} 1/(a M (∂I/∂σ_own − ∂I/∂σ_j)), all shares on S*.
  private func weightConstants() throws -> [ClosedForm] {
    guard let rows = theory.rows(changingOnly: .attention, model),
      let start = theory.parameters(rows.lowerBound, model)
    else { return [] }
    // At weights of nearly 1 the slope by w_j is a σ_j (∂I/∂σ_own − ∂I/∂σ_j).
    // A coefficient whose share vanishes.
    let none = model.variant.coefficients == .softmax ? -600.0 : 0
    var point = Parameters(model: model, own: 14, other: 0, coefficients: none, scale: start.scale)
    for (index, set) in model.sets.enumerated() where set == selected { point.coefficients[index] = 1 }
    let slope = try leading.evaluate(point).gradient.attention
    let weights = point.attentionWeights
    return selected.members.compactMap { head in
      guard let own = model.ownLag(ofHead: head) else { return nil }
      let place = own - model.lags(ofHead: head).lowerBound
      let predicted = model.lags(ofHead: head).indices.enumerated().reduce(0.0) { sum, lag in
        guard lag.offset != place else { return sum }
        return sum + weights[head - 1][lag.offset] / (Double(model.window) * slope[head - 1][lag.offset])
      }
      return form("(1 - sigma[\(head) \(own)]) t", predicted) { table in
        guard let rows = table.rows(changingOnly: .attention, model),
          let weight = table["sigma[\(head) \(own)]"]
        else { return nil }
        return (1 - weight[rows.upperBound]) * (table.times[rows.upperBound] - table.times[rows.lowerBound])
      }
    }
  }

  // MARK: The scale alone

  /// a at the end of its stage by the stage's own equation, one-hot heads and p on S*.
  private func scaleEquation() throws -> [ClosedForm] {
    guard model.variant == .paper, experiment.configuration.loss.criterion == .crossEntropy,
      let rows = theory.rows(changingOnly: .scale, model),
      let start = theory.parameters(rows.lowerBound, model)
    else { return [] }
    let equation = ScaleEquation(
      laws: laws, set: LagSet(selected.members), epsilon: experiment.configuration.loss.epsilon)
    // As long as theory and every seed train it.
    let spans = ([theory] + seeds).compactMap { table in
      table.rows(changingOnly: .scale, model).map { table.times[$0.upperBound] - table.times[$0.lowerBound] }
    }
    let span = spans.min() ?? 0
    let predicted = try equation.scale(from: start.scale, after: span)
    return [
      form("a after \(String(format: "%.4g", span)) of its stage", predicted) { table in
        guard let rows = table.rows(changingOnly: .scale, model), let scale = table[ModelDefinition.scaleName]
        else { return nil }
        let target = table.times[rows.lowerBound] + span
        guard let row = rows.last(where: { table.times[$0] <= target * (1 + 1e-9) }) else { return nil }
        return scale[row]
      }
    ]
  }
}
