import Foundation
import InductionModel
import MarkovChains
import ParameterSpaces
import Theory

/// Whether theory and training of one configuration are about the same thing.
extension Configuration {
  /// - Throws: `ConfigurationError` that names the first difference.
  func checkComparable(_ levels: [TheoryLevel]) throws {
    let training = try trainingSection
    try checkTime(training.optimizer)
    try checkData(training, levels)
    try checkStages(training)
  }

  /// Stages of both move the same of what both have, by name.
  private func checkStages(_ training: TrainingConfiguration) throws {
    let (own, other) = (model.parameterSpace, trainable.space)
    func moved(_ groups: [ParameterGroup], _ space: ParameterSpace, _ known: Set<String>) -> Set<String> {
      Set(space.components(of: groups).map { space.names[$0] }).intersection(known)
    }
    let (ours, theirs) = (theory.stages.map(\.train), training.stages.map(\.train))
    let common = Set(own.names).intersection(other.names)
    guard ours.map({ moved($0, own, common) }) == theirs.map({ moved($0, other, common) }) else {
      func text(_ stages: [[ParameterGroup]]) -> String {
        stages.map { "[\($0.map(\.rawValue).joined(separator: ", "))]" }.joined(separator: ", then ")
      }
      throw difference(
        "training.stages", "training of \(text(theirs))",
        (own == other ? "the groups" : "groups with the parameters") + " of theory.stages: \(text(ours))")
    }
  }

  private func checkTime(_ optimizer: OptimizerConfiguration) throws {
    if case .adam = optimizer.rule {
      throw difference(
        "training.optimizer", "adam", "sgd",
        "Adam rescales every component, so that its time is not the sum of the rates")
    }
    if let clip = optimizer.clip {
      throw difference(
        "training.optimizer.clip", "\(clip)", "none",
        "a clipped step is shorter than its rate says, so that time is not the sum of the rates")
    }
  }

  private func checkData(_ training: TrainingConfiguration, _ levels: [TheoryLevel]) throws {
    // Pieces of a text stand for sequences of the kernels that were estimated from it.
    guard training.data.kernels != .prior else {
      throw difference(
        "training.data.kernels", "prior", "source",
        "theory averages over the list of source.prior.kernels kernels, training would see others")
    }
    if case .file(let file, _) = training.data.sequences {
      guard levels == [.finiteContext], theory.sequences == .file(file) else {
        throw difference(
          "training.data.file", file.path, "sequences drawn from the source",
          "only the finite-context level on the same file can be compared with it")
      }
    }
    guard levels.contains(.finiteContext) else { return }
    let context: Int? =
      switch theory.sequences {
      case .drawn(let context, _, _), .all(let context): context
      case .file: nil
      }
    if let context, context != training.context {
      throw difference(
        "theory.sequences.context", "\(context)", "\(training.context), which is training.context")
    }
  }

  /// Stages that last differently in theory and in training: from there on other groups train at the same time.
  var stageWarnings: [String] {
    guard let training else { return [] }
    return theory.stages.dropLast().enumerated().compactMap { index, stage in
      let ours = stage.until.time
      guard stage.until.isTimeAlone, let theirs = training.time(ofStage: index),
        abs(ours - theirs) > 1e-9 * max(ours, theirs)
      else { return nil }
      return
        "training.stages[\(index)] lasts t = \(theirs), theory.stages[\(index)] t = \(ours): the stages after it "
        + "are compared at different times of their own"
    }
  }

  private func difference(_ key: String, _ found: String, _ allowed: String, _ reason: String? = nil)
    -> ConfigurationError
  {
    ConfigurationError(
      .conflict, at: .configuration, keyPath: key, found: found, allowed: allowed,
      suggestion: reason ?? "theory and training of different things cannot be compared")
  }

  /// What training that lies in a folder must share with the theory.
  ///
  /// - Throws: `ConfigurationError` that names the first difference.
  func checkSame(_ other: Configuration, in folder: String) throws {
    func check(_ key: String, _ ours: ConfigurationTree, _ theirs: ConfigurationTree) throws {
      let (ours, theirs) = (try ours.yaml(), try theirs.yaml())
      guard ours == theirs else {
        throw ConfigurationError(
          .conflict, at: .file("\(folder)/config.yaml", line: nil), keyPath: key,
          found: Self.oneLine(theirs), allowed: "\(Self.oneLine(ours)), as in the theory's configuration",
          suggestion: "theory and training of different things cannot be compared")
      }
    }
    try check("source", source.tree, other.source.tree)
    try check(
      "model", ModelConfiguration.tree(model, architecture),
      ModelConfiguration.tree(other.model, other.architecture))
    try check("loss.criterion", .word(loss.criterion.rawValue), .word(other.loss.criterion.rawValue))
    try check("initial", initial.tree(architecture), other.initial.tree(other.architecture))
  }

  private static func oneLine(_ yaml: String) -> String {
    yaml.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: ", ")
  }
}

extension StageConditions {
  fileprivate var isTimeAlone: Bool {
    share == nil && attention == nil && gradientNorm == nil && lossRate == nil
  }
}
