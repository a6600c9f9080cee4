import InductionModel
import SymbolicTensors

extension FiniteContextLoss {
  /// The loss over the sequences, the steps of its derivation and the flow.
  ///
  /// - Throws: `TheoryError.tooManySequences` when the sequences do not fit one system of tensors.
  public func derivation(_ request: DerivationRequest) throws -> Derivation {
    guard batches.count == 1 else {
      throw TheoryError.tooManySequences(
        count: batches.sequences.count, most: expressions.sequence.extent)
    }
    return expressions.model.derivation(
      of: expressions.loss, introduction: expressions.introduction, notation: expressions.notation,
      constants: expressions.coefficients.merging(batches.numbers(of: 0)) { $1 }, request)
  }
}

extension FiniteContext {
  fileprivate var introduction: String {
    let definition = model.model
    return
      "The loss over \(sequence.extent) sequences $s^n_1,\\ldots,s^n_{L+1}$ with weights $\\omega_n$. Keys are the "
      + "positions $l=\(layout.keys.lowerBound),\\ldots,\(layout.keys.upperBound)$, the query is the position "
      + "behind the last; $e$ and $x$ run over the \(definition.tokens) tokens. Head $h$ sees "
      + "\(definition.lagsInWords), with weights $\\sigma^{(h)}$ and output $v^{(h)}$, $\\hat v^{(h)}$ at the "
      + "query; a set $S$ of heads has the share $p_S$ of the similarity $q$; $y$ is the prediction."
  }

  fileprivate var notation: ModelNotation {
    var names = ModelNotation(model)
    for (head, (atKeys, atQuery)) in zip(1..., zip(keyTokens, queryTokens)) {
      let shift = model.model.lags(ofHead: head).lowerBound - 1
      let lag = shift > 0 ? "#1-\(shift)" : "#1"
      names.notation.write(atKeys, as: "\\mathbf{1}[s^{#2}_{#4-\(lag)}=#3]")
      names.notation.write(atQuery, as: "\\mathbf{1}[s^{#2}_{L+1-\(lag)}=#3]")
    }
    names.notation.write(contextTokens, as: "\\mathbf{1}[s^{#1}_{#3}=#2]")
    names.notation.write(targets, as: "\\mathbf{1}[s^{#1}_{L+1}=#2]")
    names.notation.write(weights, as: "\\omega_{#1}")
    let steps = [
      NamedStep(
        expression: similarity, template: "q_{#1,#2}",
        indices: [sequence, key]),
      NamedStep(
        expression: prediction, template: "y_{#1}(#2)",
        indices: [sequence, next]),
    ]
    for (head, output) in zip(1..., keyOutputs) {
      names.notation.name(output, "v^{(\(head))}_{#1,#2}(#3)", [sequence, key, token])
    }
    for (head, output) in zip(1..., queryOutputs) {
      names.notation.name(output, "\\hat v^{(\(head))}_{#1}(#2)", [sequence, token])
    }
    names.notation.name(steps)
    return names
  }
}
