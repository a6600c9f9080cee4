import CKernels
import InductionModel

/// The copier's output and feature norms for every window: made once a step, shared by all rows.
final class WindowFeatures<Real: LayerKernels>: @unchecked Sendable {
  let plan: WindowPlan
  private let tree: SetTree
  /// v after normalisation, [H][d][stride].
  let v: Buffer<Real>
  /// p, [set][8].
  let shares: Buffer<Real>
  /// 1/√(Σ p Π‖v‖²), [stride], 0 where that is 1/0; only for the norm `feature`.
  let inverseNorm: Buffer<Real>
  private(set) var scale: Real = 0
  private let norms: Buffer<Real>  // ‖v‖ before normalisation, [H][stride]
  private let squares: Buffer<Real>  // ‖v‖² after it, [H][stride]
  private let slope: Buffer<Real>  // d(feature norm²)/d squares
  private let featureNorm: Buffer<Real>  // Σ p Π‖v‖², [stride]
  private let scratch: Buffer<Real>

  var hasFeatureNorm: Bool { plan.shape.definition.variant.featureNorm == .feature }
  var isNormalized: Bool { plan.shape.definition.variant.normalization == .l2 }

  init(plan: WindowPlan, tree: SetTree) {
    self.plan = plan
    self.tree = tree
    let (heads, stride) = (plan.shape.heads, plan.stride)
    v = Buffer(heads * plan.shape.tokens * stride, zero: 0)
    shares = Buffer(tree.sets * 8, zero: 0)
    let isFeature = plan.shape.definition.variant.featureNorm == .feature
    inverseNorm = Buffer(isFeature ? stride : 0, zero: 0)
    norms = Buffer(heads * stride, zero: 0)
    squares = Buffer(isFeature ? heads * stride : 0, zero: 0)
    slope = Buffer(isFeature ? heads * stride : 0, zero: 0)
    featureNorm = Buffer(isFeature ? stride : 0, zero: 0)
    scratch = Buffer(2 * tree.inner * Int(TRAINER_BLOCK), zero: 0)
  }

  /// θ's σ and p → v, norms.
  func forward(_ weights: LayerWeights<Double>) {
    let (shape, stride) = (plan.shape, plan.stride)
    let d = shape.tokens
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
    for set in 0..<tree.sets {
      for lane in 0..<8 { shares.start[set * 8 + lane] = Real(weights.shares[set]) }
    }
    scale = Real(weights.scale)
    if isNormalized { normalize() }
    if hasFeatureNorm { measureFeatures() }
  }

  /// Derivatives by v and by the inverse norms, summed over all rows → derivatives by σ, added to `sum`, and by p.
  func backward(dv: inout [Double], dinverse: [Double], into sum: inout LayerWeights<Double>) {
    let (shape, stride) = (plan.shape, plan.stride)
    let d = shape.tokens
    if hasFeatureNorm { addFeatures(dinverse, dv: &dv, dshares: &sum.shares) }
    if isNormalized { denormalize(&dv) }
    for window in 0..<plan.windows {
      let depth = shape.depth(at: plan.depth[window])
      for head in 0..<shape.heads {
        let sigma = sum.index(depth: depth, head: head)
        for lag in 0..<plan.depth[window] {
          let token = plan.token[window * shape.reach + lag]
          sum.copier[sigma + lag] += dv[(head * d + token) * stride + window]
        }
      }
    }
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

  private func measureFeatures() {
    let (d, stride) = (plan.shape.tokens, plan.stride)
    for head in 0..<plan.shape.heads {
      for window in 0..<plan.windows {
        var square: Real = 0
        for token in 0..<d {
          let value = v.start[(head * d + token) * stride + window]
          square += value * value
        }
        squares.start[head * stride + window] = square
      }
    }
    var layout = tree.layout
    Real.selectorForward(
      &layout, shares.start, squares.start, stride, stride, featureNorm.start, slope.start, scratch.start)
    for window in 0..<stride {
      let norm = featureNorm.start[window]
      inverseNorm.start[window] = norm > 0 && window < plan.windows ? 1 / norm.squareRoot() : 0
    }
  }

  private func addFeatures(_ dinverse: [Double], dv: inout [Double], dshares: inout [Double]) {
    let (d, stride) = (plan.shape.tokens, plan.stride)
    let dnorm = Buffer<Real>(stride, zero: 0)
    let dp = Buffer<Real>(tree.sets * 8, zero: 0)
    for window in 0..<plan.windows {
      let inverse = Double(inverseNorm.start[window])
      dnorm.start[window] = Real(-0.5 * inverse * inverse * inverse * dinverse[window])
    }
    var layout = tree.layout
    Real.selectorBackward(
      &layout, squares.start, dnorm.start, stride, stride, slope.start, dp.start, scratch.start)
    for set in 0..<tree.sets {
      for lane in 0..<8 { dshares[set] += Double(dp.start[set * 8 + lane]) }
    }
    for head in 0..<plan.shape.heads {
      for window in 0..<plan.windows {
        let factor = 2 * Double(slope.start[head * stride + window])
        for token in 0..<d {
          let entry = (head * d + token) * stride + window
          dv[entry] += factor * Double(v.start[entry])
        }
      }
    }
  }
}
