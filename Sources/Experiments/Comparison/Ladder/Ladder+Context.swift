import InductionModel
import MarkovChains
import ODESolvers
import Theory
import Transformer

/// The loss at context L against L_∞, at the start's weights and shares with a = 1.
///
/// Both are averaged over the law of the next token instead of drawing it, and over the same stationary queries: the
/// mean of the second is L_∞ itself, and what is left of the noise is that of the context averages.
extension Ladder {
  private static let contexts = [50, 100, 200, 400]
  /// Sequences of each length.
  private static let count = 1 << 18

  func contextEdge() throws -> LadderEdge {
    let start = try experiment.start
    let point = Parameters(attention: start.attention, coefficients: start.coefficients, scale: 1)
    let infinite = try InfiniteContextLoss(
      model: model, loss: loss, laws: laws, threads: threads, memoryLimit: Resources.memory)
    let predictions = try infinite.predictions(point)
    let perKernel = max(1, Self.count / laws.kernels.count)
    let points = try Self.contexts.filter { $0 > 2 * model.reach }.map { context in
      let byKernel = try Ensemble(threads: threads).map(laws.kernels.count) { kernel in
        try gaps(kernel, predictions, point, context: context, count: perKernel)
      }.map { try $0.get() }
      let means = byKernel.map { SampleMean($0) }
      let gap = means.reduce(0) { $0 + $1.mean } / Double(means.count)
      let variance = means.reduce(0) { $0 + ($1.standardError ?? 0) * ($1.standardError ?? 0) }
      return LadderEdge.Point(
        variable: 1 / Double(context), error: abs(gap),
        standardError: variance.squareRoot() / Double(means.count))
    }
    return LadderEdge(.finiteToInfiniteContext, points)
  }

  /// Cost at context L minus cost at infinite context, by sequence of one kernel.
  private func gaps(
    _ index: Int, _ infinite: LevelPredictions, _ point: Parameters, context: Int, count: Int
  ) throws -> [Double] {
    let kernel = laws.kernels[index]
    let sequences = try ChainSampler(.list([kernel]), start: .stationary).sample(
      count: count, length: context + 1, seed: 13, place: DrawPlace(.measurement, step: index))
    let batch = try transformer.evaluator(precision: .double, pool: WorkerPool())
      .prepare(sequences, for: .many)
    let predictions = batch.evaluate(at: point.flat, .predictions).predictions
    let (d, windows) = (laws.tokens, laws.windows)
    return zip(0..<count, predictions).map { row, prediction in
      let tokens = sequences[row]
      func token(_ lag: Int) -> Int { Int(tokens[tokens.startIndex + context - lag]) }
      let state = kernel.parents.reversed().reduce(0) { $0 * d + token($1) }
      let query = (1...laws.window).reversed().reduce(0) { $0 * d + token($1) }
      let weight = laws.stationary[index * windows + query]
      let law = (0..<d).map { laws.joint[(index * d + $0) * windows + query] / weight }
      return loss.criterion.cost(prediction, law: kernel.row(state), epsilon: loss.epsilon)
        - loss.criterion.cost(infinite.row(index * windows + query), law: law, epsilon: loss.epsilon)
    }
  }
}
