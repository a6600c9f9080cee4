/// A quantity that the gradient flow θ' = −∇L conserves because L does not change along a group of parameters.
public struct ConservedSum: Hashable, Sendable {
  public enum Form: Hashable, Sendable {
    /// L(x + s) = L(x) for every s added to all entries: Σ ∂L/∂x ≡ 0, so Σ x is conserved.
    case sum
    /// L(s·x) = L(x) for every s > 0: Σ x ∂L/∂x ≡ 0, so Σ x² is conserved.
    case sumOfSquares
  }

  public let form: Form
  /// Which of the groups that were asked about.
  public let group: Int
  public let evidence: Evidence

  public init(form: Form, group: Int, evidence: Evidence) {
    self.form = form
    self.group = group
    self.evidence = evidence
  }
}

extension Expression {
  /// What the gradient flow of this scalar conserves, found from its derivatives: for each group of parameters, the
  /// sum of all entries and the sum of their squares.
  ///
  /// The contraction of the gradient with the direction of the symmetry is simplified and expanded; a group counts
  /// only where nothing is left of it.
  ///
  /// - Parameter groups: entries of symbols at distinct indices, as `gradient` takes them. A group moves as one:
  ///   [w(j)] asks about Σ_j w_j, [c_1, c_2] about c_1 + c_2.
  /// - Parameter slopes: the gradient by all entries, one after another, where it is known.
  /// - Complexity: one gradient, and an expansion quadratic in the number of entries of a group at most.
  public func conservedSums(of groups: [[Expression]], slopes: [Expression]? = nil) -> [ConservedSum] {
    let gradients = slopes ?? gradient(groups.flatMap { $0 })
    var position = 0
    var found: [ConservedSum] = []
    for (number, group) in groups.enumerated() {
      let slopes = gradients[position..<position + group.count]
      position += group.count
      let forms: [(ConservedSum.Form, [Expression])] = [
        (.sum, Array(slopes)), (.sumOfSquares, zip(group, slopes).map { $0 * $1 }),
      ]
      for (form, terms) in forms {
        let total = graph.sum(zip(group, terms).map { $1.sum(over: $0.freeIndices) })
        if graph.vanishesIdentically(total.id) {
          found.append(ConservedSum(form: form, group: number, evidence: .identity))
        }
      }
    }
    return found
  }
}
