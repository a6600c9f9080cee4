import SymbolicTensors

/// How the second layer makes a prediction of the keys, in two steps: an average over the keys, and y of it.
public struct SecondLayer {
  /// On the predicted token, from the logits a q on the keys.
  public var average: (_ logits: Expression, _ keys: KeyAverages) -> Expression
  /// y of that average.
  public var prediction: (_ average: Expression, _ keys: KeyAverages) -> Expression

  public init(
    average: @escaping (_ logits: Expression, _ keys: KeyAverages) -> Expression,
    prediction: @escaping (_ average: Expression, _ keys: KeyAverages) -> Expression
  ) {
    self.average = average
    self.prediction = prediction
  }

  /// y = ⟨x e^{aq}⟩/⟨e^{aq}⟩.
  public static var softmax: SecondLayer {
    SecondLayer { logits, keys in
      keys.tokens(weighted: keys.exponential(logits))
    } prediction: { average, keys in
      keys.normalized(average)
    }
  }

  /// y = ⟨x⟩ + a(⟨q x⟩ − ⟨q⟩⟨x⟩).
  public static var linear: SecondLayer {
    SecondLayer { logits, keys in
      keys.tokens(weighted: logits) - keys.tokens * keys.mean(logits)
    } prediction: { average, keys in
      keys.tokens + average
    }
  }
}

/// Means over the keys, as a level takes them: over the positions of a context, or under a stationary law.
public struct KeyAverages {
  /// ⟨x_e⟩, on the predicted token.
  public let tokens: Expression
  /// ⟨f⟩ of a number on the keys.
  public let mean: (_ number: Expression) -> Expression
  /// ⟨x_e f⟩, on the predicted token.
  let weighted: (_ number: Expression) -> Expression
  /// e^f, up to a factor that does not depend on the key.
  public let exponential: (_ logits: Expression) -> Expression
  /// ⟨x_e f⟩/⟨f⟩ of ⟨x_e f⟩, for f = `exponential(..)`.
  public let normalized: (_ average: Expression) -> Expression

  public func tokens(weighted number: Expression) -> Expression { weighted(number) }
}
