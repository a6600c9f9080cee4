import SymbolicTensors

/// The whole Hessian of a loss in steps, compiled to one plan.
///
/// Not thread-safe: one evaluation at a time.
public final class ComposedHessian {
  private let count: Int
  private let plan: Plan
  private let inputs: InputLayout
  private let domain: [Index]
  private let own: [SecondDerivatives]
  private let parameters: ParameterSymbols

  /// - Parameter resources: with the numbers of all coefficient symbols.
  /// - Throws: `PlanError`, before anything large is allocated.
  public init(_ composition: Composition, _ resources: PlanResources) throws {
    parameters = composition.parameters
    count = parameters.space.count
    let rule = ChainRule(composition)
    var constants = resources.constants
    own = parameters.secondDerivatives(of: rule.weighted, constants: &constants)
    domain = [rule.row, rule.column]
    plan = try Plan(
      [rule.curvature] + own.flatMap(\.columns), naming: rule.values, coefficients: constants,
      threads: resources.threads, memoryLimit: resources.memoryLimit)
    inputs = plan.layout(of: parameters.symbols)
  }

  /// Of one evaluation.
  var operations: Int { plan.operations }

  /// All second derivatives at a point, row-major, in the order of the space.
  public func callAsFunction(_ point: [Double]) -> [Double] {
    plan.set(inputs, to: point)
    plan.run()
    var hessian = plan.output(0, over: domain)
    var output = 0
    for part in own {
      for block in part.blocks {
        output += 1
        add(
          plan.output(output, over: part.rows + parameters.indices[block]), to: &hessian, part.components,
          parameters.space.range(ofBlock: block))
      }
    }
    return hessian
  }

  /// Adds a part of the matrix, and across the diagonal what is beyond its own rows.
  private func add(
    _ part: [Double], to hessian: inout [Double], _ rows: Range<Int>, _ columns: Range<Int>
  ) {
    for (position, row) in rows.enumerated() {
      for (other, column) in columns.enumerated() {
        let entry = part[position * columns.count + other]
        hessian[row * count + column] += entry
        if !rows.contains(column) { hessian[column * count + row] += entry }
      }
    }
  }
}
