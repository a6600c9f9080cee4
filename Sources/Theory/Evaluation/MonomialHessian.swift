import InductionModel
import MarkovChains
import SymbolicTensors

/// The Hessian of L_∞ by the chain rule through the steps of `MonomialForm`, each derivative by a plan of its own.
final class MonomialHessian {
  private let form: MonomialForm
  private let table, exponents, averages, loss, exponentDerivatives, curved, tableSlope, weighted: Plan
  /// ∂t/∂θ, `[term]...[parameter]`.
  private var jacobian: [Double] = []

  /// With more monomials than this one Hessian product per parameter is the better way.
  static let mostMonomials = 128
  /// Products of more terms than two make tables that are larger than what they save.
  static let largestDegree = 2

  /// nil where similarities are no polynomials in the tokens, or too large ones.
  init?(model: ModelDefinition, loss criterion: Loss, laws: WindowLaws, threads: Int, memoryLimit: Int) {
    guard model.degree <= Self.largestDegree,
      let form = MonomialForm(model: model, loss: criterion, laws: laws, most: Self.mostMonomials)
    else { return nil }
    func plan(_ outputs: [Expression]) -> Plan? {
      try? Plan(
        outputs, coefficients: form.coefficients, threads: threads, memoryLimit: memoryLimit / 4)
    }
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
    form.model.bind(parameters, to: table)
    table.run()
    gatherJacobian(parameters.count)
    exponents.set(form.tableValue, to: table.output(0))
    exponents.set(form.tableJacobian, to: jacobian)
    exponents.run()
    averages.set(form.exponentValues, to: exponents.output(0))
    averages.run()
    loss.set(form.averageValues, to: averages.output(0))
    loss.run()
    exponentDerivatives.set(form.exponentValues, to: exponents.output(0))
    exponentDerivatives.set(form.averageJacobian, to: averages.output(1))
    exponentDerivatives.set(form.lossSlope, to: loss.output(0))
    exponentDerivatives.set(form.lossCurvature, to: loss.output(1))
    exponentDerivatives.run()
    curved.set(form.exponentJacobian, to: exponents.output(1))
    curved.set(form.exponentCurvature, to: exponentDerivatives.output(1))
    curved.run()
    tableSlope.set(form.exponentSlope, to: exponentDerivatives.output(0))
    tableSlope.run()
    var hessian = curved.output(0)
    addWeighted(parameters, slope: tableSlope.output(0), to: &hessian)
    return hessian
  }

  /// Puts the columns of all parameters side by side.
  private func gatherJacobian(_ parameters: Int) {
    let rows = table.output(0).count
    if jacobian.isEmpty { jacobian = [Double](repeating: 0, count: rows * parameters) }
    var column = 0
    jacobian.withUnsafeMutableBufferPointer { jacobian in
      for (output, width) in form.model.componentCounts.enumerated() {
        // An output that turned out constant along the lags has one column.
        let block = table.output(output + 1)
        let step = block.count / rows
        block.withUnsafeBufferPointer { block in
          for row in 0..<rows {
            for entry in 0..<width {
              jacobian[row * parameters + column + entry] = block[row * step + (step == 1 ? 0 : entry)]
            }
          }
        }
        column += width
      }
    }
  }

  /// Adds Σ ∂L/∂t ∂²t, a block of rows for each head, a row for each set and for a.
  private func addWeighted(_ parameters: [Double], slope: [Double], to hessian: inout [Double]) {
    weighted.set(form.tableWeight, to: slope)
    form.model.bind(parameters, to: weighted)
    weighted.run()
    let count = parameters.count
    var row = 0
    for (output, width) in form.model.componentCounts.enumerated() {
      let indices = form.weightedTable[output].freeIndices
      let block = weighted.output(output)
      let (alongRows, alongColumns) = (
        indices.contains(form.lag) ? block.count / width : 0, indices.contains(form.parameter) ? 1 : 0
      )
      for entry in 0..<width {
        for column in 0..<count {
          hessian[(row + entry) * count + column] += block[entry * alongRows + column * alongColumns]
        }
      }
      row += width
    }
  }
}
