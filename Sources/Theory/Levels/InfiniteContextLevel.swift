import Flows
import Foundation

/// L → ∞, exact for every parameter.
struct InfiniteContextLevel: LevelDefinition {
  let name = "infinite-context"
  let average = LevelAverage.windows

  func loss(_ problem: LevelProblem) throws -> any LevelLoss {
    try InfiniteContextLoss(
      model: problem.model, loss: problem.loss, laws: problem.laws(), parts: problem.parts,
      threads: problem.threads, memoryLimit: problem.memoryLimit)
  }

  /// Printing takes no plan, and so no memory that grows with the windows' square.
  func derivation(_ problem: LevelProblem, _ request: DerivationRequest) throws -> Derivation {
    try InfiniteContext(
      model: problem.model, loss: problem.loss, laws: problem.laws(), parts: problem.parts
    ).derivation(request)
  }

  func bytes(_ sizes: LevelSizes, threads: Int) -> Int {
    guard let expressions = InfiniteContext(sizes) else { return .max }
    return expressions.model.parameters.bytes(of: expressions.loss, threads: threads)
  }

  /// Some 4·N²·d·K.
  func operations(_ sizes: LevelSizes) -> Double? {
    let windows = pow(Double(sizes.model.tokens), Double(sizes.model.reach))
    return 4 * windows * windows * Double(sizes.model.tokens * sizes.kernels)
  }
}
