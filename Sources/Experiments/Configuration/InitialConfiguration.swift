import InductionModel

/// `initial`: where the flow and training start.
public enum InitialConfiguration: Equatable, Sendable {
  /// `own` on each head's own lag, `other` on its other lags, one value for every coefficient.
  case pattern(own: Double, other: Double, coefficients: Double, scale: Double)
  /// A parameters file.
  case file(InputFile)
}

extension InitialConfiguration {
  init(_ cursor: Cursor?) throws {
    guard let cursor else {
      self = .pattern(own: 1, other: 0, coefficients: 1, scale: 0.01)
      return
    }
    let section = try cursor.section("own", "other", "coefficients", "scale", "parameters")
    if let file = section["parameters"] {
      if let pattern = section.entries.keys.first(where: { $0 != "parameters" }) {
        throw cursor.error(
          .conflict, found: "parameters and \(pattern)",
          allowed: "a parameters file, or own, other, coefficients and scale")
      }
      self = .file(try file.file("the name of a parameters file"))
      return
    }
    self = .pattern(
      own: try section["own"]?.number(.parameter) ?? 1,
      other: try section["other"]?.number(.parameter) ?? 0,
      coefficients: try section["coefficients"]?.number(.parameter) ?? 1,
      scale: try section["scale"]?.number(.parameter) ?? 0.01)
  }

  var tree: ConfigurationTree {
    switch self {
    case .pattern(let own, let other, let coefficients, let scale):
      .map([
        "own": .number(own), "other": .number(other), "coefficients": .number(coefficients),
        "scale": .number(scale),
      ])
    case .file(let file): .map(["parameters": file.tree])
    }
  }
}
