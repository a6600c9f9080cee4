import InductionModel
import SymbolicTensors

/// What the flow conserves, as it was found: invariances of the loss by algebra, and linear and quadratic first
/// integrals by a search that knows nothing of the model.
struct ConservationSteps {
  private let model: ModelDefinition
  private let trained: [ParameterGroup]

  init(_ model: ModelDefinition, trained: [ParameterGroup]) {
    self.model = model
    self.trained = trained
  }

  /// The search solves for all products of two components at once.
  private static let mostComponents = 30

  /// - Parameter rates: θ' of all parameters where it is cheap, as at leading order.
  func write(
    _ loss: Expression, of expressions: ModelExpressions, lag: Index, start: Parameters,
    rates: (([Double]) -> [Double])? = nil, to document: inout DerivationDocument
  ) {
    let groups = model.symmetryGroups
    let sums = loss.conservedSums(of: expressions.symmetryGroups(lag: lag)).filter { sum in
      groups[sum.group].allSatisfy(components.contains)
    }
    document.add(.heading("Conserved quantities"))
    document.add(
      .text(
        sums.isEmpty
          ? "Of the parameters that train, no head's logits and no coefficients were found whose sum, or sum of squares, "
            + "is conserved."
          : "$L$ does not change when one number is added to all entries of a sum below, or, where the sum is one of "
            + "squares, when all entries are multiplied by one number: the derivative in that direction was rewritten "
            + "to 0. So the flow conserves"))
    document.add(
      .equations(sums.map { LatexEquation(left: "\\frac{d}{dt} \(latex($0))", right: ["0"]) }))
    guard let rates, components.count <= Self.mostComponents else { return }
    let flat = start.flat
    let integrals = firstIntegrals(dimension: components.count) { state in
      var point = flat
      for (component, value) in zip(components, state) { point[component] = value }
      let slope = rates(point)
      return components.map { slope[$0] }
    }
    let names = components.map { model.parameterNames[$0] }
    document.add(
      .text(
        "All linear and quadratic first integrals, as the null space of the rates of change of the monomials at random "
          + "points: "
          + (integrals.isEmpty
            ? "none."
            : integrals.map { "`\($0.text(names: names))`" }
              .joined(separator: ", ") + ".")))
  }

  /// Positions in the flat vector that move.
  private var components: [Int] { trained.flatMap { Array(model.range(of: $0)) }.sorted() }

  private func latex(_ sum: ConservedSum) -> String {
    let square = sum.form == .sumOfSquares ? "^2" : ""
    return sum.group < model.heads
      ? "\\sum_j \(square.isEmpty ? "" : "(")w^{(\(sum.group + 1))}_j\(square.isEmpty ? "" : ")\(square)")"
      : "\\sum_S c_S\(square)"
  }
}
