import Flows
import InductionModel
import MarkovChains
import SymbolicTensors

/// The Hessian of L_∞ by the chain rule through the steps of `MonomialForm`, each derivative by a plan of its own.
final class MonomialHessian {
  private let form: MonomialForm
  private let table, exponents, averages, loss, exponentDerivatives, curved, tableSlope, weighted: Plan

  /// With more monomials than this one Hessian product per parameter is the better way.
  static let mostMonomials = 128
  private static let plans = 8
  /// Products of more terms than two make tables that are larger than what they save.
  static let largestDegree = 2

  /// nil where similarities are no polynomials in the tokens, or too large ones, and for a definition with other parts.
  init?(_ expressions: InfiniteContext, laws: WindowLaws, _ resources: PlanResources) {
    let model = expressions.model
    guard model.replaced == nil, model.model.degree <= Self.largestDegree,
      let form = MonomialForm(
        model: model.model, loss: model.loss, laws: laws, most: Self.mostMonomials)
    else { return nil }
    let each = PlanResources(
      constants: form.coefficients, threads: resources.threads,
      memoryLimit: resources.memoryLimit / Self.plans)
    func plan(_ outputs: [Expression]) -> Plan? { try? each.plan(outputs) }
    guard let table = plan(form.tableWithJacobian), let exponents = plan(form.exponents),
      let averages = plan(form.averages), let loss = plan(form.lossDerivatives),
      let exponentDerivatives = plan(form.exponentDerivatives), let curved = plan([form.curved]),
      let tableSlope = plan([form.tableSlope]),
      let weighted = plan(form.weightedTable)
    else { return nil }
    self.form = form
    (self.table, self.exponents, self.averages, self.loss) = (table, exponents, averages, loss)
    (self.exponentDerivatives, self.curved) = (exponentDerivatives, curved)
    (self.tableSlope, self.weighted) = (tableSlope, weighted)
  }

  /// All second derivatives, row-major, in the layout of `Parameters.flat`.
  func hessian(_ parameters: [Double]) -> [Double] {
    form.model.parameters.bind(parameters, to: table)
    table.run()
    pass(table, 0, to: form.tableValue, of: exponents)
    exponents.set(form.tableJacobian, to: tableJacobian(parameters.count))
    exponents.run()
    pass(exponents, 0, to: form.exponentValues, of: averages)
    averages.run()
    pass(averages, 0, to: form.averageValues, of: loss)
    loss.run()
    pass(exponents, 0, to: form.exponentValues, of: exponentDerivatives)
    pass(averages, 1, to: form.averageJacobian, of: exponentDerivatives)
    pass(loss, 0, to: form.lossSlope, of: exponentDerivatives)
    pass(loss, 1, to: form.lossCurvature, of: exponentDerivatives)
    exponentDerivatives.run()
    pass(exponents, 1, to: form.exponentJacobian, of: curved)
    pass(exponentDerivatives, 1, to: form.exponentCurvature, of: curved)
    curved.run()
    pass(exponentDerivatives, 0, to: form.exponentSlope, of: tableSlope)
    tableSlope.run()
    pass(tableSlope, 0, to: form.tableWeight, of: weighted)
    form.model.parameters.bind(parameters, to: weighted)
    weighted.run()
    let second = form.weightedTable.indices.flatMap { weighted.output($0, over: form.rows($0)) }
    return zip(curved.output(0), second).map { $0 + $1 }
  }

  private func pass(_ plan: Plan, _ output: Int, to symbol: Symbol, of next: Plan) {
    next.set(symbol, to: plan.output(output, over: form.domains[symbol] ?? []))
  }

  /// ∂t/∂θ, the columns of all parameters side by side.
  private func tableJacobian(_ parameters: Int) -> [Double] {
    let rows = form.terms.reduce(1) { $0 * $1.extent }
    var jacobian = [Double](repeating: 0, count: rows * parameters)
    var column = 0
    jacobian.withUnsafeMutableBufferPointer { jacobian in
      for (output, block) in form.model.model.parameterSpace.blocks.enumerated() {
        let width = block.count
        table.output(output + 1, over: form.columns(output)).withUnsafeBufferPointer { block in
          for row in 0..<rows {
            for entry in 0..<width {
              jacobian[row * parameters + column + entry] = block[row * width + entry]
            }
          }
        }
        column += width
      }
    }
    return jacobian
  }
}
