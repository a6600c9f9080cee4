import InductionModel
import MarkovChains

/// What a source tells before anything is trained: information, S*, mixing.
public struct Inspection: Sendable {
  public let configuration: Configuration
  /// Lags of the kernels.
  public let parents: [Int]
  /// How a text chose them; nil where they were given.
  public let parentChoice: ParentChoice?
  public let laws: WindowLaws
  public let information: Information
  public let selected: SelectedSet
  public let diagnostics: [ChainDiagnostics]

  /// Windows longer than this show only sets of at most D lags.
  private static let longestComplete = 12

  /// - Throws: `ConfigurationError`, `ChainError` or `InformationError`.
  public init(_ experiment: Experiment, threads: Int) throws {
    configuration = experiment.configuration
    parents = experiment.source.parents
    parentChoice = experiment.source.text?.choice
    let model = experiment.model
    laws = try experiment.windowLaws(threads: threads)
    information = try Information(
      laws, largest: model.reach <= Self.longestComplete ? nil : model.degree, threads: threads)
    selected = information.selectedSet(heads: model.heads, degree: model.degree)
    diagnostics = try laws.diagnostics(threads: threads)
  }

  /// The largest |λ₂| of the kernels; nil where one could not be computed.
  public var secondEigenvalue: Double? {
    let values = diagnostics.compactMap(\.secondEigenvalue)
    return values.count == diagnostics.count ? values.max() : nil
  }

  public var smallestEntry: Double { diagnostics.map(\.smallestEntry).min() ?? 0 }

  /// Sentences: the chains', the configuration's, and a better set out of the model's reach.
  public var warnings: [String] {
    var warnings = configuration.warnings + ChainWarning.warnings(diagnostics).map(\.description)
    if let better = selected.outOfReach {
      warnings.append(
        "the lags \(better.set) carry more information than S* = \(selected.set), but heads 1 to "
          + "\(configuration.model.heads) in sets of at most \(configuration.model.degree) cannot stand for them"
      )
    }
    return warnings
  }
}

extension Inspection {
  public var json: JSON {
    let model = configuration.model
    return .object([
      "format": .integer(Configuration.format),
      "name": .string(configuration.name),
      "tokens": .integer(laws.tokens),
      "parents": .array(parents.map { .integer($0) }),
      "parent_choice": parentChoice?.json ?? .null,
      "kernels": .integer(laws.kernels.count),
      "window": .integer(laws.window),
      "heads": .integer(model.heads),
      "degree": .integer(model.degree),
      "modified_chi2_information": bySet(information.modified.map { .number($0.mean) }),
      "modified_chi2_standard_error": bySet(information.modified.map { .optional($0.standardError) }),
      "ordinary_chi2_information": bySet(information.ordinary.map { .number($0.mean) }),
      "ordinary_chi2_standard_error": bySet(information.ordinary.map { .optional($0.standardError) }),
      "selected_set": .array(selected.set.members.map { .integer($0) }),
      "runner_up": selected.runnerUp.map { .array($0.members.map { .integer($0) }) } ?? .null,
      "gap": .optional(selected.gap?.mean),
      "gap_standard_error": .optional(selected.gap?.standardError),
      "second_eigenvalue": .optional(secondEigenvalue),
      "smallest_entry": .number(smallestEntry),
      "by_kernel": .object([
        "second_eigenvalue": .array(diagnostics.map { .optional($0.secondEigenvalue) }),
        "smallest_entry": .numbers(diagnostics.map(\.smallestEntry)),
        "transient_windows": .array(diagnostics.map { .integer($0.transientWindows) }),
      ]),
      "warnings": .array(warnings.map { .string($0) }),
    ])
  }

  private func bySet(_ values: [JSON]) -> JSON {
    .object(zip(information.sets, values).map { (key: "[\($0.label)]", value: $1) })
  }
}

extension ParentChoice {
  fileprivate var json: JSON {
    .object([
      "held_out_tokens": .integer(tokens),
      "log_likelihood": .object(
        candidates.map { (key: "[\($0.lags.label)]", value: .number($0.logLikelihood)) }),
    ])
  }
}

extension JSON {
  static func optional(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
}
