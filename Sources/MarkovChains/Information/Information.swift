/// The χ² mutual information of the next token with the tokens at every set of lags of a window.
///
/// With z the tokens at the lags S, μ(z) and μ(e|z) of one kernel and E_π the mean over kernels:
/// - ordinary: `E_π Σ_z μ(z) (Σ_e μ(e|z)²/μ(e) − 1)`;
/// - modified, `Ĩ(S) = E_π Σ_z μ(z)² (Σ_e μ(e|z)²/μ(e) − 1)`, what the transformer maximises.
///
/// Source: arXiv 2409.10559, section 3.
public struct Information: Sendable {
  /// W.
  public let window: Int
  /// Subsets of the lags 1...W, in the order of `LagSet`.
  public let sets: [LagSet]
  /// Ĩ(S), one per set.
  public let modified: [Estimate]
  /// One per set.
  public let ordinary: [Estimate]
  /// Ĩ(S) of each kernel, row-major `[kernel][set]`: differences of sets have paired errors.
  public let modifiedByKernel: [Double]

  /// - Parameter largest: the most lags in a set, by default W.
  /// - Throws: `InformationError` when there are more sets than memory holds.
  /// - Complexity: O(kernels · d (d + 1)^W) for all sets: each table is summed once from the one above it.
  public init(_ laws: WindowLaws, largest: Int? = nil, threads: Int? = nil) throws(InformationError) {
    let largest = min(max(largest ?? laws.window, 0), laws.window)
    let count = LagSet.count(window: laws.window, largest: largest)
    guard let count, laws.window < Int.bitWidth - 1, count <= Self.mostValues / laws.kernels.count else {
      throw .tooManySets(window: laws.window, largest: largest, most: Self.mostValues / laws.kernels.count)
    }
    let sets = LagSet.all(window: laws.window, largest: largest)
    let slots = Dictionary(
      uniqueKeysWithValues: sets.enumerated().map { ($1.members.reduce(0) { $0 | 1 << ($1 - 1) }, $0) })
    let values = Concurrent.map(laws.kernels.count, threads: threads ?? Concurrent.processors) {
      (kernel) throws(Never) -> [(modified: Double, ordinary: Double)] in
      var values = [(modified: Double, ordinary: Double)](repeating: (0, 0), count: sets.count)
      let lattice = MarginalLattice(laws, kernel: kernel, largest: largest)
      lattice.visit { members, value in
        // Of no lags the information is 0; the sum would leave rounding.
        if members != 0, let slot = slots[members] { values[slot] = value }
      }
      return values
    }
    window = laws.window
    self.sets = sets
    modified = sets.indices.map { set in Estimate(values.map { $0[set].modified }) }
    ordinary = sets.indices.map { set in Estimate(values.map { $0[set].ordinary }) }
    modifiedByKernel = values.flatMap { $0.map(\.modified) }
  }

  /// Sets times kernels.
  static let mostValues = 1 << 26

  /// The set's place in `sets`; nil if it was not computed.
  public func index(of set: LagSet) -> Int? { sets.firstIndex(of: set) }
}

/// More sets of lags than memory holds.
public enum InformationError: Error, Hashable {
  case tooManySets(window: Int, largest: Int, most: Int)
}

extension InformationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tooManySets(let window, let largest, let most):
      "the information of all sets of up to \(largest) of \(window) lags: more than the \(most) sets that fit "
        + "in memory for these kernels; lower the window, the degree or the number of kernels"
    }
  }
}
