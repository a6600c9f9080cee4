/// The chain of windows of the last r_n tokens, the smallest that is Markov: d^{r_n} states.
///
/// A window's index is Σ_j x_{t−j} d^{j−1}, j = 1...r_n, so that token e moves Z to e + d·(Z mod d^{r_n−1}).
struct WindowChain {
  let tokens: Int
  /// r_n.
  let length: Int
  let states: Int
  /// Row of the kernel for each window.
  let contexts: [Int32]

  /// No chain with more states is solved: beyond, elimination takes gigabytes and hours.
  static let mostStates = 1 << 14

  init(tokens: Int, parents: [Int]) throws(ChainError) {
    let length = parents.last ?? 0
    guard let states = power(tokens, length), states <= Self.mostStates else {
      throw .tooManyStates(tokens: tokens, length: length, most: Self.mostStates)
    }
    self.tokens = tokens
    self.length = length
    self.states = states
    contexts = (0..<states).map { window in
      Int32(parents.reversed().reduce(0) { $0 * tokens + window.digit($1 - 1, base: tokens) })
    }
  }

  /// The window that follows one when token e comes is `successorBase(window) + e`.
  func successorBase(_ window: Int) -> Int { window % (states / tokens) * tokens }

  /// The window's tokens, from the oldest to the latest.
  func sequence(_ window: Int) -> [Int] {
    (0..<length).reversed().map { window.digit($0, base: tokens) }
  }

  /// π(· | window), as offsets into the kernel's probabilities.
  func row(_ window: Int) -> Int { Int(contexts[window]) * tokens }
}

extension Int {
  /// The digit of weight base^position.
  func digit(_ position: Int, base: Int) -> Int {
    var quotient = self
    for _ in 0..<position { quotient /= base }
    return quotient % base
  }
}
