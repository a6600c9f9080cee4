import InductionModel
import Transformer

extension Configuration {
  /// What is trained, with the theory's loss.
  public var trainable: any TrainableModel { architecture.definition.model(model, loss: loss) }

  /// The same with the disentangled model in place of what is trained.
  fileprivate var ofTheory: Configuration {
    var result = self
    result.architecture = Architectures.standard
    return result
  }

  /// Whose theory it is, where that is not what is trained.
  public var theoryNote: String? {
    architecture.definition.theory == .own
      ? nil
      : "the theory is that of the disentangled model; model.architecture \(architecture.name) is trained"
  }

  /// Of what theory takes part in.
  var theoryWarnings: [String] { warnings + (theoryNote.map { [$0] } ?? []) }
}

/// The theory beside what is trained.
extension Experiment {
  /// Where the flow starts: what the model at its start has by the names of the disentangled model's parameters.
  ///
  /// - Throws: `ConfigurationError` for an architecture that the theory says nothing of.
  public var start: Parameters {
    get throws {
      let architecture = configuration.architecture
      guard architecture.definition.theory != .own else {
        return Parameters(flat: trainingStart, model: model)
      }
      let known = Dictionary(zip(trainable.space.names, trainingStart)) { first, _ in first }
      let shared = model.parameterNames.compactMap { known[$0] }
      guard architecture.definition.theory == .reduced, shared.count == model.parameterCount else {
        let absent = model.parameterNames.first { known[$0] == nil }
        throw ConfigurationError(
          .conflict, at: .configuration, keyPath: "model.architecture", found: architecture.name,
          allowed: "an architecture that the theory says something of"
            + (absent.map { "; this one has no \($0)" } ?? ""),
          suggestion: "inflow train and inflow evaluate take it; --set model.architecture="
            + "\(Architectures.standard.name) is the theory's own")
      }
      return Parameters(flat: shared, model: model)
    }
  }

  /// The disentangled model in place of what is trained, from where the flow starts.
  ///
  /// - Throws: as `start`.
  var ofTheory: Experiment {
    get throws {
      guard configuration.architecture.definition.theory != .own else { return self }
      return Experiment(self, configuration.ofTheory, trainingStart: try start.flat)
    }
  }
}
