import func Foundation.log

/// Which lags explain what was held out best.
public struct ParentChoice: Hashable, Sendable {
  public struct Candidate: Hashable, Sendable {
    public let lags: LagSet
    /// Σ log π(x_t | context) over the held-out tokens, a token, in nats.
    public let logLikelihood: Double
  }

  /// The best first; of equal ones the smaller set.
  public let candidates: [Candidate]
  /// Held-out tokens that every candidate was scored on.
  public let tokens: Int

  public var best: LagSet { candidates.first?.lags ?? .empty }

  /// Every set is scored on the same tokens, those behind the largest lag of all sets, by the kernels of their blocks.
  ///
  /// - Parameter sets: not empty, none of them ∅.
  /// - Returns: nil where no held-out token has all lags.
  /// - Throws: `EstimationError`. O(sets · (tokens + blocks · dⁿ⁺¹)).
  public init?(of blocks: TextBlocks, among sets: [LagSet], smoothing: Double) throws(EstimationError) {
    let farthest = sets.compactMap(\.members.last).max() ?? 0
    var scored: [Candidate] = []
    var count = 0
    for set in sets {
      var sum = 0.0
      count = 0
      // One kernel at a time.
      for block in blocks.blocks {
        let kernel = try Kernel(
          estimatedFrom: block.map { $0.tokens[..<$0.trained] }, tokens: blocks.tokens, parents: set.members,
          smoothing: smoothing)
        for stretch in block {
          let x = stretch.tokens
          for position in stride(from: max(stretch.trained, farthest), to: x.count, by: 1) {
            let context = set.members.reversed().reduce(0) { $0 * blocks.tokens + Int(x[position - $1]) }
            sum += log(kernel.probabilities[context * blocks.tokens + Int(x[position])])
            count += 1
          }
        }
      }
      scored.append(Candidate(lags: set, logLikelihood: sum / Double(count)))
    }
    guard count > 0 else { return nil }
    tokens = count
    candidates = scored.sorted { ($1.logLikelihood, $0.lags) < ($0.logLikelihood, $1.lags) }
  }
}
