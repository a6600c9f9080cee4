import InductionModel
import ParameterSpaces

/// `trajectory.csv`: one row per output time, in the same columns for theory and training.
struct TrajectoryFile: Sendable {
  /// Which columns there are beside the model's.
  enum Clock: Sendable {
    case time
    /// Training also counts steps.
    case timeAndStep
  }

  private let model: ObservedModel
  private let clock: Clock
  /// Positions in the flat vector, in the order of the columns: single numbers stand first.
  private let order: [Int]

  init(_ model: ObservedModel, _ clock: Clock) {
    (self.model, self.clock) = (model, clock)
    let space = model.space
    let single = space.blocks.indices.filter { space.blocks[$0].isScalar && space.blocks[$0].family == nil }
      .flatMap { space.range(ofBlock: $0) }
    order = single + (0..<space.count).filter { !single.contains($0) }
  }

  /// `time`, `step` (training), `loss`, then parameters and observables: `a`, `w[h j]`, `c[S]`, `sigma[h j]`, `p[S]`.
  var columns: [String] {
    let clocks =
      switch clock {
      case .time: ["time"]
      case .timeAndStep: ["time", "step"]
      }
    return clocks + ["loss"] + order.map { model.space.names[$0] } + model.names
  }

  /// - Parameter step: written where the clock counts steps.
  func row(time: Double, step: Int? = nil, loss: Double, _ point: [Double], observed: [Double]? = nil)
    -> [String]
  {
    let numbers = [loss] + order.map { point[$0] } + (observed ?? model.values(point))
    return ["\(time)"] + (step.map { ["\($0)"] } ?? []) + numbers.map { "\($0)" }
  }
}
