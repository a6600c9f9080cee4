import CKernels
import InductionModel

/// What the rows of windows read: layer 1's output for every window, shares, scale and feature norms. Made once a step,
/// shared by all rows.
final class WindowFeatures<Real: LayerKernels>: @unchecked Sendable {
  let plan: WindowPlan
  private let tree: SetTree
  /// v of the keys after normalisation, [H][d][row].
  let v: Buffer<Real>
  /// v of the queries, [H][d][stride]; `v` itself where a query is one of the keys' windows.
  let query: Buffer<Real>
  /// p, [set][8].
  let shares: Buffer<Real>
  /// 1/√(Σ p Π‖v‖²), [stride], 0 where that is 1/0; only for the norm `feature`.
  let inverseNorm: Buffer<Real>
  private(set) var scale: Real = 0
  private let squares: Buffer<Real>  // ‖v‖² after normalisation, [H][stride]
  private let slope: Buffer<Real>  // d(feature norm²)/d squares
  private let featureNorm: Buffer<Real>  // Σ p Π‖v‖², [stride]
  private let scratch: Buffer<Real>

  var hasFeatureNorm: Bool { plan.shape.featureNorm == .feature }

  init(plan: WindowPlan, tree: SetTree) {
    self.plan = plan
    self.tree = tree
    let (heads, stride) = (plan.shape.heads, plan.stride)
    v = Buffer(heads * plan.shape.tokens * plan.row, zero: 0)
    query = plan.each > 0 ? Buffer(heads * plan.shape.tokens * stride, zero: 0) : v
    shares = Buffer(tree.sets * 8, zero: 0)
    let isFeature = plan.shape.featureNorm == .feature
    inverseNorm = Buffer(isFeature ? stride : 0, zero: 0)
    squares = Buffer(isFeature ? heads * stride : 0, zero: 0)
    slope = Buffer(isFeature ? heads * stride : 0, zero: 0)
    featureNorm = Buffer(isFeature ? stride : 0, zero: 0)
    scratch = Buffer(2 * tree.inner * Int(TRAINER_BLOCK), zero: 0)
  }

  /// p and a, and norms of features once v stands.
  func set(shares: [Double], scale: Double) {
    for (set, share) in shares.enumerated() {
      for lane in 0..<8 { self.shares.start[set * 8 + lane] = Real(share) }
    }
    self.scale = Real(scale)
    if hasFeatureNorm { measureFeatures() }
  }

  /// Derivatives by the inverse norms → by v and p, added to what is there.
  func backward(_ gradient: inout WindowGradient) {
    guard hasFeatureNorm else { return }
    addFeatures(gradient.dinverse, dv: &gradient.dv, dshares: &gradient.dshares)
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
