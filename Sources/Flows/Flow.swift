import ODESolvers
import ParameterSpaces

/// θ' = f(θ) for the groups of parameters that train; the others stay. Of a loss f = −∇L.
///
/// Everything that a solver can use is derived from f: the right-hand side, the Jacobian, the second derivative along
/// the flow and, where it is corrected for finite steps, the Jacobian's product with f. With inertia the state holds the
/// velocities behind the trained components.
public final class Flow {
  public let field: any VectorField
  /// Positions of the trained components in a flat vector, ascending.
  public let components: [Int]
  public let correction: FlowCorrection
  // Work space: the whole point, f, a direction and a product with it.
  var point: [Double]
  var rates: [Double]
  var direction: [Double]
  var product: [Double]

  /// - Parameters:
  ///   - trained: nil for all groups.
  ///   - start: gives the parameters that do not train.
  public init(
    _ field: any VectorField, trained: [ParameterGroup]? = nil, start: [Double],
    correction: FlowCorrection = .none
  ) {
    self.field = field
    self.correction = correction
    components = field.space.components(of: trained ?? field.space.groups)
    point = start
    rates = point
    direction = point.map { _ in 0 }
    product = point
  }

  /// The trained components of a point; with inertia their velocities too, by default as momentum begins from rest.
  public func state(_ whole: [Double], velocity: [Double]? = nil) -> [Double] {
    let moving = components.map { whole[$0] }
    guard case .momentum(let inertia) = correction else { return moving }
    return moving + (velocity ?? onset(inertia, at: moving))
  }

  /// The whole point of a state.
  public func parameters(_ state: [Double]) -> [Double] {
    place(state)
    return point
  }

  func place(_ state: [Double]) {
    for (slot, component) in components.enumerated() { point[component] = state[slot] }
  }

  /// f at a state, into `rates`.
  func evaluate(_ state: [Double]) {
    place(state)
    field.rates(point, into: &rates)
  }

  var names: [String] { components.map { field.space.names[$0] } }

  /// The loss at a state; nil for a flow that has none.
  public func value(_ state: [Double]) throws -> Double? {
    place(state)
    return try (field as? any LossFunction)?.value(point)
  }

  /// - Throws: from the right-hand side, `PlanError` for lack of memory.
  public var system: ODESystem {
    switch correction {
    case .none:
      return ODESystem(
        dimension: components.count, names: names,
        jacobian: { [self] _, state, matrix, _ in
          place(state)
          let jacobian = try field.jacobian(point, components: components)
          for position in jacobian.indices { matrix[position] = jacobian[position] }
        }, jacobianCost: jacobianColumnCost * Double(components.count),
        derivative: { [self] _, state, derivative in
          evaluate(state)
          for (slot, component) in components.enumerated() { derivative[slot] = rates[component] }
        })
    case .stepSize(let rate):
      // Its Jacobian has second derivatives of f: differences do for the implicit steppers that want it.
      return ODESystem(dimension: components.count, names: names) { [self] _, state, derivative in
        evaluate(state)
        direct(rates)
        try field.jacobianProduct(point, along: direction, product: &product)
        for (slot, component) in components.enumerated() {
          derivative[slot] = rates[component] - rate / 2 * product[component]
        }
      }.withDifferencedJacobian()
    case .momentum(let inertia): return inertialSystem(inertia)
    }
  }

  /// A column of the Jacobian is a product with it, in evaluations of f.
  private var jacobianColumnCost: Double { 3 }

  /// The direction is a vector's trained components.
  private func direct(_ vector: [Double]) {
    for component in components { direction[component] = vector[component] }
  }

  /// The system with the second derivative of its state along itself as well, for dense output: θ'' = ∂f/∂θ f of the
  /// plain flow. The modified equation goes without, and so does a flow whose Jacobian does not fit in memory.
  public var systemWithCurvature: ODESystem {
    var system = system
    guard (try? field.jacobianProduct(point, along: direction, product: &product)) != nil else {
      return system
    }
    switch correction {
    case .none:
      system.higherDerivatives = [
        { [self] _, state, curvature in
          evaluate(state)
          direct(rates)
          try field.jacobianProduct(point, along: direction, product: &product)
          for (slot, component) in components.enumerated() { curvature[slot] = product[component] }
        }
      ]
    case .stepSize: break
    case .momentum(let inertia): system.higherDerivatives = [inertialCurvature(inertia)]
    }
    return system
  }

  /// ‖f‖ of the trained groups and how fast a loss falls, from a state and its derivative.
  func pace(_ state: [Double], _ derivative: [Double]) -> FlowPace {
    switch correction {
    case .none, .stepSize:
      let square = derivative.reduce(0) { $0 + $1 * $1 }
      return FlowPace(gradientNorm: square.squareRoot(), lossRate: square)
    case .momentum(let inertia): return inertialPace(inertia, derivative)
    }
  }

  /// What is conserved of `VectorField.conservedSums`, of the groups that train.
  ///
  /// ‖∇L‖² has the loss's shifts among its symmetries, not its scalings: finite steps make Σ c² grow. Inertia keeps the
  /// shifts too, as it starts along the gradient.
  public var conserved: [ConservedQuantity] {
    let moving = Set(components)
    return field.conservedSums.filter { sum in
      (correction == .none || sum.form == .sum) && sum.moves(with: moving)
    }.map { sum in
      ConservedQuantity(sum.name) { [self] _, state in
        place(state)
        return sum.value(point)
      }
    }
  }
}
