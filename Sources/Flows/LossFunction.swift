import ParameterSpaces

/// A loss with its derived gradient; its field is f = −∇L.
public protocol LossFunction: VectorField {
  /// ∇L at a point, written over `gradient`; both in the order of the space. Values may come out non-finite.
  func gradient(_ point: [Double], into gradient: inout [Double])

  /// The loss alone; a non-finite value is no error here.
  ///
  /// - Throws: `PlanError` for lack of memory.
  func value(_ point: [Double]) throws -> Double

  /// The Hessian's product with a direction, written over `product`.
  ///
  /// - Throws: `PlanError` for lack of memory.
  func hessianProduct(_ point: [Double], along direction: [Double], product: inout [Double]) throws

  /// The second derivatives by some components, row-major, symmetric.
  ///
  /// - Throws: `PlanError` for lack of memory.
  func hessian(_ point: [Double], components: [Int]) throws -> [Double]

  /// Where the loss is what it stands for; nil for one that is exact, be it in a limit.
  var range: LossRange? { get }
}

extension LossFunction {
  public var range: LossRange? { nil }

  public func rates(_ point: [Double], into rates: inout [Double]) {
    gradient(point, into: &rates)
    for component in rates.indices { rates[component] = -rates[component] }
  }

  public func jacobianProduct(_ point: [Double], along direction: [Double], product: inout [Double]) throws {
    try hessianProduct(point, along: direction, product: &product)
    for component in product.indices { product[component] = -product[component] }
  }

  public func jacobian(_ point: [Double], components: [Int]) throws -> [Double] {
    try hessian(point, components: components).map { -$0 }
  }

  /// One Hessian product per component.
  public func hessian(_ point: [Double], components: [Int]) throws -> [Double] {
    try hessianByProducts(point, components: components)
  }

  package func hessianByProducts(_ point: [Double], components: [Int]) throws -> [Double] {
    var product = [Double](repeating: 0, count: point.count)
    var direction = product
    var hessian: [Double] = []
    for component in components {
      direction[component] = 1
      try hessianProduct(point, along: direction, product: &product)
      direction[component] = 0
      hessian += components.map { product[$0] }
    }
    return hessian
  }

  /// Loss and gradient at a point.
  ///
  /// - Throws: what `explainNonFinite` says where the loss is not finite; `PlanError`.
  public func evaluate(_ point: [Double]) throws -> (loss: Double, gradient: [Double]) {
    var gradient = [Double](repeating: 0, count: space.count)
    self.gradient(point, into: &gradient)
    let loss = try value(point)
    guard loss.isFinite, gradient.allSatisfy(\.isFinite) else { throw explainNonFinite(point) }
    return (loss, gradient)
  }
}
