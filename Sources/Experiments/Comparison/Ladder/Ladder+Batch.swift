import MarkovChains
import ODESolvers
import Transformer

/// Descent on fresh batches of B sequences against a batch so large that it stands for the mean.
extension Ladder {
  private static let batches = [32, 128, 512, 2048]
  private static let seeds = 128
  private static let steps = 12
  /// The reference's batch, over the largest of the sweep.
  private static let excess = 32

  func batchEdge() throws -> LadderEdge {
    let sampler = try ChainSampler(experiment.source)
    let largest = Self.excess * (Self.batches.last ?? 1)
    let reference = try descent(sampler, batch: largest, seed: 100, pool: WorkerPool(threads: threads))
    let points = try Self.batches.map { batch in
      let squares = try Ensemble(threads: threads).map(Self.seeds) { seed in
        let end = try descent(sampler, batch: batch, seed: UInt64(200 + seed), pool: WorkerPool())
        let distance = distance(end, reference)
        return distance * distance
      }.map { try $0.get() }
      let mean = SampleMean(squares)
      // The reference's own error is independent, and a part B/(B + B_ref) of the square.
      let own = 1 / (1 + Double(batch) / Double(largest))
      let error = (own * mean.mean).squareRoot()
      return LadderEdge.Point(
        variable: 1 / Double(batch), error: error,
        standardError: mean.standardError.map { own * $0 / (2 * error) })
    }
    return LadderEdge(.batchToMean, points)
  }

  private func descent(_ sampler: ChainSampler, batch: Int, seed: UInt64, pool: WorkerPool) throws -> [Double]
  {
    let evaluator = transformer.evaluator(precision: .double, pool: pool)
    var sequences = TokenSequences(count: batch, length: context + 1, tokens: sampler.tokens)
    var point = try experiment.start.flat
    for step in 0..<Self.steps {
      try sampler.fill(&sequences, seed: seed, place: DrawPlace(.training, step: step), pool: pool)
      let gradient = try evaluator.prepare(sequences, for: .once).evaluate(at: point, .gradient).gradient
      for entry in point.indices { point[entry] -= experiment.baseRate * gradient[entry] }
    }
    return point
  }
}
