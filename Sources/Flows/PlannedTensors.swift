import ParameterSpaces
import SymbolicTensors

/// One tensor a block of parameters, such as a gradient, compiled to a plan that writes them as a flat vector.
final class PlannedTensors {
  let plan: Plan
  private let domains: [[Index]]
  // Looked up once: evaluations of small systems take microseconds.
  private let inputs: InputLayout

  /// - Parameter tensors: by block, on its indices or fewer.
  /// - Throws: `PlanError`.
  init(_ tensors: [Expression], of parameters: ParameterSymbols, _ resources: PlanResources) throws {
    plan = try resources.plan(tensors)
    domains = parameters.indices
    inputs = plan.layout(of: parameters.symbols)
  }

  /// Adds the tensors' entries at a point to a flat vector.
  func add(at point: [Double], to vector: inout [Double]) {
    plan.set(inputs, to: point)
    plan.run()
    var position = 0
    for (output, domain) in domains.enumerated() {
      position = plan.add(output: output, to: &vector, at: position, over: domain)
    }
  }
}

/// What the plans of one field have in common.
public struct PlanResources: Sendable {
  /// The numbers of every symbol of role `coefficient`, row-major.
  public let constants: [Symbol: [Double]]
  /// Results do not depend on it.
  public let threads: Int
  /// Bytes that the arrays of one plan may take.
  public let memoryLimit: Int

  public init(constants: [Symbol: [Double]] = [:], threads: Int = 1, memoryLimit: Int = .max) {
    (self.constants, self.threads, self.memoryLimit) = (constants, threads, memoryLimit)
  }

  /// With numbers of more symbols.
  public func adding(_ constants: [Symbol: [Double]]) -> PlanResources {
    PlanResources(
      constants: self.constants.merging(constants) { $1 }, threads: threads, memoryLimit: memoryLimit)
  }

  /// - Throws: `PlanError`, before anything large is allocated.
  public func plan(_ outputs: [Expression]) throws -> Plan {
    try Plan(outputs, coefficients: constants, threads: threads, memoryLimit: memoryLimit)
  }
}
