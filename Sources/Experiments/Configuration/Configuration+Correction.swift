import Flows

extension Configuration {
  /// `theory.correction` with the rate of the training that it stands for.
  ///
  /// - Throws: `ConfigurationError` where training's optimizer does not follow the equation.
  var flowCorrection: FlowCorrection {
    get throws {
      switch theory.correction {
      case .none: return .none
      case .stepSize:
        let (rate, momentum) = try constantDescent
        guard momentum == 0 else {
          throw conflict(
            "training.optimizer.sgd.momentum", "\(momentum)", "0",
            "theory.correction=momentum is the equation of descent with momentum")
        }
        return .stepSize(rate: rate)
      case .momentum:
        let (rate, momentum) = try constantDescent
        return .momentum(Inertia(rate: rate, momentum: momentum))
      }
    }
  }

  /// Rate and momentum of training that both equations stand for.
  private var constantDescent: (rate: Double, momentum: Double) {
    get throws {
      let reason = "theory.correction=\(theory.correction.rawValue) is the equation of descent at one rate"
      guard let optimizer = training?.optimizer else {
        throw conflict("training", "nothing", "a section whose optimizer gives the rate", reason)
      }
      guard case .sgd(let rate, let momentum) = optimizer.rule else {
        throw conflict("training.optimizer", "adam", "sgd", reason)
      }
      guard optimizer.schedule.warmup == 0, optimizer.schedule.cosine == nil else {
        throw conflict("training.optimizer.schedule", "a rate that changes", "constant", reason)
      }
      if let clip = optimizer.clip { throw conflict("training.optimizer.clip", "\(clip)", "none", reason) }
      return (rate, momentum)
    }
  }

  private func conflict(_ key: String, _ found: String, _ allowed: String, _ suggestion: String)
    -> ConfigurationError
  {
    ConfigurationError(
      .conflict, at: .configuration, keyPath: key, found: found, allowed: allowed, suggestion: suggestion)
  }
}
