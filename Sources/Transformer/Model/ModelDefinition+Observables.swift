import InductionModel

/// What both models record of their positional logits and coefficients.
extension ModelDefinition {
  /// `sigma[h j]`, the softmax of each head's logits.
  ///
  /// - Parameter start: of the logits in the arena.
  func attentionWeights(at start: Int) -> [Observable] {
    let window = window
    return attentionWeightNames.enumerated().map { entry, name in
      let row = start + entry / window * window
      return Observable(name) { softmax(Array($0[row..<row + window]))[entry % window] }
    }
  }

  /// `p[S]`.
  func shares(of coefficients: Range<Int>) -> [Observable] {
    let variant = variant.coefficients
    return shareNames.enumerated().map { set, name in
      Observable(name) { LayerWeights<Double>.shares(Array($0[coefficients]), variant)[set] }
    }
  }

  /// What the flow of the coefficients conserves.
  func conservedTotal(of coefficients: Range<Int>) -> Observable {
    switch variant.coefficients {
    case .square: Observable("C") { $0[coefficients].reduce(0) { $0 + $1 * $1 } }
    case .softmax: Observable("sum c") { $0[coefficients].reduce(0, +) }
    // The loss is of degree 0 in c: the flow is orthogonal to c, so that Σc² stands still here too.
    case .absolute: Observable("sum c^2") { $0[coefficients].reduce(0) { $0 + $1 * $1 } }
    }
  }

  /// Sets of lags that heads can stand for.
  var matchingSets: [HeadSet] {
    HeadSet.all(heads: min(heads, reach), degree: degree).filter { !$0.members.isEmpty }
  }
}
