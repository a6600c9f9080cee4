import Foundation

/// A commented configuration to start from, as `inflow init` prints it.
public struct ConfigurationTemplate: Sendable {
  /// YAML.
  public let text: String

  /// - Parameters:
  ///   - tokens: YAML: a number, or a list of symbols.
  ///   - parents: lags; ascending.
  ///   - window: M; nil for as many lags as the farthest parent needs, at least three.
  ///   - heads: H; nil for as many as lags.
  /// - Throws: `ConfigurationError` that names the key that is out of range.
  public init(tokens: String, parents: [Int], window: Int?, heads: Int?) throws {
    let window = window ?? max(3, parents.max() ?? 1)
    let heads = heads ?? window
    text = """
      # A configuration of inflow; every key is described in docs/formats.md. `inflow validate` says what it would run.
      # yaml-language-server: $schema=configuration.schema.json
      # (that file is what `inflow validate --schema` prints)
      format: 1

      # Where sequences come from: x_t given the tokens at the parents' lags.
      source:
        tokens: \(tokens)  # how many there are, or a list of symbols such as [A, C, G, T]
        parents: [\(parents.map(String.init).joined(separator: ", "))]  # lags
        # Transition kernels whose rows are Dirichlet(alpha, ..): below 1 nearly deterministic, above nearly uniform.
        prior: {dirichlet: 0.5, kernels: 64, seed: 1}
        # kernels: kernels.json  # your own instead of a prior
        start: uniform  # or stationary

      # The transformer: each of the heads sees the last tokens through a window of lags; sets of up to `degree` heads compete.
      model:
        window: \(window)
        heads: \(heads)
        degree: \(min(max(1, parents.count), max(1, heads)))
        variant: paper  # or reference-code, or choices: {normalization: l2, keys: all}

      loss: {criterion: cross-entropy, epsilon: 0}  # -log(y + epsilon)

      # The start: logits of each head's own lag and of the others, coefficients of the sets, scale of the second layer.
      initial: {own: 1, other: 0, coefficients: 1, scale: 0.01}

      # The gradient flow, as `inflow integrate` runs it.
      theory:
        level: infinite-context  # or leading-order, finite-context
        stages:
          - {train: [coefficients, attention, scale], until: {time: 10000}}
        solver: {stepper: auto, relative: 1e-8, absolute: 1e-10}
        output: {points: 200, spacing: logarithmic}

      # The transformer with finite steps, as `inflow train` runs it; leave the section out for theory alone.
      training:
        context: 1000  # L
        epsilon: 1e-3  # a next token may not occur in its context
        data: {fresh: 256, kernels: source}  # sequences a step
        held-out: {count: 1024, seed: 2}
        optimizer: {sgd: {rate: 1}}
        stages:
          - {train: [coefficients, attention, scale], steps: 1000}
        measure: {points: 100, spacing: logarithmic}
        seeds: [1, 2, 3]

      """
    _ = try Configuration(
      yaml: text, named: "init", folder: URL(fileURLWithPath: FileManager.default.currentDirectoryPath))
  }
}
