import InductionModel
import Theory

/// What a change of C = Σ c², which the plain flow conserves, means in a comparison.
struct Conservation {
  private let model: ModelDefinition
  /// Of a theory whose equation stands for finite steps: it lets C change, too.
  private let corrected: TrajectoryTable?
  private let hasMomentum: Bool

  init(_ configuration: Configuration, theory: TrajectoryTable?) {
    model = configuration.model
    corrected = configuration.theory.correction == .none ? nil : theory
    hasMomentum = configuration.training?.optimizer.momentum ?? 0 > 0
  }

  /// By how much of C theory's equation changes it up to a time.
  func expectedDrift(until time: Double) -> Double {
    corrected?.coefficientDrift(model, until: time) ?? 0
  }

  /// Why C has changed by this fraction, when theory does not say so.
  func reason(_ drift: Double) -> LimitVerdict.Reason {
    hasMomentum && corrected == nil ? .inertia(drift: drift) : .stepTooLarge(drift: drift)
  }
}

extension OptimizerConfiguration {
  /// β of descent; nil for Adam.
  var momentum: Double? {
    switch rule {
    case .sgd(_, let momentum): momentum
    case .adam: nil
    }
  }
}
