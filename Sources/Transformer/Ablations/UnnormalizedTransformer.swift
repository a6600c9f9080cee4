import InductionModel
import MarkovChains
import ParameterSpaces

/// The disentangled transformer whose features are not divided by √C: `q = Σ_S c_S² Π_{h∈S} ⟨v^h, v'^h⟩`, or with |c_S|
/// where the shares are absolute values.
///
/// That is the disentangled one at the scale a·C in place of a, and is evaluated as such; the gradient follows by the
/// chain rule. C, which the normalised flow keeps, now grows with the coefficients.
public struct UnnormalizedTransformer: TrainableModel {
  private let normalized: DisentangledTransformer

  /// - Parameter definition: with the constant feature norm, and shares that are squares or absolute values.
  public init(_ definition: ModelDefinition, loss: Loss) {
    normalized = DisentangledTransformer(definition, loss: loss)
  }

  /// Whether such a model differs from the normalised one, and can be had from it.
  public static func exists(_ variant: Variant) -> Bool {
    variant.featureNorm == .constant && variant.coefficients != .softmax
  }

  public var identity: String { "unnormalized \(normalized.identity)" }
  public var space: ParameterSpace { normalized.space }
  public var observables: [Observable] { normalized.observables }
  public var matchingSets: [HeadSet] { normalized.matchingSets }
  public var tokens: Int { normalized.tokens }
  public var shortestSequence: Int { normalized.shortestSequence }

  private var isSquare: Bool { normalized.definition.variant.coefficients == .square }
  private var coefficients: Range<Int> { space.range(of: .coefficients) }

  /// c → (λ c, λ^{−2} a), or λ^{−1} a, leaves the loss as it is: the flow keeps Σc² − 2a², or Σc² − a².
  public var invariants: [Observable] {
    let (coefficients, factor) = (coefficients, isSquare ? 2.0 : 1.0)
    let balance = Observable(isSquare ? "sum c^2 - 2 a^2" : "sum c^2 - a^2") { flat in
      let scale = flat[flat.count - 1]
      return flat[coefficients].reduce(0) { $0 + $1 * $1 } - factor * scale * scale
    }
    return [balance] + normalized.invariants.dropFirst()
  }

  public func memory(count: Int, length: Int, use: BatchUse) -> Double {
    normalized.memory(count: count, length: length, use: use)
  }

  public func attention(on sequence: ArraySlice<UInt16>)
    -> (@Sendable (_ parameters: [Double]) -> SequenceAttention)?
  {
    guard let attention = normalized.attention(on: sequence) else { return nil }
    return { attention(rescaled($0)) }
  }

  public func evaluator(precision: Precision, pool: WorkerPool) -> any BatchEvaluator {
    RescaledEvaluator(self, normalized.evaluator(precision: precision, pool: pool))
  }

  /// C.
  private func total(_ flat: [Double]) -> Double {
    flat[coefficients].reduce(0) { $0 + (isSquare ? $1 * $1 : abs($1)) }
  }

  /// (w, c, a) → (w, c, a C).
  fileprivate func rescaled(_ flat: [Double]) -> [Double] {
    var result = flat
    result[flat.count - 1] *= total(flat)
    return result
  }

  /// dL/da = C ∂L/∂(aC), and dL/dc gains a ∂C/∂c ∂L/∂(aC).
  fileprivate func pulledBack(_ gradient: [Double], at flat: [Double]) -> [Double] {
    guard let scale = flat.last, let byScale = gradient.last else { return gradient }
    var result = gradient
    result[flat.count - 1] = byScale * total(flat)
    for entry in coefficients {
      let slope = isSquare ? 2 * flat[entry] : flat[entry] < 0 ? -1 : flat[entry] > 0 ? 1 : 0
      result[entry] += scale * slope * byScale
    }
    return result
  }
}

private final class RescaledEvaluator: BatchEvaluator {
  private let model: UnnormalizedTransformer
  private let inner: any BatchEvaluator

  init(_ model: UnnormalizedTransformer, _ inner: any BatchEvaluator) {
    (self.model, self.inner) = (model, inner)
  }

  func prepare(_ sequences: TokenSequences, for use: BatchUse) throws -> PreparedBatch {
    let (model, batch) = (model, try inner.prepare(sequences, for: use))
    return PreparedBatch(count: batch.count) { parameters, outputs in
      let values = batch.evaluate(at: model.rescaled(parameters), outputs)
      let gradient = values.gradient.isEmpty ? [] : model.pulledBack(values.gradient, at: parameters)
      return BatchValues(
        loss: values.loss, gradient: gradient, losses: values.losses, predictions: values.predictions)
    }
  }
}
