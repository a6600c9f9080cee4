/// Joint laws of the next token with the tokens at each set of lags, of one kernel, from μ(e, Z) down.
///
/// Lags are decided from W to 1: each is kept, which costs nothing, or summed over, which shrinks the table by d.
/// Every set is reached once, from the smallest table that serves it and its kin.
struct MarginalLattice {
  private let tokens: Int
  private let window: Int
  private let largest: Int
  private let joint: [Double]
  private let tokenLaw: [Double]

  init(_ laws: WindowLaws, kernel: Int, largest: Int) {
    tokens = laws.tokens
    window = laws.window
    self.largest = largest
    let table = laws.tokens * laws.windows
    joint = Array(laws.joint[kernel * table..<(kernel + 1) * table])
    tokenLaw = Array(laws.tokenLaw[kernel * laws.tokens..<(kernel + 1) * laws.tokens])
  }

  /// Calls `body` with each set, bit j − 1 standing for lag j, and its χ² informations.
  func visit(_ body: (Int, (modified: Double, ordinary: Double)) -> Void) {
    visit(joint, lag: window, kept: 0, body)
  }

  private func visit(
    _ table: [Double], lag: Int, kept: Int, _ body: (Int, (modified: Double, ordinary: Double)) -> Void
  ) {
    guard lag > 0 else { return body(kept, information(table)) }
    if kept.nonzeroBitCount < largest { visit(table, lag: lag - 1, kept: kept | 1 << (lag - 1), body) }
    visit(summed(table, lag: lag), lag: lag - 1, kept: kept, body)
  }

  /// The table `[e][Z]` without the digit of weight d^{lag−1}: those below it are all there still.
  private func summed(_ table: [Double], lag: Int) -> [Double] {
    var weight = 1
    for _ in 1..<lag { weight *= tokens }
    var result = Array(repeating: 0.0, count: table.count / tokens)
    for block in 0..<result.count / weight {
      for digit in 0..<tokens {
        let from = (block * tokens + digit) * weight
        for low in 0..<weight { result[block * weight + low] += table[from + low] }
      }
    }
    return result
  }

  /// Both sums from `Σ_e (μ(e,z) − μ(e)μ(z))²/μ(e) = Σ_e μ(e,z)²/μ(e) − μ(z)²`, whose terms are all positive:
  /// nothing cancels where the information is small. Tokens and contexts of probability 0 add nothing.
  private func information(_ table: [Double]) -> (modified: Double, ordinary: Double) {
    let contexts = table.count / tokens
    var (modified, ordinary) = (0.0, 0.0)
    for context in 0..<contexts {
      var weight = 0.0
      for token in 0..<tokens { weight += table[token * contexts + context] }
      guard weight > 0 else { continue }
      var divergence = 0.0
      for token in 0..<tokens where tokenLaw[token] > 0 {
        let excess = table[token * contexts + context] - tokenLaw[token] * weight
        divergence += excess * excess / tokenLaw[token]
      }
      modified += divergence
      ordinary += divergence / weight
    }
    return (modified, ordinary)
  }
}
