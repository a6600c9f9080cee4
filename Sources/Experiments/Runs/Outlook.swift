import InductionModel
import MarkovChains
import ParameterSpaces

/// What a configuration would run, before it runs: sizes, memory, steps.
public struct Outlook: Sendable {
  public let experiment: Experiment
  public let resources: Resources?
  public let pace: Pace

  /// - Throws: `ConfigurationError` or `ChainError` where the theory's level cannot run.
  public init(_ experiment: Experiment, threads: Int) throws {
    self.experiment = experiment
    let level = experiment.configuration.theory.level
    var resources: Resources?
    if experiment.configuration.architecture.definition.theory != .none {
      _ = try experiment.start
      if level.definition.average == .windows { resources = try Resources(level, of: experiment) }
      try experiment.checkTheory(threads: threads)
    }
    self.resources = resources
    try experiment.checkTraining(threads: threads)
    pace = Pace(experiment, threads: threads)
  }
}

extension Outlook {
  /// One line a section.
  public var text: String {
    let configuration = experiment.configuration
    let lines =
      [
        "name      \(configuration.name)", "source    \(source)", "model     \(model)",
        "loss      \(configuration.loss.criterion.rawValue), epsilon \(configuration.loss.epsilon)",
      ] + (hasTheory ? ["theory    \(theory)"] + stages + ["solver    \(solver)"] : []) + training + time
    return
      (lines + (hasTheory ? configuration.theoryWarnings : configuration.warnings).map { "warning: \($0)" }
      + ["valid"]).joined(separator: "\n")
  }

  private var hasTheory: Bool { experiment.configuration.architecture.definition.theory != .none }

  private var source: String {
    let source = experiment.configuration.source
    let kernels =
      switch source.kernels {
      case .prior(let prior):
        "\(prior.kernels) kernels of Dirichlet(\(prior.concentration)), seed \(prior.seed)"
      case .file(let file): "\(experiment.source.kernels.count) kernels from \(file.path)"
      case .text(let text):
        "\(experiment.source.kernels.count) kernels estimated from "
          + text.files.map(\.path).joined(separator: ", ")
      }
    return
      "\(source.tokens) tokens, parents \(experiment.source.parents.map(String.init).joined(separator: " ")), "
      + "\(kernels), start \(source.start.rawValue)"
  }

  private var model: String {
    let (model, architecture) = (experiment.model, experiment.configuration.architecture)
    return (architecture == Architectures.standard ? "" : "\(architecture.name), ")
      + "window \(model.window), heads \(model.heads), degree \(model.degree): \(model.sets.count) sets, "
      + "\(experiment.trainable.parameterCount) parameters"
  }

  private var theory: String {
    let theory = experiment.configuration.theory
    let sizes = try? experiment.configuration.levelSizes(
      theory.level, kernels: experiment.source.kernels.count)
    let choice = sizes.flatMap { theory.level.definition.choice($0) }
    return ([theory.level.rawValue] + [choice, average].compactMap { $0 }).joined(separator: ", ")
  }

  /// What the level averages over.
  private var average: String? {
    if let resources {
      return "\(resources.windows) windows, about \(Resources.size(Double(resources.bytes)))"
    }
    switch experiment.configuration.theory.sequences {
    case .drawn(let context, let count, let seed):
      return "\(count) sequences of context \(context), seed \(seed)"
    case .file(let file): return "sequences from \(file.path)"
    case .all(let context): return "all sequences of context \(context)"
    }
  }

  private var stages: [String] {
    experiment.configuration.theory.stages.enumerated().map { index, stage in
      "stage \(index + 1)   \(names(stage.train)) until time \(stage.until.time)"
        + (stage.until.hasConditions ? " or a condition before" : "")
    }
  }

  private var solver: String {
    let theory = experiment.configuration.theory
    let rows =
      switch theory.output {
      case .points(let count, let spacing): "\(count) rows, \(spacing.rawValue)"
      case .times(let times): "\(times.count) rows"
      case .everyStep: "a row every step"
      }
    return "\(theory.solver.stepper.rawValue), relative \(theory.solver.relative), absolute "
      + "\(theory.solver.absolute), \(theory.solver.time.rawValue) time; \(rows)"
  }

  private var training: [String] {
    guard let training = experiment.configuration.training else { return [] }
    let steps = training.stages.map { stage in
      switch stage.length {
      case .steps(let count): "\(count) steps"
      case .until(let end): "until time \(end.time)"
      }
    }
    let data =
      switch training.data.sequences {
      case .fresh(let batch): "\(batch) fresh sequences a step"
      case .fixed(let count, let batch): "\(batch) of \(count) fixed sequences a step"
      case .file(let file, let batch): "\(batch.map { "\($0)" } ?? "all") sequences of \(file.path) a step"
      }
    return [
      "training  context \(training.context), \(data), \(steps.joined(separator: " then ")), "
        + "\(training.seeds.count) seed\(training.seeds.count == 1 ? "" : "s"), \(training.precision.rawValue)"
    ]
  }

  /// Measured here and now, unlike all else.
  private var time: [String] {
    var parts: [String] = []
    if let gradient = pace.gradient {
      let (least, most) = Pace.gradientsOfFlow
      parts.append(
        "about \(duration(gradient)) a gradient, \(duration(least * gradient)) to \(duration(most * gradient)) a flow"
      )
    }
    if let training = pace.training { parts.append("about \(duration(training)) of training") }
    return parts.isEmpty ? [] : ["time      " + parts.joined(separator: "; ")]
  }

  private func names(_ groups: [ParameterGroup]) -> String { groups.map(\.rawValue).joined(separator: ", ") }
}

extension StageConditions {
  var hasConditions: Bool { share != nil || attention != nil || gradientNorm != nil || lossRate != nil }
}
