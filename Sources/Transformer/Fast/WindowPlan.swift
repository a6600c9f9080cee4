import CKernels
import InductionModel

/// All windows that a key or query can see, numbered: what lets a batch be evaluated by windows instead of positions.
///
/// The similarity q(Z, z) depends on a key's window Z and the query's z alone, so that a sequence is the histogram of
/// its windows with their next tokens, and a query's row q(·, z) is shared by all sequences that end in z. Where a
/// position sees its own token too, a row has every window once for each.
final class WindowPlan: Sendable {
  let shape: PassShape
  /// Full windows, d^W, after those that the start of a sequence cuts short, 1 + d + ... + d^{W−1} (`all` keys only).
  let windows: Int
  let firstFull: Int
  /// Windows, rounded up to the loops' block.
  let stride: Int
  /// Numbers of a row, and the distance between those of two own tokens; 0 where windows are all that keys see.
  let row: Int
  let each: Int
  /// Of a row, those that may be used.
  let used: Int
  /// Lags that a window has.
  let depth: [Int]
  /// Tokens at lags 1...depth, [window][W].
  let token: [Int]

  static let most = 1 << 12

  /// Nil where there are too many windows.
  init?(shape: PassShape) {
    let (d, reach) = (shape.tokens, shape.reach)
    var (full, shorter) = (1, 0)
    for _ in 0..<reach {
      shorter += full
      full *= d
      guard full <= Self.most else { return nil }
    }
    self.shape = shape
    firstFull = shape.definition.variant.keys == .all ? shorter : 0
    windows = firstFull + full
    stride = padded(windows, to: Int(TRAINER_BLOCK))
    row = shape.ownTokens * stride
    each = shape.ownTokens > 1 ? stride : 0
    used = shape.ownTokens > 1 ? row : windows
    var (depth, token): ([Int], [Int]) = ([], [])
    for lags in (firstFull > 0 ? 0 : reach)...reach {
      let count = (0..<lags).reduce(1) { size, _ in size * d }
      for code in 0..<count {
        depth.append(lags)
        var rest = code
        for lag in 0..<reach {
          token.append(lag < lags ? rest % d : 0)
          rest /= d
        }
      }
    }
    self.depth = depth
    self.token = token
  }

  var layout: trainer_windows {
    trainer_windows(
      d: Int32(shape.tokens), lags: Int32(shape.reach), all: firstFull > 0 ? 1 : 0, full: Int32(firstFull),
      stride: stride)
  }
}
