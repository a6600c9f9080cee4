import InductionModel
import MarkovChains
import ParameterSpaces

/// One attention layer with relative positional logits and nothing else: the query attends to the positions before it,
/// and the mean of their tokens is the prediction.
///
/// `y = Σ_l softmax_l(w_{L+1−l}) x_l` over l = 1...L, with a logit for each of the lags 1...W and one for all lags beyond
/// them (relative positions are clipped, as in arXiv 1803.02155). The query knows no token, so that it cannot match any:
/// what such a layer can be is a copy of some lag, the mean of the context, or a mixture of them. Its heads would add
/// nothing, as a mean of such mixtures is one.
public struct OneLayerTransformer: TrainableModel {
  public let tokens: Int
  /// W.
  public let reach: Int
  public let loss: Loss
  public let matchingSets: [HeadSet]

  /// - Parameter definition: whose alphabet and lags it has.
  public init(_ definition: ModelDefinition, loss: Loss) {
    tokens = definition.tokens
    reach = definition.reach
    matchingSets = DisentangledTransformer(definition, loss: loss).matchingSets
    self.loss = loss
  }

  public var identity: String {
    "one-layer tokens=\(tokens) lags=\(reach) criterion=\(loss.criterion.rawValue) epsilon=\(loss.epsilon)"
  }

  public var space: ParameterSpace {
    let labels = (1...reach).map(String.init) + ["beyond"]
    return ParameterSpace([
      ParameterBlock(
        "w", name: "w[#1]", latex: "w_{#1}", group: .attention, axes: [.init("j", labels: labels)])
    ])
  }

  /// Softmax is shift invariant.
  public var invariants: [Observable] { [Observable("sum w") { $0.reduce(0, +) }] }

  public var shortestSequence: Int { 2 }

  public func memory(count: Int, length: Int, use: BatchUse) -> Double { 2 * Double(count) * Double(length) }

  public func evaluator(precision: Precision, pool: WorkerPool) -> any BatchEvaluator {
    ConcreteEvaluator(OneLayerEvaluator(model: self, pool: pool))
  }

  public func attention(on sequence: ArraySlice<UInt16>)
    -> (@Sendable (_ parameters: [Double]) -> SequenceAttention)?
  {
    let context = sequence.count - 1
    return { parameters in
      let pass = OneLayerPass(parameters, context: context)
      let lags = (0..<reach).map { $0 < context ? pass.weights[$0] : 0 }
      let keys = (0..<context).map { pass.weights[min(context - 1 - $0, reach)] }
      return SequenceAttention(keys: keys, lags: [lags])
    }
  }
}

/// Forward and backward of one sequence, in double precision whatever the activations of other models have: there are
/// d + W numbers.
private struct OneLayerPass {
  /// Attention to one position at each lag 1...W, and beyond them, [W + 1].
  let weights: [Double]
  /// Lags that exist, at most W.
  private let near: Int
  private let context: Int

  init(_ logits: [Double], context: Int) {
    let reach = logits.count - 1
    let near = min(reach, context)
    let far = context - near
    let present = logits.indices.filter { $0 < near || ($0 == reach && far > 0) }
    let largest = present.reduce(-Double.infinity) { max($0, logits[$1]) }
    var powers = logits.map { _ in 0.0 }
    for place in present { powers[place] = Double.exp(logits[place] - largest) }
    let total = powers[..<near].reduce(0, +) + powers[reach] * Double(far)
    weights = powers.map { $0 / total }
    (self.near, self.context) = (near, context)
  }

  /// x_1...x_{L+1} → y, [d].
  func forward(_ x: ArraySlice<UInt16>, tokens: Int) -> [Double] {
    var y = Array(repeating: 0.0, count: tokens)
    let last = x.startIndex + context - 1
    for lag in 0..<near { y[Int(x[last - lag])] += weights[lag] }
    for position in x.startIndex..<x.startIndex + context - near {
      y[Int(x[position])] += weights[weights.count - 1]
    }
    return y
  }

  /// dy [d] → dw added, [W + 1]: σ (dy[x] − Σ_e y_e dy_e) over the positions of each logit.
  func backward(_ x: ArraySlice<UInt16>, y: [Double], dy: [Double], gradient: inout [Double]) {
    let mean = zip(y, dy).reduce(0) { $0 + $1.0 * $1.1 }
    let last = x.startIndex + context - 1
    for lag in 0..<near { gradient[lag] += weights[lag] * (dy[Int(x[last - lag])] - mean) }
    let beyond = weights.count - 1
    for position in x.startIndex..<x.startIndex + context - near {
      gradient[beyond] += weights[beyond] * (dy[Int(x[position])] - mean)
    }
  }
}

private final class OneLayerEvaluator: EvaluatorCore {
  private let model: OneLayerTransformer
  private let pool: WorkerPool

  /// Sequences that share a partial sum, whatever the number of threads.
  private static var chunk: Int { 64 }

  init(model: OneLayerTransformer, pool: WorkerPool) {
    (self.model, self.pool) = (model, pool)
  }

  func prepare(_ sequences: TokenSequences, for use: BatchUse) throws -> TokenSequences {
    try model.check(sequences)
    return sequences
  }

  func evaluate(_ batch: TokenSequences, at parameters: [Double], _ outputs: BatchOutputs) -> BatchValues {
    let chunks = (batch.count + Self.chunk - 1) / Self.chunk
    let needsGradient = outputs.contains(.gradient)
    let partials = Partials(rows: needsGradient ? chunks : 0, width: parameters.count)
    let results = PassResults(outputs, tasks: chunks, sequences: batch.count, tokens: model.tokens)
    let pass = OneLayerPass(parameters, context: batch.length - 1)
    pool.forEach(tasks: chunks) { task, _ in
      var (total, sum) = (0.0, parameters.map { _ in 0.0 })
      var dy = Array(repeating: 0.0, count: model.tokens)
      for row in task * Self.chunk..<min((task + 1) * Self.chunk, batch.count) {
        let x = batch[row]
        let (y, target) = (pass.forward(x, tokens: model.tokens), Int(x[x.endIndex - 1]))
        let loss = CriterionLayer.forward(y, target: target, loss: model.loss)
        total += loss
        results.set(sequence: row, loss: loss) { y[$0] }
        if needsGradient {
          CriterionLayer.backward(y, target: target, loss: model.loss, dy: &dy)
          pass.backward(x, y: y, dy: dy, gradient: &sum)
        }
      }
      results.set(task: task, loss: total)
      if needsGradient { partials.set(row: task, sum) }
    }
    return results.values { partials.sum().map { $0 / Double(batch.count) } }
  }
}
