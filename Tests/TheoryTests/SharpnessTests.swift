import Flows
import InductionModel
import MarkovChains
import ODESolvers
import Testing
import Theory

/// The largest curvature against second differences of the loss, and descent against the flow that it approaches.
@Suite struct SharpnessTests {
  private let loss: InfiniteContextLoss
  private let point: [Double]

  init() throws {
    var random = RandomModels(seed: 7101)
    let model = try ModelDefinition(tokens: 2, window: 2, heads: 2, degree: 2)
    let laws = try WindowLaws(kernels: random.kernels(3, tokens: 2, parents: [1, 2]), window: 2)
    loss = try InfiniteContextLoss(model: model, loss: Loss(), laws: laws)
    point = random.parameters(model).flat
  }

  /// (∇L(θ + hv) − ∇L(θ − hv))/2h.
  private func curvature(along direction: [Double]) -> [Double] {
    let step = 1e-5
    func slope(_ sign: Double) -> [Double] {
      var slope = direction
      loss.gradient(zip(point, direction).map { $0 + sign * step * $1 }, into: &slope)
      return slope
    }
    return zip(slope(1), slope(-1)).map { ($0 - $1) / (2 * step) }
  }

  @Test func largestEigenvalueIsThatOfPowerIteration() throws {
    let found = try loss.sharpness(point)
    let count = point.count
    let matrix = (0..<count).map { column in
      curvature(along: (0..<count).map { $0 == column ? 1 : 0 })
    }
    // Shifted, so that the largest is also the largest in modulus.
    let shift = matrix.joined().reduce(0) { $0 + $1 * $1 }.squareRoot()
    var vector = (0..<count).map { 1 + 0.1 * Double($0) }
    var value = 0.0
    for _ in 0..<20_000 {
      let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      vector = vector.map { $0 / norm }
      let product = matrix.map { row in zip(row, vector).reduce(0) { $0 + $1.0 * $1.1 } }
      value = zip(vector, product).reduce(0) { $0 + $1.0 * $1.1 }
      vector = zip(vector, product).map { shift * $0 + $1 }
    }
    #expect(abs(found.largestEigenvalue - value) < 1e-6, "\(found.largestEigenvalue), \(value)")
    var slope = point
    loss.gradient(point, into: &slope)
    let along = zip(slope, curvature(along: slope)).reduce(0) { $0 + $1.0 * $1.1 }
    let expected = along / slope.reduce(0) { $0 + $1 * $1 }
    #expect(abs(try #require(found.alongFlow) - expected) < 1e-6)
  }

  /// The distance to the flow is of the order of the rate.
  @Test func descentApproachesTheFlow() throws {
    let flow = StagedFlow(
      loss, start: point, stages: [FlowStage(end: FlowStageEnd(time: 4))],
      solver: Solver(stepper: .rk8pd, tolerance: Tolerance(relative: 1e-11, absolute: 1e-13)))
    let exact = try flow.run(outputs: .none).parameters
    func distance(_ rate: Double) throws -> Double {
      var end = point
      try loss.descend(from: point, rate: rate, steps: Int((4 / rate).rounded())) { _, point in end = point }
      return zip(end, exact).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }
    let (coarse, fine) = (try distance(0.02), try distance(0.01))
    #expect(coarse / fine > 1.9 && coarse / fine < 2.1, "\(coarse), \(fine)")
  }
}
