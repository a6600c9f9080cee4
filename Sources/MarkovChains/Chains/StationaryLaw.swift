/// The stationary law of the window of the last r_n tokens of one kernel's chain.
public struct StationaryLaw: Hashable, Sendable {
  /// r_n, the length of the window.
  public let length: Int
  /// μ by window index Σ_j x_{t−j} d^{j−1}, j = 1...r_n; d^{r_n} numbers that sum to 1.
  public let probabilities: [Double]
  /// How many windows are transient: the chain leaves them for good, and their probability is 0.
  public let transientWindows: Int
}

extension Kernel {
  /// Solves μ = μT directly on windows of r_n tokens; also for periodic chains.
  ///
  /// - Throws: `ChainError` for several closed classes or too many windows.
  /// - Complexity: sparse elimination, between O(d^{2 r_n}) and O(d^{3 r_n}).
  public func stationaryLaw() throws(ChainError) -> StationaryLaw {
    try Self.stationaryLaws([self], threads: 1)[0]
  }

  /// The laws of several kernels, in their order; the symbolic part of the elimination is done once.
  ///
  /// - Throws: `ChainError`, of the first kernel that has one.
  public static func stationaryLaws(_ kernels: [Kernel], threads: Int? = nil) throws(ChainError)
    -> [StationaryLaw]
  {
    guard let first = kernels.first else { throw .noKernels }
    if let other = kernels.firstIndex(where: { $0.tokens != first.tokens || $0.parents != first.parents }) {
      throw .mixedKernels(kernel: other)
    }
    let solver = StationarySolver(try WindowChain(tokens: first.tokens, parents: first.parents))
    return try Concurrent.map(kernels.count, threads: threads ?? Concurrent.processors) {
      (index) throws(ChainError) -> StationaryLaw in
      let isRecurrent = try solver.chain.recurrentWindows(kernels[index], index: index)
      return StationaryLaw(
        length: solver.chain.length,
        probabilities: try solver.solve(kernels[index], isRecurrent: isRecurrent, index: index),
        transientWindows: isRecurrent?.count { !$0 } ?? 0)
    }
  }
}
