import InductionModel

/// Layer 1 of a model on every window, which rows of windows then read.
protocol WindowHeads: AnyObject {
  associatedtype Real: LayerKernels
  var features: WindowFeatures<Real> { get }
  /// Fills the features.
  func forward(_ parameters: [Double])
  /// Derivatives by the features, at the point of the last `forward`, → by the parameters.
  func backward(_ gradient: WindowGradient) -> [Double]
}

/// The disentangled model's: copier and norm.
final class CopierWindows<Real: LayerKernels>: WindowHeads {
  let features: WindowFeatures<Real>
  private let plan: WindowPlan
  private let norms: Buffer<Real>  // ‖v‖ before normalisation, [H][stride]
  private var point: Parameters
  private var weights: LayerWeights<Double>

  private var v: Buffer<Real> { features.v }
  private var isNormalized: Bool { plan.shape.definition.variant.normalization == .l2 }

  init(plan: WindowPlan, tree: SetTree) {
    self.plan = plan
    features = WindowFeatures(plan: plan, tree: tree)
    norms = Buffer(plan.shape.heads * plan.stride, zero: 0)
    point = .zero(plan.shape.definition)
    weights = .zero(plan.shape)
  }

  func forward(_ parameters: [Double]) {
    let (shape, stride) = (plan.shape, plan.stride)
    let d = shape.tokens
    point = Parameters(flat: parameters, model: shape.definition)
    weights = LayerWeights(point, shape: shape)
    v.fill(0)
    for window in 0..<plan.windows {
      let depth = shape.depth(at: plan.depth[window])
      for head in 0..<shape.heads {
        let sigma = weights.index(depth: depth, head: head)
        for lag in 0..<plan.depth[window] {
          let token = plan.token[window * shape.reach + lag]
          v.start[(head * d + token) * stride + window] += Real(weights.copier[sigma + lag])
        }
      }
    }
    if isNormalized { normalize() }
    features.set(shares: weights.shares, scale: weights.scale)
  }

  func backward(_ gradient: WindowGradient) -> [Double] {
    let (shape, stride) = (plan.shape, plan.stride)
    let d = shape.tokens
    var gradient = gradient
    features.backward(&gradient)
    if isNormalized { denormalize(&gradient.dv) }
    var sum = LayerWeights<Double>.zero(shape)
    (sum.shares, sum.scale) = (gradient.dshares, gradient.dscale)
    for window in 0..<plan.windows {
      let depth = shape.depth(at: plan.depth[window])
      for head in 0..<shape.heads {
        let sigma = sum.index(depth: depth, head: head)
        for lag in 0..<plan.depth[window] {
          let token = plan.token[window * shape.reach + lag]
          sum.copier[sigma + lag] += gradient.dv[(head * d + token) * stride + window]
        }
      }
    }
    return weights.parameterGradient(of: sum, at: point).flat
  }

  private func normalize() {
    let (d, stride) = (plan.shape.tokens, plan.stride)
    for head in 0..<plan.shape.heads {
      for window in 0..<plan.windows {
        let first = head * d * stride + window
        var square: Real = 0
        for token in 0..<d { square += v.start[first + token * stride] * v.start[first + token * stride] }
        let norm = square.squareRoot()
        norms.start[head * stride + window] = norm
        guard norm > 0 else { continue }
        for token in 0..<d { v.start[first + token * stride] /= norm }
      }
    }
  }

  private func denormalize(_ dv: inout [Double]) {
    let (d, stride) = (plan.shape.tokens, plan.stride)
    for head in 0..<plan.shape.heads {
      for window in 0..<plan.windows {
        let first = head * d * stride + window
        let norm = Double(norms.start[head * stride + window])
        var radial = 0.0
        for token in 0..<d { radial += Double(v.start[first + token * stride]) * dv[first + token * stride] }
        for token in 0..<d {
          let entry = first + token * stride
          dv[entry] = norm > 0 ? (dv[entry] - Double(v.start[entry]) * radial) / norm : 0
        }
      }
    }
  }
}
