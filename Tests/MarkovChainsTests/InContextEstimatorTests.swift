import Foundation
import MarkovChains
import TestSupport
import Testing

@Suite struct InContextEstimatorTests {
  @Test func countsByHand() {
    let sequence = [0, 1, 2, 0, 1, 1, 0, 1]
    func predict(_ estimator: InContextEstimator) -> [Double] {
      estimator.prediction(after: sequence, tokens: 3)
    }
    let third = 1.0 / 3
    #expect(predict(.uniform) == [third, third, third])
    #expect(predict(.lags(.empty, smoothing: 0)) == [0.375, 0.5, 0.125])
    // After a 1 came 2, 1, 0.
    #expect(predict(.lags(LagSet([1]), smoothing: 0)) == [third, third, third])
    // After 0 1 came 2 and 1.
    #expect(predict(.lags(LagSet([1, 2]), smoothing: 0)) == [0, 0.5, 0.5])
    #expect(predict(.lags(LagSet([1, 2]), smoothing: 1)) == [0.2, 0.4, 0.4])
    // Keys from position 4 on leave only the later match.
    #expect(predict(.inductionHead(LagSet([1, 2]), window: 3)) == [0, 1, 0])
    // 1 0 1 at the lags 3, 2, 1 has not come before: the plain mean over positions 4 to 8.
    #expect(predict(.inductionHead(LagSet([1, 2, 3]), window: 3)) == [0.4, 0.6, 0])
    // Where every position is a key, over all of them.
    #expect(predict(.inductionHead(LagSet([1, 2, 3]), window: 0)) == [0.375, 0.5, 0.125])
    #expect(predict(.lags(LagSet([1, 2, 3]), smoothing: 0)) == [0.4, 0.6, 0])
    let kernel = Kernel(
      unchecked: (0..<9).flatMap { [Double($0) / 10, 1 - Double($0) / 10, 0] }, tokens: 3, parents: [1, 2])
    #expect(predict(.kernel(kernel)) == [0.1, 0.9, 0])
    #expect(InContextEstimator.kernel(kernel).prediction(after: [0], tokens: 3) == predict(.uniform))
    #expect(predict(.inductionHead(.empty, window: 8)) == predict(.uniform))
  }

  /// Losses on the last of 101 tokens, Monte Carlo with standard errors up to 0.004.
  @Test func lossesOfTheTwoParentSource() throws {
    let (seed, count) = (UInt64(5), 20_000)
    var generator = SeededGenerator(seed: seed)
    let kernels = try Prior(concentration: 0.1, kernels: count, seed: 77).draw(tokens: 3, parents: [1, 2])
    let expected: [(InContextEstimator?, Double)] = [
      (.uniform, log(3)), (.lags(.empty, smoothing: 0.1), 0.698), (.lags(LagSet([1]), smoothing: 0.1), 0.461),
      (.lags(LagSet([2]), smoothing: 0.1), 0.433), (.lags(LagSet([2, 3]), smoothing: 0.1), 0.322),
      (.lags(LagSet([1, 2, 3]), smoothing: 0.1), 0.236), (.lags(LagSet([1, 2]), smoothing: 0.1), 0.221),
      (nil, 0.192),
    ]
    let empirical: [(InContextEstimator?, Double)] = [
      (.lags(.empty, smoothing: 0), 0.9008), (.lags(LagSet([1, 2]), smoothing: 0), 0.6474), (nil, 0.6441),
    ]
    var crossEntropy = Array(repeating: [Double](), count: expected.count)
    var logits = Array(repeating: [Double](), count: empirical.count)
    for kernel in kernels {
      let sequence = generator.sequence(kernel, length: 101)
      let (context, next) = (sequence[..<100], sequence[100])
      for (index, (estimator, _)) in expected.enumerated() {
        let law = (estimator ?? .kernel(kernel)).prediction(after: context, tokens: 3)
        crossEntropy[index].append(-log(law[next]))
      }
      for (index, (estimator, _)) in empirical.enumerated() {
        let law = (estimator ?? .kernel(kernel)).prediction(after: context, tokens: 3)
        logits[index].append(log(law.map(exp).reduce(0, +)) - law[next])
      }
    }
    for (losses, value) in zip(crossEntropy + logits, (expected + empirical).map(\.1)) {
      let mean = losses.reduce(0, +) / Double(count)
      let variance = losses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)
      let error = (variance / Double(count) + 0.004 * 0.004).squareRoot()
      #expect(abs(mean - value) < 3 * error, "\(mean) for \(value), seed \(seed)")
    }
  }
}
