/// An initial value problem's right-hand side: y' = f(t, y).
///
/// A closure is enough. What else is known of the system is optional and used where it helps: the Jacobian by
/// implicit steppers, higher time derivatives by dense output, names by messages and files.
public struct ODESystem {
  /// Writes y' (or a higher derivative) at (time, state) into an array of `dimension` numbers, which holds
  /// unspecified values on entry. An error that it throws stops the integration and reaches the caller inside
  /// an `IntegrationFailure`.
  public typealias Derivative = (_ time: Double, _ state: [Double], _ derivative: inout [Double]) throws ->
    Void

  /// Writes ∂f_i/∂y_j at `[i * dimension + j]` of `matrix` and ∂f_i/∂t at `[i]` of `timeDerivative`. Both are
  /// zero on entry.
  public typealias Jacobian = (
    _ time: Double, _ state: [Double], _ matrix: inout [Double], _ timeDerivative: inout [Double]
  ) throws -> Void

  /// How many components y has, at least 1.
  public let dimension: Int
  public let derivative: Derivative
  /// Needed by the implicit steppers and msbdf, used by auto; see `withDifferencedJacobian()` for where there is none.
  public var jacobian: Jacobian?
  /// What a Jacobian costs, in right-hand sides; n where nothing else is said.
  public var jacobianCost: Double
  /// y'', then y''', along a solution: total derivatives, d/dt f(t, y(t)) and so on. At most two are used.
  public var higherDerivatives: [Derivative]
  /// A name for each component, or empty.
  public var names: [String]

  /// An array of the wrong length left in `derivative` is reported as `ProblemError.lengthChanged`.
  public init(
    dimension: Int, names: [String] = [], jacobian: Jacobian? = nil, jacobianCost: Double? = nil,
    higherDerivatives: [Derivative] = [], derivative: @escaping Derivative
  ) {
    self.dimension = dimension
    self.names = names
    self.jacobian = jacobian
    self.jacobianCost = jacobianCost ?? Double(dimension)
    self.higherDerivatives = higherDerivatives
    self.derivative = derivative
  }

  /// The component's name for messages: its own, or `y[3]`, counted from 0.
  public func name(ofComponent index: Int) -> String {
    names.indices.contains(index) ? names[index] : "y[\(index)]"
  }
}

extension ODESystem {
  /// The same system with a Jacobian from forward differences: `dimension + 1` further right-hand sides per
  /// Jacobian, and one more for ∂f/∂t, none of which the integration's counts of evaluations contain.
  ///
  /// Increments are √ε·max(|y_j|, `typical`): below `typical` a component counts as zero.
  public func withDifferencedJacobian(typical: Double = 1e-6) -> ODESystem {
    let derivative = self.derivative
    let count = dimension
    var base = [Double](repeating: 0, count: count)
    var moved = base
    var point = base
    var result = self
    result.jacobianCost = Double(count + 2)
    result.jacobian = { time, state, matrix, timeDerivative in
      let relative = 0x1p-26
      try derivative(time, state, &base)
      for index in 0..<count { point[index] = state[index] }
      for column in 0..<count {
        let original = state[column]
        point[column] = original + relative * max(abs(original), typical)
        let increment = point[column] - original
        try derivative(time, point, &moved)
        for row in 0..<count { matrix[row * count + column] = (moved[row] - base[row]) / increment }
        point[column] = original
      }
      let later = time + relative * max(abs(time), typical)
      try derivative(later, state, &moved)
      for row in 0..<count { timeDerivative[row] = (moved[row] - base[row]) / (later - time) }
    }
    return result
  }

  /// The same system with a Jacobian: its own, or one from differences.
  var withAnyJacobian: ODESystem { jacobian == nil ? withDifferencedJacobian() : self }
}
