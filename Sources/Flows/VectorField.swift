import ParameterSpaces

/// f of θ' = f(θ), with what a solver wants of it.
///
/// Not thread-safe: one evaluation at a time.
public protocol VectorField: AnyObject {
  var space: ParameterSpace { get }

  /// f at a point, written over `rates`; both in the order of the space. Values may come out non-finite.
  func rates(_ point: [Double], into rates: inout [Double])

  /// ∂f/∂θ times a direction, written over `product`.
  ///
  /// - Throws: `PlanError` for lack of memory.
  func jacobianProduct(_ point: [Double], along direction: [Double], product: inout [Double]) throws

  /// ∂f/∂θ for some components, row-major.
  ///
  /// - Throws: `PlanError` for lack of memory.
  func jacobian(_ point: [Double], components: [Int]) throws -> [Double]

  /// What the flow of f conserves, of those sums that `ParameterSpace.orbits` offer.
  ///
  /// - Complexity: some evaluations; of a loss in expressions, also a symbolic gradient.
  var conservedSums: [ConservedOrbit] { get }

  /// What it means that f is not finite near a point.
  func explainNonFinite(_ point: [Double]) -> any Error
}

extension VectorField {
  /// One product per component.
  public func jacobian(_ point: [Double], components: [Int]) throws -> [Double] {
    var product = [Double](repeating: 0, count: point.count)
    var direction = product
    var columns: [[Double]] = []
    for component in components {
      direction[component] = 1
      try jacobianProduct(point, along: direction, product: &product)
      direction[component] = 0
      columns.append(components.map { product[$0] })
    }
    return components.indices.flatMap { row in columns.map { $0[row] } }
  }
}

/// A flow that left the numbers.
public enum FlowError: Error, Equatable, CustomStringConvertible {
  case notFinite
  /// Rates that have no derivative: a root, a logarithm or a kink at 0.
  case notDifferentiable

  public var description: String {
    switch self {
    case .notFinite: "the flow is not finite; try another start"
    case .notDifferentiable:
      "the flow has no derivative; take a stepper that needs none, such as rk8pd or msadams"
    }
  }
}
