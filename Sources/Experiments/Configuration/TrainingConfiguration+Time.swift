import Transformer

extension TrainingConfiguration {
  /// t at the end if no condition ends a stage before; nil where there is no such end. O(steps in which the rate changes).
  var longestTime: Double? {
    guard let optimizer = try? optimizer.resolved(), let steps = longestSteps else { return nil }
    return optimizer.timePerStep * optimizer.schedule.total(steps: steps)
  }

  /// Steps of a seed, likewise.
  var longestSteps: Int? {
    guard let optimizer = try? optimizer.resolved() else { return nil }
    return try? Transformer.TrainingStage.longest(
      stages.map { $0.resolved(mostInformative: .empty) }, optimizer
    ).reduce(0, +)
  }

  /// How long a stage lasts in t = Σ rate, over 1 − β with momentum; nil unless it and all before it have a fixed
  /// number of steps. O(steps in which the rate changes).
  func time(ofStage index: Int) -> Double? {
    var steps: [Int] = []
    for stage in stages.prefix(index + 1) {
      guard case .steps(let count) = stage.length else { return nil }
      steps.append(count)
    }
    guard let optimizer = try? optimizer.resolved(), steps.indices.contains(index) else { return nil }
    let before = steps.dropLast().reduce(0, +)
    let schedule = optimizer.schedule
    let time =
      optimizer.timePerStep * (schedule.total(steps: before + steps[index]) - schedule.total(steps: before))
    return time > 0 && time.isFinite ? time : nil
  }
}

extension Schedule {
  /// Σ multiplier over the first steps. O(steps in which the multiplier changes).
  func total(steps: Int) -> Double {
    let (settled, isLonger) = warmup.addingReportingOverflow(cosine?.steps ?? 0)
    let changing = isLonger ? steps : min(steps, settled)
    let sum = (0..<changing).reduce(0) { $0 + multiplier(step: $1) }
    return steps > changing ? sum + Double(steps - changing) * multiplier(step: changing) : sum
  }
}
