import ODESolvers

/// τ θ'' + θ' = f as a system of first order: θ' = u, u' = (f − u)/τ.
extension Flow {
  /// u where momentum begins at a point.
  func onset(_ inertia: Inertia, at state: [Double]) -> [Double] {
    evaluate(state)
    return components.map { inertia.onset * rates[$0] }
  }

  /// u of a state, nil without inertia.
  func velocity(_ state: [Double]) -> [Double]? {
    guard case .momentum = correction else { return nil }
    return Array(state[components.count...])
  }

  /// The Jacobian is [[0, 1], [∂f/∂θ/τ, −1/τ]].
  func inertialSystem(_ inertia: Inertia) -> ODESystem {
    let (count, time) = (components.count, inertia.relaxation)
    return ODESystem(
      dimension: 2 * count, names: names + names.map { "velocity of \($0)" },
      jacobian: { [self] _, state, matrix, _ in
        place(state)
        let jacobian = try field.jacobian(point, components: components)
        for slot in 0..<count {
          let row = (count + slot) * 2 * count
          matrix[slot * 2 * count + count + slot] = 1
          for column in 0..<count { matrix[row + column] = jacobian[slot * count + column] / time }
          matrix[row + count + slot] = -1 / time
        }
      },
      derivative: { [self] _, state, derivative in
        evaluate(state)
        for (slot, component) in components.enumerated() {
          let velocity = state[count + slot]
          derivative[slot] = velocity
          derivative[count + slot] = (rates[component] - velocity) / time
        }
      })
  }

  /// θ'' = u' and u'' = (∂f/∂θ u − u')/τ.
  func inertialCurvature(_ inertia: Inertia) -> ODESystem.Derivative {
    let (count, time) = (components.count, inertia.relaxation)
    return { [self] _, state, curvature in
      evaluate(state)
      for (slot, component) in components.enumerated() { direction[component] = state[count + slot] }
      try field.jacobianProduct(point, along: direction, product: &product)
      for (slot, component) in components.enumerated() {
        let acceleration = (rates[component] - state[count + slot]) / time
        curvature[slot] = acceleration
        curvature[count + slot] = (product[component] - acceleration) / time
      }
    }
  }

  /// f = u + τu'.
  func inertialPace(_ inertia: Inertia, _ derivative: [Double]) -> FlowPace {
    let count = components.count
    var (square, rate) = (0.0, 0.0)
    for slot in 0..<count {
      let force = derivative[slot] + inertia.relaxation * derivative[count + slot]
      square += force * force
      rate += force * derivative[slot]
    }
    return FlowPace(gradientNorm: square.squareRoot(), lossRate: rate)
  }
}
