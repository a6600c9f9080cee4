import InductionModel
import ODESolvers

/// θ' = −∇L(θ) for the groups of parameters that train; the others stay.
///
/// Everything that a solver can use is derived from the loss: the right-hand side, the Jacobian −∂²L and, where the
/// flow is corrected for finite steps, the Hessian's product with the gradient. With inertia the state holds the
/// velocities behind the trained components.
public final class GradientFlow {
  public let loss: any LossFunction
  public let trained: [ParameterGroup]
  public let correction: FlowCorrection
  private let model: ModelDefinition
  /// Positions of the trained components in the flat vector.
  let components: [Int]
  // Work space: the whole point, and a gradient.
  var point: [Double]
  var gradient: [Double]
  var direction: [Double]
  var product: [Double]

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

  /// The trained components of a point; with inertia their velocities too, by default as momentum begins from rest.
  public func state(_ parameters: Parameters, velocity: [Double]? = nil) -> [Double] {
    let flat = parameters.flat
    let moving = components.map { flat[$0] }
    guard case .momentum(let inertia) = correction else { return moving }
    return moving + (velocity ?? onset(inertia, at: moving))
  }

  /// The whole point of a state.
  public func parameters(_ state: [Double]) -> Parameters {
    place(state)
    return Parameters(flat: point, model: model)
  }

  func place(_ state: [Double]) {
    for (slot, component) in components.enumerated() { point[component] = state[slot] }
  }

  var names: [String] { components.map { model.parameterNames[$0] } }

  /// L at a state.
  public func value(_ state: [Double]) throws -> Double {
    place(state)
    return try loss.value(point)
  }

  /// - Throws: from the right-hand side, `TheoryError` for lack of memory.
  public var system: ODESystem {
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
    case .momentum(let inertia): return inertialSystem(inertia)
    }
  }

  /// A column of the Hessian is a product with it, in gradients.
  private var hessianColumnCost: Double { 3 }

  /// The direction is a vector's trained components.
  private func direct(_ vector: [Double]) {
    for component in components { direction[component] = vector[component] }
  }

  /// The system with the second derivative of its state along itself as well, for dense output: θ'' = ∂²L ∇L of the plain
  /// flow. The modified equation goes without, and so does a flow whose Hessian does not fit in memory.
  public var systemWithCurvature: ODESystem {
    var system = system
    guard (try? loss.hessianProduct(point, along: direction, product: &product)) != nil else { return system }
    switch correction {
    case .none:
      system.higherDerivatives = [
        { [self] _, state, curvature in
          place(state)
          loss.gradient(point, into: &gradient)
          direct(gradient)
          try loss.hessianProduct(point, along: direction, product: &product)
          for (slot, component) in components.enumerated() { curvature[slot] = product[component] }
        }
      ]
    case .stepSize: break
    case .momentum(let inertia): system.higherDerivatives = [inertialCurvature(inertia)]
    }
    return system
  }

  /// ‖∇L‖ of the trained groups and how fast the loss falls, from a state and its derivative.
  func pace(_ state: [Double], _ derivative: [Double]) -> FlowPace {
    switch correction {
    case .none, .stepSize:
      let square = derivative.reduce(0) { $0 + $1 * $1 }
      return FlowPace(gradientNorm: square.squareRoot(), lossRate: square)
    case .momentum(let inertia): return inertialPace(inertia, derivative)
    }
  }

  /// What a solver's complaint about non-finite numbers at a state means here.
  public func explainNonFinite(_ state: [Double]) -> TheoryError {
    loss.explainNonFinite(parameters(state))
  }

  /// What the symmetries of the loss conserve, as found by `LossFunction.conservedSums`, of the groups that train.
  ///
  /// ‖∇L‖² has the loss's shifts among its symmetries, not its scalings: finite steps make Σ c² grow. Inertia keeps the
  /// shifts too, as it starts along the gradient.
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
