import Experiments
import InductionModel
import MarkovChains
import ParameterSpaces
import Transformer

/// The disentangled model with g a in place of a: what the theory leaves out of it is g.
struct Gained: TrainableModel {
  let inner: DisentangledTransformer

  var identity: String { "gained \(inner.identity)" }
  var tokens: Int { inner.tokens }
  var matchingSets: [HeadSet] { inner.matchingSets }
  var shortestSequence: Int { inner.shortestSequence }
  var space: ParameterSpace {
    ParameterSpace(
      [ParameterBlock("g", name: "gain[#1]", latex: "g", group: "gain", axes: [.counted("i", 1)])]
        + inner.space.blocks)
  }
  var observables: [Observable] {
    inner.observables.map { observable in
      Observable(observable.name) { observable.value(Array($0.dropFirst())) }
    }
      + [Observable("product") { $0[0] * $0[$0.count - 1] }]
  }

  func memory(count: Int, length: Int, use: BatchUse) -> Double {
    inner.memory(count: count, length: length, use: use)
  }

  /// A position's own token is lag 0.
  func attention(on sequence: ArraySlice<UInt16>) -> (@Sendable ([Double]) -> SequenceAttention)? {
    guard let attention = inner.attention(on: sequence) else { return nil }
    return { (point: [Double]) -> SequenceAttention in
      let found = attention(point.dropFirst().dropLast() + [point[0] * point[point.count - 1]])
      return SequenceAttention(keys: found.keys, lags: found.lags.map { [0] + $0 }, firstLag: 0)
    }
  }

  func evaluator(precision: Precision, pool: WorkerPool) -> any BatchEvaluator {
    Evaluator(inner.evaluator(precision: precision, pool: pool))
  }

  private final class Evaluator: BatchEvaluator {
    let inner: any BatchEvaluator
    init(_ inner: any BatchEvaluator) { self.inner = inner }

    func prepare(_ sequences: TokenSequences, for use: BatchUse) throws -> PreparedBatch {
      let batch = try inner.prepare(sequences, for: use)
      return PreparedBatch(count: batch.count) { point, outputs in
        let (gain, scale) = (point[0], point[point.count - 1])
        let found = batch.evaluate(at: point.dropFirst().dropLast() + [gain * scale], outputs)
        let slope = found.gradient.last ?? 0
        return BatchValues(
          loss: found.loss, gradient: [scale * slope] + found.gradient.dropLast() + [gain * slope],
          losses: found.losses, predictions: found.predictions)
      }
    }
  }
}

struct GainedArchitecture: ModelArchitecture {
  let name = "gained"
  let meaning = "A gain before the scale"
  let theory = TheoryRelation.reduced
  let initialKeys = DisentangledArchitecture().initialKeys + [InitialKey("gain", "g", 1)]

  func model(_ definition: ModelDefinition, loss: Loss) -> any TrainableModel {
    Gained(inner: DisentangledTransformer(definition, loss: loss))
  }

  func start(_ definition: ModelDefinition, _ values: InitialValues) -> [Double] {
    [values.number("gain")] + DisentangledArchitecture().start(definition, values)
  }
}
