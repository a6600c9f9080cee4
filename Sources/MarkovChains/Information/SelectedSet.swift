/// The information set S* of a model: the set of lags with the most modified χ² information among those that its
/// heads can stand for.
public struct SelectedSet: Hashable, Sendable {
  /// S*.
  public let set: LagSet
  /// Ĩ(S*).
  public let information: Estimate
  /// The best of the other sets in reach; nil when ∅ is alone in reach.
  public let runnerUp: LagSet?
  /// ΔĨ = Ĩ(S*) − Ĩ(runner-up), its error that of the paired difference over kernels.
  public let gap: Estimate?
  /// A set of lags of the window that is better than S*, but out of the model's reach.
  public let outOfReach: OutOfReach?

  public struct OutOfReach: Hashable, Sendable {
    public let set: LagSet
    public let information: Estimate
    /// Ĩ(set) − Ĩ(S*), paired over kernels.
    public let excess: Estimate
  }
}

extension Information {
  /// S* over subsets of the lags 1...min(H, W) with at most D members: head h stands for its own lag h.
  ///
  /// Sets that tie go to the first in order, the smaller. Only sets that were computed are compared: give
  /// `init` a `largest` of at least D.
  public func selectedSet(heads: Int, degree: Int) -> SelectedSet {
    let byInformation = sets.indices.sorted {
      modified[$0].mean != modified[$1].mean ? modified[$0].mean > modified[$1].mean : $0 < $1
    }
    func isInReach(_ set: LagSet) -> Bool { set.count <= degree && (set.members.last ?? 0) <= heads }
    // ∅ is always there, at index 0, and always in reach.
    let inReach = byInformation.filter { isInReach(sets[$0]) }
    let best = inReach.first ?? 0
    let runnerUp = inReach.dropFirst().first
    let outside = byInformation.first { !isInReach(sets[$0]) }
      .flatMap { modified[$0].mean > modified[best].mean ? $0 : nil }
    return SelectedSet(
      set: sets[best], information: modified[best], runnerUp: runnerUp.map { sets[$0] },
      gap: runnerUp.map { difference(best, $0) },
      outOfReach: outside.map {
        .init(set: sets[$0], information: modified[$0], excess: difference($0, best))
      })
  }

  private func difference(_ first: Int, _ second: Int) -> Estimate {
    let rows = stride(from: 0, to: modifiedByKernel.count, by: sets.count)
    return Estimate(rows.map { modifiedByKernel[$0 + first] - modifiedByKernel[$0 + second] })
  }
}
