/// How far a kernel's chain is from what the theory assumes: a uniform spectral gap and π ≥ γ > 0
/// (arXiv 2409.10559, assumption on the chain).
public struct ChainDiagnostics: Hashable, Sendable {
  /// |λ₂| of the chain of windows of r_n tokens, 1 for a periodic chain; to about 1e-3 where d^{r_n} > 64.
  public let secondEigenvalue: Double
  /// The least entry of π.
  public let smallestEntry: Double
  /// Windows of r_n tokens that the chain leaves for good.
  public let transientWindows: Int
}

extension WindowLaws {
  /// One per kernel, in their order.
  ///
  /// - Complexity: O(d^{3 r_n}) per kernel up to 64 windows of r_n tokens, about 1,300·d^{r_n + 1} beyond.
  public func diagnostics(threads: Int? = nil) throws(ChainError) -> [ChainDiagnostics] {
    guard let first = kernels.first else { throw .noKernels }
    let chain = try WindowChain(tokens: tokens, parents: first.parents)
    return Concurrent.map(kernels.count, threads: threads ?? Concurrent.processors) {
      (index) throws(Never) -> ChainDiagnostics in
      ChainDiagnostics(
        secondEigenvalue: chain.secondEigenvalue(kernels[index]),
        smallestEntry: kernels[index].probabilities.min() ?? 0,
        transientWindows: transientWindows[index])
    }
  }
}

/// What a user should know before trusting a source; kernels are counted from 0.
public enum ChainWarning: Hashable, Sendable {
  /// |λ₂| above `slowMixing`: averages over a sequence of length L are far from stationary unless
  /// L(1 − |λ₂|) is large.
  case slowMixing(kernels: [Int], largest: Double)
  /// Entries below `smallEntry`: at the lengths in use their contexts are hardly seen.
  case smallEntries(kernels: [Int], smallest: Double)
  /// Windows of probability 0.
  case transientWindows(kernels: [Int], most: Int)

  /// |λ₂| above this is warned of: a hundred tokens or more to forget the start.
  public static let slowMixing = 0.99
  /// Entries below this are warned of: less than one occurrence in 1,000 visits of the context.
  public static let smallEntry = 1e-3

  /// The warnings that a source's kernels give, each kind once.
  public static func warnings(_ diagnostics: [ChainDiagnostics]) -> [ChainWarning] {
    var result: [ChainWarning] = []
    let slow = diagnostics.indices.filter { diagnostics[$0].secondEigenvalue > slowMixing }
    if let largest = slow.map({ diagnostics[$0].secondEigenvalue }).max() {
      result.append(.slowMixing(kernels: slow, largest: largest))
    }
    let small = diagnostics.indices.filter { diagnostics[$0].smallestEntry < smallEntry }
    if let smallest = small.map({ diagnostics[$0].smallestEntry }).min() {
      result.append(.smallEntries(kernels: small, smallest: smallest))
    }
    let transient = diagnostics.indices.filter { diagnostics[$0].transientWindows > 0 }
    if let most = transient.map({ diagnostics[$0].transientWindows }).max() {
      result.append(.transientWindows(kernels: transient, most: most))
    }
    return result
  }
}

extension ChainWarning: CustomStringConvertible {
  public var description: String {
    switch self {
    case .slowMixing(let kernels, let largest):
      "\(Self.name(kernels)) mixes slowly: |λ₂| is up to \(largest), the "
        + "theory assumes a gap (warned of above \(Self.slowMixing))"
    case .smallEntries(let kernels, let smallest):
      "\(Self.name(kernels)) has entries down to \(smallest), the theory assumes none near 0 "
        + "(warned of below \(Self.smallEntry))"
    case .transientWindows(let kernels, let most):
      "\(Self.name(kernels)) has transient windows (up to \(most)), whose stationary probability is 0"
    }
  }

  private static func name(_ kernels: [Int]) -> String {
    kernels.count == 1 ? "kernel \(kernels[0])" : "each of \(kernels.count) kernels (first: \(kernels[0]))"
  }
}
