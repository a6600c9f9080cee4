import Foundation

/// One arrow of the ladder from training to the explicit theory: how fast the gap closes as a number goes to its limit.
public struct LadderEdge: Sendable {
  /// What goes to its limit.
  public enum Name: String, CaseIterable, Sendable {
    case rateToFlow = "gradient descent to flow"
    case rateToModifiedFlow = "gradient descent to modified equation"
    case batchToMean = "batch to mean"
    case finiteToInfiniteContext = "finite to infinite context"
    case infiniteContextToLeadingOrder = "infinite context to leading order"

    /// What is swept.
    public var variable: String {
      switch self {
      case .rateToFlow, .rateToModifiedFlow: "rate"
      case .batchToMean: "1/batch"
      case .finiteToInfiniteContext: "1/context"
      case .infiniteContextToLeadingOrder: "a"
      }
    }

    /// error = O(variable^order).
    public var predicted: Double {
      switch self {
      case .rateToFlow, .finiteToInfiniteContext, .infiniteContextToLeadingOrder: 1
      case .rateToModifiedFlow: 2
      case .batchToMean: 0.5
      }
    }
  }

  public struct Point: Sendable {
    public let variable: Double
    /// > 0.
    public let error: Double
    /// Of the error, where it was sampled.
    public let standardError: Double?
  }

  public let name: Name
  public let sweep: [Point]
  /// The slope of log error by log variable, and its standard error: the larger of what the residuals say and what the
  /// errors' own errors do. nil where an error is 0 or no number.
  public let order: (value: Double, standardError: Double)?

  init(_ name: Name, _ sweep: [Point]) {
    self.name = name
    self.sweep = sweep
    let (x, y) = (sweep.map { log($0.variable) }, sweep.map { log($0.error) })
    let errors = sweep.map { $0.standardError.map { max($0, 1e-12) } }
    let isSampled = !errors.contains { $0 == nil }
    let spreads = zip(sweep, errors).map { point, error in (error ?? 1) / point.error }
    guard let fit = LeastSquares(x, y, weights: isSampled ? spreads.map { 1 / ($0 * $0) } : nil) else {
      order = nil
      return
    }
    var error = fit.standardError ?? 0
    if isSampled {
      let weights = spreads.map { 1 / ($0 * $0) }
      let total = weights.reduce(0, +)
      let center = zip(weights, x).reduce(0) { $0 + $1.0 * $1.1 } / total
      let spread = zip(weights, x).reduce(0) { $0 + $1.0 * ($1.1 - center) * ($1.1 - center) }
      error = max(error, (1 / spread).squareRoot())
    }
    order = (fit.slope, error)
  }

  var json: JSON {
    .object([
      "edge": .string(name.rawValue), "variable": .string(name.variable),
      "predicted": .number(name.predicted),
      "measured": .optional(order?.value), "standard_error": .optional(order?.standardError),
      "sweep": .array(
        sweep.map {
          .object([
            "variable": .number($0.variable), "error": .number($0.error),
            "error_standard_error": .optional($0.standardError),
          ])
        }),
    ])
  }
}
