import ParameterSpaces
import SymbolicTensors

/// A sum over an orbit of parameters that a flow conserves.
public struct ConservedOrbit: Hashable, Sendable {
  public let orbit: ParameterOrbit
  public let form: ConservedSum.Form
  public let evidence: Evidence

  /// Such as `sum w[2 .]` and `sum c^2`.
  public var name: String {
    switch form {
    case .sum: "sum \(orbit.name)"
    case .sumOfSquares: "sum \(orbit.name)^2"
    }
  }

  /// Such as `\sum_{S} c_{S}^2`.
  public var latex: String {
    let sum = "\\sum_{\(orbit.letters)} "
    switch form {
    case .sum: return sum + orbit.latex
    case .sumOfSquares:
      let isRaised = orbit.latex.contains("^")
      return sum + (isRaised ? "(\(orbit.latex))^2" : "\(orbit.latex)^2")
    }
  }

  /// Of a flat vector.
  public func value(_ point: [Double]) -> Double {
    orbit.components.reduce(0) { $0 + (form == .sum ? point[$1] : point[$1] * point[$1]) }
  }

  /// Whether nothing or all of what it sums over moves.
  func moves(with components: Set<Int>) -> Bool { orbit.components.allSatisfy(components.contains) }
}

extension ParameterSymbols {
  /// What the gradient flow of a loss conserves by algebra: for every orbit the sum and the sum of squares are tried.
  ///
  /// - Parameter gradient: by block, where it is known.
  /// - Complexity: that of `Expression.conservedSums(of:)`.
  public func provenSums(of loss: Expression, gradient: [Expression]? = nil) -> [ConservedOrbit] {
    let (orbits, entries) = (space.orbits, entries)
    let slopes = gradient.map { gradient in orbits.flatMap { gradient[$0.blocks] } }
    return loss.conservedSums(of: orbits.map { Array(entries[$0.blocks]) }, slopes: slopes).map {
      ConservedOrbit(orbit: orbits[$0.group], form: $0.form, evidence: $0.evidence)
    }
  }
}

extension VectorField {
  /// For every orbit, whether the sum and the sum of squares are conserved: what is proven, then what holds at random
  /// points.
  ///
  /// - Complexity: three evaluations where something is not proven.
  func conservedSums(proven: [ConservedOrbit]) -> [ConservedOrbit] {
    let candidates = space.orbits.flatMap { orbit in
      [ConservedSum.Form.sum, .sumOfSquares].map { (orbit: orbit, form: $0) }
    }
    let known = Dictionary(grouping: proven, by: \.orbit)
    func proof(_ orbit: ParameterOrbit, _ form: ConservedSum.Form) -> ConservedOrbit? {
      known[orbit]?.first { $0.form == form }
    }
    let open = candidates.filter { proof($0.orbit, $0.form) == nil }
    var residuals = worstResiduals(open.map { ($0.orbit.components, $0.form) })[...]
    return candidates.compactMap { orbit, form in
      if let proof = proof(orbit, form) { return proof }
      guard let residual = residuals.popFirst(), residual < 1e-10 else { return nil }
      return ConservedOrbit(
        orbit: orbit, form: form, evidence: .evaluated(points: symmetryChecks, residual: residual))
    }
  }

  /// The rate of change of each sum over the sum of its terms' sizes, the largest of several points; infinite where
  /// nothing moves or the rates are not finite, so that nothing is concluded from it.
  private func worstResiduals(_ sums: [(components: Range<Int>, form: ConservedSum.Form)]) -> [Double] {
    var worst = [Double](repeating: 0, count: sums.count)
    guard !sums.isEmpty else { return worst }
    var rates = [Double](repeating: 0, count: space.count)
    var random = GenericPoints(seed: 1)
    for _ in 0..<symmetryChecks {
      // A symmetry holds on any open set; small and positive, a loss is more likely to be finite.
      let point = rates.map { _ in 0.3 * abs(random.next()) }
      self.rates(point, into: &rates)
      for (position, sum) in sums.enumerated() {
        let terms = sum.components.map { sum.form == .sum ? rates[$0] : point[$0] * rates[$0] }
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
