import InductionModel

/// Sizes of a streamed evaluation of the copier.
struct CopierPlan {
  let keys: StreamedKeys
  /// Keys without a full window; they come first.
  let partial: Int
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
  var shape: PassShape { keys.shape }
  /// digits · chunks, at least W.
  var lags: Int { digits * chunks }

  /// Nil where the evaluation does not apply: other norms, or a context that holds no full window.
  init?(shape: PassShape, length: Int) {
    let variant = shape.definition.variant
    guard shape.firstLayer == .copier, variant.normalization == .none, shape.featureNorm == .constant,
      length - 1 > shape.reach
    else { return nil }
    keys = StreamedKeys(shape: shape, length: length)
    partial = variant.keys == .all ? shape.reach : 0
    groups = (shape.heads + 7) / 8
    relabels = shape.tokens >= 2 * (shape.reach + 1)
    labels = relabels ? shape.reach + 1 : shape.tokens
    digits = Self.digits(labels: labels, reach: shape.reach, context: keys.context)
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
