import Transformer

extension Configuration {
  /// What a cell of a map runs: one seed of training, and the flow for as long as it lasts.
  var ofCell: Configuration {
    var result = self
    if let seed = training?.seeds.first { result.training?.seeds = [seed] }
    if let time = timeOfTraining { result.theory.stages[0].until.time = time }
    return result
  }

  /// Where flow and training have one stage each, the time at which training ends, or would without conditions; what
  /// wins is then asked at one time.
  private var timeOfTraining: Double? {
    guard theory.stages.count == 1, let training, training.stages.count == 1 else { return nil }
    switch training.stages[0].length {
    case .until(let end): return end.time
    case .steps(let steps):
      guard let optimizer = try? training.optimizer.resolved() else { return nil }
      let time = optimizer.timePerStep * optimizer.schedule.total(steps: steps)
      return time > 0 && time.isFinite ? time : nil
    }
  }
}

extension Schedule {
  /// Σ multiplier over the first steps. O(steps in which the multiplier changes).
  fileprivate func total(steps: Int) -> Double {
    let (settled, isLonger) = warmup.addingReportingOverflow(cosine?.steps ?? 0)
    let changing = isLonger ? steps : min(steps, settled)
    let sum = (0..<changing).reduce(0) { $0 + multiplier(step: $1) }
    return steps > changing ? sum + Double(steps - changing) * multiplier(step: changing) : sum
  }
}
