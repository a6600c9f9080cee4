import CKernels
import InductionModel

/// Sizes of a streamed evaluation.
struct StreamedPlan {
  let shape: PassShape
  /// L.
  let context: Int
  let keys: Int
  /// The first key's position, from 0.
  let firstKey: Int
  /// Keys without a full window; they come first.
  let partial: Int
  /// Keys, rounded up to the loops' block.
  let padded: Int
  /// Distance of rows over positions.
  let stride: Int
  /// Heads come in groups of eight lanes.
  let groups: Int
  /// Whether tokens are renumbered per sequence by the query's window: large alphabets then cost no more than W.
  let relabels: Bool
  /// Distinct labels, at most d.
  let labels: Int
  /// Neighbouring lags that share a table, how many tables, and entries of one.
  let digits: Int
  let chunks: Int
  let codes: Int
  /// digits · chunks, at least W.
  var lags: Int { digits * chunks }

  /// Nil where the evaluation does not apply: other norms, or a context that holds no full window.
  init?(shape: PassShape, length: Int) {
    let variant = shape.definition.variant
    guard variant.normalization == .none, variant.featureNorm == .constant, length - 1 > shape.reach else {
      return nil
    }
    self.shape = shape
    context = length - 1
    let range = shape.keys(context: context)
    keys = range.count
    firstKey = range.lowerBound
    partial = variant.keys == .all ? shape.reach : 0
    padded = Transformer.padded(keys, to: Int(TRAINER_BLOCK))
    stride = padded + 8
    groups = (shape.heads + 7) / 8
    relabels = shape.tokens >= 2 * (shape.reach + 1)
    labels = relabels ? shape.reach + 1 : shape.tokens
    digits = Self.digits(labels: labels, reach: shape.reach, context: context)
    chunks = (shape.reach + digits - 1) / digits
    codes = (0..<digits).reduce(1) { [labels] size, _ in size * labels }
  }

  /// The number of digits with the fewest table entries to build and to look up, among tables of at most 2^12 codes.
  private static func digits(labels: Int, reach: Int, context: Int) -> Int {
    var (best, least, codes) = (1, Int.max, 1)
    for digits in 1...reach {
      codes *= labels
      guard codes <= 1 << 12 || digits == 1 else { break }
      let work = (reach + digits - 1) / digits * (context + codes)
      if work < least { (best, least) = (digits, work) }
    }
    return best
  }
}

/// The weights of a step as the streamed loops read them: heads in lanes.
final class StreamedWeights<Real: LayerKernels>: @unchecked Sendable {
  /// σ of full windows, [group][lag][8].
  let sigma: Buffer<Real>
  /// σ of positions without a full window, [group][depth][lag][8].
  let partial: Buffer<Real>
  /// p, [set][8], eight times the same.
  let shares: Buffer<Real>
  private(set) var scale: Real = 0

  init(plan: StreamedPlan) {
    sigma = Buffer(plan.groups * plan.lags * 8, zero: 0)
    partial = Buffer(plan.groups * plan.partial * plan.shape.reach * 8, zero: 0)
    shares = Buffer(plan.shape.sets * 8, zero: 0)
  }

  func set(_ weights: LayerWeights<Double>, plan: StreamedPlan) {
    let shape = plan.shape
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
    for set in 0..<shape.sets {
      for lane in 0..<8 { shares.start[set * 8 + lane] = Real(weights.shares[set]) }
    }
    scale = Real(weights.scale)
  }
}
