import InductionModel

/// Derivatives by `AttentionTables`, summed over positions; shapes as there.
final class AttentionSums<Real: HeadKernels> {
  private let shape: PassShape
  private let groups: Int
  /// By the logarithms of `pair` and `place`.
  let dpair: Buffer<Real>
  let dplace: Buffer<Real>
  let dvalues: Buffer<Real>
  let dquery: Buffer<Real>
  /// By γ and β, [feature][8].
  let dgain: Buffer<Real>
  let dbias: Buffer<Real>

  init(shape: PassShape) {
    self.shape = shape
    let (d, reach) = (shape.tokens, shape.reach)
    groups = (shape.heads + 7) / 8
    dpair = Buffer(groups * d * d * 8, zero: 0)
    dplace = Buffer(groups * (reach + 1) * 8, zero: 0)
    dvalues = Buffer(groups * d * d * 8, zero: 0)
    dquery = Buffer(groups * (reach + 1) * reach * 8, zero: 0)
    dgain = Buffer(d * 8, zero: 0)
    dbias = Buffer(d * 8, zero: 0)
  }

  func clear() {
    for buffer in [dpair, dplace, dvalues, dquery, dgain, dbias] { buffer.fill(0) }
  }

  /// By the weights of layer 1, added to `sum`.
  func add(to sum: inout FullWeights<Double>, at tables: AttentionTables<Real>) {
    let (d, window) = (shape.tokens, shape.definition.window)
    for head in 0..<shape.heads {
      let (group, lane) = (head / 8, head % 8)
      for entry in 0..<d * d {
        sum.scores[head * d * d + entry] += Double(dpair.start[(group * d * d + entry) * 8 + lane])
      }
      for token in 0..<d {
        let first = (group * d + token) * d
        let slopes = (0..<d).map { Double(dvalues.start[(first + $0) * 8 + lane]) }
        let mean = slopes.reduce(0, +) / Double(d)
        for e in 0..<d { sum.values[(head * d + token) * d + e] += slopes[e] - mean }
      }
      let places = group * (shape.reach + 1) * 8 + lane
      for (entry, lag) in shape.definition.lags(ofHead: head + 1).enumerated() {
        sum.position[head * window + entry] += Double(dplace.start[places + lag * 8])
      }
      addQuery(head, to: &sum, at: tables)
    }
    for e in 0..<d {
      for lane in 0..<8 {
        sum.gain[e] += Double(dgain.start[e * 8 + lane])
        sum.bias[e] += Double(dbias.start[e * 8 + lane])
      }
    }
  }

  /// dσ of queries → dw. What a query gives itself has no derivative, but takes part in the softmax.
  private func addQuery(_ head: Int, to sum: inout FullWeights<Double>, at tables: AttentionTables<Real>) {
    let (group, lane, window) = (head / 8, head % 8, shape.definition.window)
    for lags in 1...shape.reach {
      let first = tables.querySigma(group: group, lags: lags) + lane
      let terms = shape.definition.lags(ofHead: head + 1).map { lag in
        (
          sigma: Double(tables.query.start[first + (lag - 1) * 8]),
          slope: Double(dquery.start[first + (lag - 1) * 8])
        )
      }
      let mean = terms.reduce(0.0) { $0 + $1.sigma * $1.slope }
      for (entry, term) in terms.enumerated() {
        sum.position[head * window + entry] += term.sigma * (term.slope - mean)
      }
    }
  }
}
