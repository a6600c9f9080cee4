import InductionModel
import SymbolicTensors

extension ModelDefinition {
  /// Components of the flat vector that a symmetry may move together: the logits of each head, then the
  /// coefficients.
  var symmetryGroups: [Range<Int>] {
    (0..<heads).map { $0 * window..<($0 + 1) * window } + [range(of: .coefficients)]
  }

  /// Such as `sum w[2 .]` and `sum c^2`.
  func name(of sum: ConservedSum) -> String {
    let group = sum.group < heads ? "w[\(sum.group + 1) .]" : "c"
    return switch sum.form {
    case .sum: "sum \(group)"
    case .sumOfSquares: "sum \(group)^2"
    }
  }
}

extension ModelExpressions {
  /// `ModelDefinition.symmetryGroups` as expressions.
  func symmetryGroups(lag: Index) -> [[Expression]] {
    attention.map { [graph($0, lag)] } + [coefficients.map { graph($0) }]
  }
}

extension LossFunction {
  public var provenSums: [ConservedSum] { [] }

  /// What the gradient flow of all parameters conserves: for the logits of each head and for the coefficients,
  /// their sum and the sum of their squares are tried, by algebra where the loss has an expression, else by its
  /// gradient at random points.
  ///
  /// - Complexity: a symbolic gradient; three numeric ones where algebra leaves something open.
  public var conservedSums: [ConservedSum] {
    let proven = provenSums
    let groups = model.symmetryGroups
    let candidates = groups.indices.flatMap { group in
      [ConservedSum.Form.sum, .sumOfSquares].map { (group: group, form: $0) }
    }
    let open = candidates.filter { candidate in
      !proven.contains { $0.group == candidate.group && $0.form == candidate.form }
    }
    let residuals = worstResiduals(open.map { (groups[$0.group], $0.form) })
    let evaluated = zip(open, residuals).filter { $1 < 1e-10 }.map { candidate, residual in
      ConservedSum(
        form: candidate.form, group: candidate.group,
        evidence: .evaluated(points: symmetryChecks, residual: residual))
    }
    return (proven + evaluated).sorted {
      ($0.group, $0.form == .sum ? 0 : 1) < ($1.group, $1.form == .sum ? 0 : 1)
    }
  }

  /// The rate of change of each sum over the sum of its terms' sizes, the largest of several points; infinite where
  /// nothing moves or the gradient is not finite, so that nothing is concluded from it.
  private func worstResiduals(_ sums: [(components: Range<Int>, form: ConservedSum.Form)]) -> [Double] {
    var worst = [Double](repeating: 0, count: sums.count)
    guard !sums.isEmpty else { return worst }
    var gradient = [Double](repeating: 0, count: model.parameterCount)
    var random = GenericPoints(seed: 1)
    for _ in 0..<symmetryChecks {
      var flat = gradient.map { _ in random.next() }
      for component in model.range(of: .coefficients) { flat[component] = abs(flat[component]) }
      for component in model.range(of: .scale) { flat[component] = 0.2 * abs(flat[component]) }
      self.gradient(flat, into: &gradient)
      for (position, sum) in sums.enumerated() {
        let terms = sum.components.map { sum.form == .sum ? gradient[$0] : flat[$0] * gradient[$0] }
        let size = terms.reduce(0) { $0 + abs($1) }
        let residual = abs(terms.reduce(0, +)) / size
        worst[position] = residual.isFinite ? max(worst[position], residual) : .infinity
      }
    }
    return worst
  }
}

/// How many points count as evidence.
private let symmetryChecks = 3
