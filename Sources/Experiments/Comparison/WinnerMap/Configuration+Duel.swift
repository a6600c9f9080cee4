extension Configuration {
  /// What a cell of a map runs: one seed of training, and the flow for as long as it lasts.
  var ofDuel: Configuration {
    var result = self
    if let seed = training?.seeds.first { result.training?.seeds = [seed] }
    if let time = timeOfTraining {
      result.theory.stages[0].until.time = time
      result.theory.output = theory.output.trimmed(to: time)
    }
    return result
  }

  /// Where flow and training have one stage each, the time at which training ends, or would without conditions; what
  /// wins is then asked at one time.
  private var timeOfTraining: Double? {
    guard theory.stages.count == 1, let training, training.stages.count == 1 else { return nil }
    switch training.stages[0].length {
    case .until(let end): return end.time
    case .steps: return training.time(ofStage: 0)
    }
  }
}
