/// A place in a configuration: `theory.stages[0].until.time`, keys and indices from 0.
public struct ConfigurationPath: Hashable, Sendable {
  enum Step: Hashable, Sendable {
    case key(String)
    case index(Int)
  }

  let steps: [Step]

  init(steps: some Sequence<Step>) { self.steps = Array(steps) }

  /// nil unless `text` is keys between dots, each with indices behind it if it likes.
  public init?(_ text: some StringProtocol) {
    var steps: [Step] = []
    for component in text.split(separator: ".", omittingEmptySubsequences: false) {
      let parts = component.split(separator: "[", omittingEmptySubsequences: false)
      guard let key = parts.first, !key.isEmpty else { return nil }
      steps.append(.key(String(key)))
      for part in parts.dropFirst() {
        guard part.last == "]", let index = Int(part.dropLast()), index >= 0 else { return nil }
        steps.append(.index(index))
      }
    }
    self.steps = steps
  }

  /// Whether `other` is this place or one inside of it.
  public func contains(_ other: Self) -> Bool { other.steps.starts(with: steps) }

  /// From this place on; `other` is inside of it.
  func rest(of other: Self) -> Self { Self(steps: other.steps.dropFirst(steps.count)) }

  static let example = "theory.stages[0].until.time"
}

/// As it is read.
extension ConfigurationPath: CustomStringConvertible {
  public var description: String {
    steps.reduce("") { path, step in
      switch step {
      case .key(let key): KeyPathText.joined(path, key)
      case .index(let index): "\(path)[\(index)]"
      }
    }
  }
}

enum KeyPathText {
  static func joined(_ path: String, _ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
}
