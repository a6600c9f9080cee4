import InductionModel
import ODESolvers

/// θ' = −∇L(θ) for the groups of parameters that train; the others stay.
///
/// Everything that a solver can use is derived from the loss: the right-hand side, the Jacobian −∂²L and, where the
/// flow is corrected for finite steps, the Hessian's product with the gradient.
public final class GradientFlow {
  public let loss: any LossFunction
  public let trained: [ParameterGroup]
  public let correction: FlowCorrection
  private let model: ModelDefinition
  /// Positions of the trained components in the flat vector.
  private let components: [Int]
  // Work space: the whole point, and a gradient.
  private var point: [Double]
  private var gradient: [Double]
  private var direction: [Double]
  private var product: [Double]

  /// - Parameter start: gives the parameters that do not train.
  public init(
    _ loss: any LossFunction, trained: [ParameterGroup], start: Parameters, correction: FlowCorrection = .none
  ) {
    self.loss = loss
    self.trained = trained
    self.correction = correction
    model = loss.model
    components = trained.flatMap { Array(loss.model.range(of: $0)) }.sorted()
    point = start.flat
    gradient = point
    direction = point.map { _ in 0 }
    product = point
  }

  /// The trained components of a point.
  public func state(_ parameters: Parameters) -> [Double] {
    let flat = parameters.flat
    return components.map { flat[$0] }
  }

  /// The whole point of a state.
  public func parameters(_ state: [Double]) -> Parameters {
    place(state)
    return Parameters(flat: point, model: model)
  }

  private func place(_ state: [Double]) {
    for (slot, component) in components.enumerated() { point[component] = state[slot] }
  }

  /// L at a state.
  public func value(_ state: [Double]) throws -> Double {
    place(state)
    return try loss.value(point)
  }

  /// - Throws: from the right-hand side, `TheoryError` for lack of memory.
  public var system: ODESystem {
    let names = components.map { model.parameterNames[$0] }
    switch correction {
    case .none:
      return ODESystem(
        dimension: components.count, names: names,
        jacobian: { [self] _, state, matrix, _ in
          place(state)
          let hessian = try loss.hessian(point, components: components)
          for position in hessian.indices { matrix[position] = -hessian[position] }
        }, jacobianCost: hessianColumnCost * Double(components.count),
        derivative: { [self] _, state, derivative in
          place(state)
          loss.gradient(point, into: &gradient)
          for (slot, component) in components.enumerated() { derivative[slot] = -gradient[component] }
        })
    case .stepSize(let rate):
      // Its Jacobian has third derivatives of the loss: differences do for the implicit steppers that want it.
      return ODESystem(dimension: components.count, names: names) { [self] _, state, derivative in
        place(state)
        loss.gradient(point, into: &gradient)
        direct(gradient)
        try loss.hessianProduct(point, along: direction, product: &product)
        for (slot, component) in components.enumerated() {
          derivative[slot] = -gradient[component] - rate / 2 * product[component]
        }
      }.withDifferencedJacobian()
    }
  }

  /// A column of the Hessian is a product with it, in gradients.
  private var hessianColumnCost: Double { 3 }

  /// The direction is a vector's trained components.
  private func direct(_ vector: [Double]) {
    for component in components { direction[component] = vector[component] }
  }

  /// The system with θ'' = ∂²L ∇L as well, the flow's directional derivative along itself, for dense output. A
  /// corrected flow goes without, and so does one whose Hessian does not fit in memory.
  public var systemWithCurvature: ODESystem {
    var system = system
    guard correction == .none, (try? loss.hessianProduct(point, along: direction, product: &product)) != nil
    else { return system }
    system.higherDerivatives = [
      { [self] _, state, curvature in
        place(state)
        loss.gradient(point, into: &gradient)
        direct(gradient)
        try loss.hessianProduct(point, along: direction, product: &product)
        for (slot, component) in components.enumerated() { curvature[slot] = product[component] }
      }
    ]
    return system
  }

  /// What a solver's complaint about non-finite numbers at a state means here.
  public func explainNonFinite(_ state: [Double]) -> TheoryError {
    loss.explainNonFinite(parameters(state))
  }

  /// What the symmetries of the loss conserve, as found by `LossFunction.conservedSums`, of the groups that train.
  ///
  /// ‖∇L‖² has the loss's shifts among its symmetries, not its scalings: finite steps make Σ c² grow.
  public var conserved: [ConservedQuantity] {
    let groups = model.symmetryGroups
    return loss.conservedSums.filter { sum in
      guard correction == .none || sum.form == .sum else { return false }
      return groups[sum.group].allSatisfy { component in
        trained.contains { model.range(of: $0).contains(component) }
      }
    }.map { sum in
      ConservedQuantity(model.name(of: sum)) { [self] _, state in
        place(state)
        return groups[sum.group].reduce(0) { total, component in
          total + (sum.form == .sum ? point[component] : point[component] * point[component])
        }
      }
    }
  }
}
