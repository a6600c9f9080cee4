import ParameterSpaces
import SymbolicTensors

/// A loss in expressions, and what is derived from it, compiled to plans when first asked for.
///
/// A subclass says what is special about its loss: where it holds, what it means that it is not finite.
open class PlannedLoss: LossFunction {
  public let parameters: ParameterSymbols
  public let expression: Expression
  public let resources: PlanResources
  private let batches: any PlannedBatches

  private var composition: Composition?
  private let slopes: [Expression]
  private let gradientPlan: PlannedTensors
  private lazy var lossPlan = Result { try resources.plan([expression]) }
  /// The Jacobian of −∇L times a vector.
  private lazy var jacobianPlan = Result { () throws -> (tensors: PlannedTensors, direction: InputLayout) in
    let equations = RateEquations(state: parameters.entries, rates: slopes.map { -$0 })
    guard let product = equations.jacobianProduct() else {
      throw FlowError.notDifferentiable
    }
    let tensors = try PlannedTensors(product.product, of: parameters, resources)
    return (tensors, tensors.plan.layout(of: product.direction))
  }
  /// nil where there is none, or no memory for it.
  private lazy var wholeHessian = try? composedHessian()

  /// - Parameters:
  ///   - expression: a scalar of the parameters' graph.
  ///   - batches: what the loss is a sum over, where that is more than one pass.
  /// - Throws: `PlanError`, before anything large is allocated.
  public init(
    _ expression: Expression, of parameters: ParameterSymbols, _ resources: PlanResources = PlanResources(),
    batches: any PlannedBatches = WholeBatch()
  ) throws {
    (self.parameters, self.expression) = (parameters, expression)
    (self.resources, self.batches) = (resources, batches)
    slopes = parameters.gradient(of: expression)
    gradientPlan = try PlannedTensors(slopes, of: parameters, resources)
  }

  /// A loss in steps.
  ///
  /// - Throws: `PlanError`, before anything large is allocated.
  public convenience init(_ composition: Composition, _ resources: PlanResources = PlanResources()) throws {
    try self.init(composition.expression, of: composition.parameters, resources)
    self.composition = composition
  }

  public final var space: ParameterSpace { parameters.space }

  /// The loss itself is not computed: a flow does without its logarithms.
  public final func gradient(_ point: [Double], into gradient: inout [Double]) {
    for component in gradient.indices { gradient[component] = 0 }
    for batch in 0..<batches.count {
      batches.bind(batch, to: gradientPlan.plan)
      gradientPlan.add(at: point, to: &gradient)
    }
  }

  public final func value(_ point: [Double]) throws -> Double {
    let plan = try lossPlan.get()
    parameters.bind(point, to: plan)
    var total = 0.0
    for batch in 0..<batches.count {
      batches.bind(batch, to: plan)
      plan.run()
      total += plan.scalar(0)
    }
    return total
  }

  public final func hessianProduct(_ point: [Double], along direction: [Double], product: inout [Double])
    throws
  {
    for component in product.indices { product[component] = 0 }
    let (tensors, inputs) = try jacobianPlan.get()
    tensors.plan.set(inputs, to: direction.map { -$0 })
    for batch in 0..<batches.count {
      batches.bind(batch, to: tensors.plan)
      tensors.add(at: point, to: &product)
    }
  }

  /// - Complexity: one Hessian product, some two to three gradients, for each component; or through the steps of a
  ///   composition, where there is one and its sums cost less.
  public final func hessian(_ point: [Double], components: [Int]) throws -> [Double] {
    guard let wholeHessian, wholeHessian.operations < operationsByProducts(components.count) else {
      return try hessianByProducts(point, components: components)
    }
    let whole = wholeHessian(point)
    return components.flatMap { row in components.map { whole[row * point.count + $0] } }
  }

  /// At two gradients a product, the least that one takes.
  private func operationsByProducts(_ components: Int) -> Int {
    let (count, overflows) = (2 * components).multipliedReportingOverflow(by: gradientPlan.plan.operations)
    return overflows ? .max : count
  }

  /// The whole Hessian at once, where a loss has a way that may be cheaper than its products: the composition's that it
  /// was made of. A subclass may know another.
  ///
  /// - Throws: `PlanError` for lack of memory: products take its place.
  open func composedHessian() throws -> ComposedHessian? {
    try composition.map { try ComposedHessian($0, resources) }
  }

  open var range: LossRange? { nil }

  open func explainNonFinite(_ point: [Double]) -> any Error { FlowError.notFinite }

  /// Proven by algebra where that decides, else by numbers.
  public private(set) lazy var conservedSums: [ConservedOrbit] = conservedSums(
    proven: parameters.provenSums(of: expression, gradient: slopes))
}

/// What a loss is summed over in several passes, such as sequences that do not fit in memory together.
public protocol PlannedBatches {
  var count: Int { get }
  /// Gives a plan the numbers of a batch.
  func bind(_ batch: Int, to plan: Plan)
}

/// A loss in one pass.
public struct WholeBatch: PlannedBatches {
  public init() {}
  public var count: Int { 1 }
  public func bind(_ batch: Int, to plan: Plan) {}
}
