import Theory

extension Configuration {
  /// `theory.correction` with the rate of the training that it stands for.
  ///
  /// - Throws: `ConfigurationError` where the modified equation of plain descent does not apply.
  var flowCorrection: FlowCorrection {
    get throws {
      guard theory.correction == .stepSize else { return .none }
      func conflict(_ key: String, _ found: String, _ allowed: String) -> ConfigurationError {
        ConfigurationError(
          .conflict, at: .configuration, keyPath: key, found: found, allowed: allowed,
          suggestion: "theory.correction=step-size is the modified equation of plain gradient descent")
      }
      guard let optimizer = training?.optimizer else {
        throw conflict("training", "nothing", "a section whose optimizer gives the rate")
      }
      guard case .sgd(let rate, let momentum) = optimizer.rule else {
        throw conflict("training.optimizer", "adam", "sgd")
      }
      guard momentum == 0 else {
        throw conflict("training.optimizer.sgd.momentum", "\(momentum)", "0")
      }
      guard optimizer.schedule.warmup == 0, optimizer.schedule.cosine == nil else {
        throw conflict("training.optimizer.schedule", "a rate that changes", "constant")
      }
      if let clip = optimizer.clip { throw conflict("training.optimizer.clip", "\(clip)", "none") }
      return .stepSize(rate: rate)
    }
  }
}
