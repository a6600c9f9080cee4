import Foundation
import InductionModel
import ParameterSpaces
import Transformer

extension Ablation {
  /// The training of what is left, with the budget of the whole model: the same data, optimizer and stages, each as long
  /// as its stage may last. Conditions of stages on shares or weights, which what is left may not have, do not end them;
  /// a stage of which nothing is left to train is left out.
  ///
  /// - Returns: nil where the model does not have the part, or trains nothing else.
  /// - Throws: `ConfigurationError` for a start from a file, whose parameters are those of the whole model.
  func configuration(of whole: Configuration) throws -> Configuration? {
    guard let changes = changes(of: whole), var training = whole.training else { return nil }
    if case .file(let file) = whole.initial {
      throw ConfigurationError(
        .conflict, at: .configuration, keyPath: "initial.parameters", found: file.path,
        allowed: "a start by the other keys of initial, from which ablations can start too",
        suggestion: "--no-ablations leaves them out")
    }
    training.stages = training.stages.compactMap { stage in
      var own = stage
      own.train = stage.train.filter(changes.trains)
      if case .until(let end) = stage.length {
        own.length = .until(
          StageConditions(time: end.time, share: nil, attention: nil, gradientNorm: nil, lossRate: nil))
      }
      return own.train.isEmpty ? nil : own
    }
    guard !training.stages.isEmpty else { return nil }
    training.measure = .points(2, .logarithmic)
    training.checkpoints = .points(2, .logarithmic)
    var base = whole
    base.training = training
    // Stages of the theory may name sets that are not left.
    var tree = base.tree.removing("theory")
    if changes.initial != nil { tree = tree.removing("initial") }
    return try Configuration(
      tree, folder: URL(fileURLWithPath: "/"), defaultName: whole.name,
      overrides: (changes.model + (changes.initial ?? [])).compactMap { Override($0) })
  }

  private struct Changes {
    var model: [String] = []
    /// In place of the whole model's; nil for the same start.
    var initial: [String]?
    var trains: (ParameterGroup) -> Bool = { _ in true }
  }

  /// nil where there is nothing to take away.
  private func changes(of whole: Configuration) -> Changes? {
    let (model, architecture) = (whole.model, whole.architecture)
    let isDisentangled = architecture == Architectures.standard
    func initial(_ key: String) -> Double {
      if case .values(let values) = whole.initial { values.number(key) } else { 0 }
    }
    switch self {
    case .oneLayer:
      guard architecture.name != OneLayerArchitecture().name else { return nil }
      return Changes(
        model: ["model.architecture=one-layer"],
        initial: ["initial.other=\(initial("other"))"], trains: { $0 == .attention })
    case .noProducts:
      return model.degree > 1 ? Changes(model: ["model.degree=1"]) : nil
    case .oneHead:
      return model.heads > 1 ? Changes(model: ["model.degree=1", "model.heads=1"]) : nil
    case .noNormalization:
      guard isDisentangled, model.variant.normalization != .none else { return nil }
      return Changes(model: ["model.variant.normalization=none"])
    case .noFeatureNorm:
      guard isDisentangled, model.variant.coefficients != .softmax else { return nil }
      return Changes(model: ["model.architecture=unnormalized", "model.variant.feature-norm=constant"])
    case .fixedCopy:
      guard isDisentangled else { return nil }
      // e^−100 is nothing beside 1 in double precision.
      return Changes(
        initial: [
          "initial.own=100", "initial.other=0", "initial.coefficients=\(initial("coefficients"))",
          "initial.scale=\(initial("scale"))",
        ], trains: { $0 != .attention })
    }
  }
}
