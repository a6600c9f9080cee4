import ParameterSpaces
import SymbolicTensors

/// Rates in expressions, of a flow that need not be a gradient's.
public final class PlannedRates: VectorField {
  public let parameters: ParameterSymbols
  public let equations: RateEquations
  private let resources: PlanResources
  private let ratesPlan: PlannedTensors
  private lazy var jacobianPlan = Result { () throws -> (tensors: PlannedTensors, direction: InputLayout) in
    guard let product = equations.jacobianProduct() else { throw FlowError.notDifferentiable }
    let tensors = try PlannedTensors(product.product, of: parameters, resources)
    return (tensors, tensors.plan.layout(of: product.direction))
  }

  /// - Parameter rates: one a block of the parameters, on its indices or fewer.
  /// - Throws: `PlanError`.
  public init(
    _ rates: [Expression], of parameters: ParameterSymbols, _ resources: PlanResources = PlanResources()
  ) throws {
    (self.parameters, self.resources) = (parameters, resources)
    equations = RateEquations(state: parameters.entries, rates: rates)
    ratesPlan = try PlannedTensors(rates, of: parameters, resources)
  }

  public var space: ParameterSpace { parameters.space }

  public func rates(_ point: [Double], into rates: inout [Double]) {
    for component in rates.indices { rates[component] = 0 }
    ratesPlan.add(at: point, to: &rates)
  }

  public func jacobianProduct(_ point: [Double], along direction: [Double], product: inout [Double]) throws {
    for component in product.indices { product[component] = 0 }
    let (tensors, inputs) = try jacobianPlan.get()
    tensors.plan.set(inputs, to: direction)
    tensors.add(at: point, to: &product)
  }

  public private(set) lazy var conservedSums: [ConservedOrbit] = conservedSums(proven: [])

  public func explainNonFinite(_ point: [Double]) -> any Error { FlowError.notFinite }
}
