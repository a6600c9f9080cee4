/// One arrow of the ladder from training to the explicit theory: how fast the gap closes as a number goes to its limit.
public struct LadderEdge: Sendable {
  /// What goes to its limit.
  public enum Name: String, CaseIterable, Sendable {
    case rateToFlow = "gradient descent to flow"
    case rateToModifiedFlow = "gradient descent to modified equation"
    case momentumToInertialFlow = "descent with momentum to inertial flow"
    case batchToMean = "batch to mean"
    case finiteToInfiniteContext = "finite to infinite context"
    case infiniteContextToLeadingOrder = "infinite context to leading order"

    /// What is swept.
    public var variable: String {
      switch self {
      case .rateToFlow, .rateToModifiedFlow, .momentumToInertialFlow: "rate"
      case .batchToMean: "1/batch"
      case .finiteToInfiniteContext: "1/context"
      case .infiniteContextToLeadingOrder: "a"
      }
    }

    /// error = O(variable^order).
    public var predicted: Double {
      switch self {
      case .rateToFlow, .finiteToInfiniteContext, .infiniteContextToLeadingOrder: 1
      case .rateToModifiedFlow, .momentumToInertialFlow: 2
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
  /// With its standard error, from a fit that has the next order too. nil where an error is 0 or no number.
  public let order: (value: Double, standardError: Double)?

  init(_ name: Name, _ sweep: [Point]) {
    self.name = name
    self.sweep = sweep
    let errors = sweep.compactMap(\.standardError)
    order = PowerLaw(
      sweep.map(\.variable), errors: sweep.map(\.error),
      standardErrors: errors.count == sweep.count ? errors : nil
    ).map { ($0.order, $0.standardError) }
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
