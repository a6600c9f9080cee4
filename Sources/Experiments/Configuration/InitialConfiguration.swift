import InductionModel
import ParameterSpaces

/// `initial`: where the flow and training start.
public enum InitialConfiguration: Equatable, Sendable {
  /// The architecture's keys.
  case values(InitialValues)
  /// A parameters file.
  case file(InputFile)
}

extension InitialConfiguration {
  init(_ cursor: Cursor?, _ architecture: Architecture) throws {
    let keys = architecture.definition.initialKeys
    let section = try cursor?.section(keys.map(\.name) + ["parameters"])
    if let cursor, let section, let file = section["parameters"] {
      if let key = section.entries.keys.first(where: { $0 != "parameters" }) {
        throw cursor.error(
          .conflict, found: "parameters and \(key)",
          allowed: "a parameters file, or \(Self.list(keys.map(\.name)))")
      }
      self = .file(try file.file("the name of a parameters file"))
      return
    }
    var values: [String: InitialValue] = [:]
    for key in keys {
      values[key.name] = try section?[key.name].map { try key.domain.value($0) } ?? key.fallback
    }
    self = .values(InitialValues(values))
  }

  /// `own, other, coefficients and scale`.
  private static func list(_ words: [String]) -> String {
    words.dropLast().joined(separator: ", ") + (words.count > 1 ? " and " : "") + (words.last ?? "")
  }

  /// - Parameter architecture: whose keys these are.
  func tree(_ architecture: Architecture) -> ConfigurationTree {
    switch self {
    case .values(let values):
      .map(
        pairs: architecture.definition.initialKeys.compactMap { key in
          values[key.name].map { (key.name, $0.tree) }
        })
    case .file(let file): .map(["parameters": file.tree])
    }
  }
}

extension InitialKey.Domain {
  fileprivate func value(_ cursor: Cursor) throws -> InitialValue {
    switch self {
    case .seed: return .seed(try cursor.seed())
    case .number: return .number(try cursor.number(.parameter))
    case .numberOrNormal:
      guard case .map = cursor.tree.content else { return .number(try cursor.number(.parameter)) }
      let deviation = try cursor.section("normal").required("normal", "a standard deviation")
      return .normal(deviation: try deviation.number(.deviation))
    }
  }
}

extension InitialValue {
  fileprivate var tree: ConfigurationTree {
    switch self {
    case .number(let value): .number(value)
    case .normal(let deviation): .map(["normal": .number(deviation)])
    case .seed(let seed): .integer(seed)
    }
  }
}
