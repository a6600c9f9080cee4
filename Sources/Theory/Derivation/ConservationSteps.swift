import Flows
import InductionModel
import ParameterSpaces
import SymbolicTensors

/// What the flow conserves, as it was found: invariances of the loss by algebra, and linear and quadratic first
/// integrals by a search that knows nothing of the model.
struct ConservationSteps {
  private let parameters: ParameterSymbols
  /// Positions in the flat vector that move.
  private let components: [Int]

  /// - Parameter trained: nil for all groups.
  init(_ parameters: ParameterSymbols, trained: [ParameterGroup]?) {
    self.parameters = parameters
    components = parameters.space.components(of: trained ?? parameters.space.groups)
  }

  /// The search solves for all products of two components at once.
  private static let mostComponents = 30

  /// - Parameter rates: θ' of all parameters where it is cheap, as at leading order.
  func write(
    _ loss: Expression, start: Parameters,
    rates: (([Double]) -> [Double])? = nil, to document: inout DerivationDocument
  ) {
    let moving = Set(components)
    let sums = parameters.provenSums(of: loss).filter { $0.orbit.components.allSatisfy(moving.contains) }
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
      .equations(sums.map { LatexEquation(left: "\\frac{d}{dt} \($0.latex)", right: ["0"]) }))
    guard let rates, components.count <= Self.mostComponents else { return }
    let flat = start.flat
    let integrals = firstIntegrals(dimension: components.count) { state in
      var point = flat
      for (component, value) in zip(components, state) { point[component] = value }
      let slope = rates(point)
      return components.map { slope[$0] }
    }
    let names = components.map { parameters.space.names[$0] }
    document.add(
      .text(
        "All linear and quadratic first integrals, as the null space of the rates of change of the monomials at random "
          + "points: "
          + (integrals.isEmpty
            ? "none."
            : integrals.map { "`\($0.text(names: names))`" }
              .joined(separator: ", ") + ".")))
  }
}
