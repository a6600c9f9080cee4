import InductionModel

extension Configuration {
  /// What is allowed but seldom meant; sentences that name the key.
  public var warnings: [String] {
    var warnings: [String] = []
    if loss.criterion == .crossEntropy && loss.epsilon == 0 {
      let finite = [
        (training?.epsilon ?? 0) == 0 ? training.map { _ in "training" } : nil,
        theory.level == .finiteContext ? "theory" : nil,
      ].compactMap { $0 }
      if !finite.isEmpty {
        warnings.append(
          "loss.epsilon is 0: the loss of \(finite.joined(separator: " and ")) at finite context is infinite as "
            + "soon as one next token does not occur in its context; 1e-3 is a fair value")
      }
    }
    if let farthest = source.parents.last, farthest > model.reach {
      warnings.append(
        "the parent at lag \(farthest) lies outside the \(model.reach) lags that the heads see; a larger "
          + "model.window would reach it")
    }
    return warnings
  }
}
