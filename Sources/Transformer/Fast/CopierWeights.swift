import InductionModel

/// The disentangled model's weights of a step as the streamed loops read them: heads in lanes.
final class CopierWeights<Real: LayerKernels>: StreamedWeights {
  private let plan: CopierPlan
  /// σ of full windows, [group][lag][8].
  let sigma: Buffer<Real>
  /// σ of positions without a full window, [group][depth][lag][8].
  let partial: Buffer<Real>
  let reading: ReadingWeights<Real>
  private var point: Parameters
  private var weights: LayerWeights<Double>

  init(plan: CopierPlan) {
    self.plan = plan
    sigma = Buffer(plan.groups * plan.lags * 8, zero: 0)
    partial = Buffer(plan.groups * plan.partial * plan.shape.reach * 8, zero: 0)
    reading = ReadingWeights(sets: plan.shape.sets)
    point = .zero(plan.shape.definition)
    weights = .zero(plan.shape)
  }

  func set(_ parameters: [Double]) {
    let shape = plan.shape
    point = Parameters(flat: parameters, model: shape.definition)
    weights = LayerWeights(point, shape: shape)
    for head in 0..<shape.heads {
      let (group, lane) = (head / 8, head % 8)
      for lag in 0..<shape.reach {
        let full = weights.index(depth: shape.depths - 1, head: head)
        sigma.start[(group * plan.lags + lag) * 8 + lane] = Real(weights.copier[full + lag])
        for depth in 0..<plan.partial {
          let row = weights.index(depth: depth, head: head)
          partial.start[((group * plan.partial + depth) * shape.reach + lag) * 8 + lane] = Real(
            weights.copier[row + lag])
        }
      }
    }
    reading.set(shares: weights.shares, scale: weights.scale)
  }

  func parameterGradient(row: [Double]) -> [Double] {
    weights.parameterGradient(of: LayerWeights(shape: plan.shape, row: row), at: point).flat
  }
}
