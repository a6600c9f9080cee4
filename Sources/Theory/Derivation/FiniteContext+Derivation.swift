import InductionModel
import SymbolicTensors

extension FiniteContextLoss {
  /// The loss over the sequences, the steps of its derivation and the flow.
  ///
  /// - Throws: `TheoryError.tooManySequences` when the sequences do not fit one system of tensors.
  public func derivation(_ request: DerivationRequest) throws -> Derivation {
    let whole = try self.whole
    return whole.expressions.model.derivation(
      of: whole.expressions.loss, introduction: whole.expressions.introduction,
      notation: whole.expressions.notation,
      constants: whole.expressions.coefficients.merging(whole.batches.numbers(of: 0)) { $1 }, request)
  }

  /// All sequences in one batch: what is written as one system, which need not be fast.
  private var whole: (expressions: FiniteContext, batches: SequenceBatches) {
    get throws {
      guard batches.count > 1 else { return (expressions, batches) }
      let (model, layout, sequences) = (expressions.model, expressions.layout, batches.sequences)
      let most = Self.mostWritten / max(1, SequenceBatches.numbers(model: model.model, layout: layout))
      guard sequences.count <= most else {
        throw TheoryError.tooManySequences(count: sequences.count, most: most)
      }
      let written = FiniteContext(
        model: model.model, loss: model.loss, layout: layout, batch: sequences.count, parts: model.replaced)
      return (written, SequenceBatches(written, sequences: sequences, weights: batches.weights))
    }
  }

  /// Numbers in the one-hot tensors of a system that is written: 128 MB of data.
  private static let mostWritten = 16_000_000
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
