import Collections
import Yams

/// Reading and writing YAML. Reading is strict: one document, no key twice in a map.
extension ConfigurationTree {
  /// - Parameter place: the place of the text's first line; lines of a file count from there.
  /// - Throws: `ConfigurationError` of kind `syntax` or `duplicateKey`.
  public init(yaml: String, at place: ConfigurationPlace) throws {
    try YAMLText.check(yaml, at: place)
    let root: Node?
    do {
      root = try Yams.compose(yaml: yaml)
    } catch let error as YamlError {
      throw ConfigurationError(error, of: yaml, at: place)
    }
    guard let root else {
      self.init(.null, at: place)
      return
    }
    var budget = AliasBudget(of: yaml)
    try self.init(root, at: place, line: 0, &budget)
  }

  /// - Parameter line: the farthest line on the way to the node: what lies before it was reached by an alias.
  private init(_ node: Node, at base: ConfigurationPlace, line: Int, _ budget: inout AliasBudget) throws {
    let place = base.line(node.mark?.line)
    let line = max(line, node.mark?.line ?? 0)
    try budget.spend(at: base.line(line))
    switch node {
    case .scalar(let scalar):
      self.init(Self.content(of: scalar), at: place)
    case .sequence(let sequence):
      self.init(.list(try sequence.map { try Self($0, at: base, line: line, &budget) }), at: place)
    case .mapping(let mapping):
      var entries: OrderedDictionary<String, ConfigurationTree> = [:]
      for (key, value) in mapping {
        let keyPlace = base.line(key.mark?.line)
        guard let name = key.scalar?.string else {
          throw ConfigurationError(
            .syntax, at: keyPlace, keyPath: "", found: "a key that is a list or a map",
            allowed: "words as keys")
        }
        entries[name] = try Self(value, at: base, line: max(line, key.mark?.line ?? 0), &budget)
        // A value that stands below its key is still found where its key stands.
        entries[name]?.place = keyPlace
      }
      self.init(.map(entries), at: place)
    case .alias:
      throw ConfigurationError(
        .syntax, at: place, keyPath: "", found: "an alias that was never defined", allowed: "defined aliases")
    }
  }

  private static func content(of scalar: Node.Scalar) -> Content {
    guard scalar.style == .plain || scalar.style == .any else { return .quoted(scalar.string) }
    return ["", "~", "null"].contains(scalar.string) ? .null : .plain(scalar.string)
  }

  /// Block style outside, one line for lists and maps of scalars.
  public func yaml() throws -> String {
    try Yams.serialize(node: node, indent: 2, width: 110, allowUnicode: true)
  }

  private var isFlat: Bool {
    switch content {
    case .null, .plain, .quoted: true
    case .list(let entries): entries.allSatisfy(\.isFlat)
    case .map: false
    }
  }

  private var node: Node {
    switch content {
    case .null: .scalar(Node.Scalar("null", .implicit, .plain))
    case .plain(let text): .scalar(Node.Scalar(text, .implicit, .plain))
    case .quoted(let text): .scalar(Node.Scalar(text, .implicit, .doubleQuoted))
    case .list(let entries): .sequence(Node.Sequence(entries.map(\.node), .implicit, isFlat ? .flow : .block))
    case .map(let entries):
      .mapping(
        Node.Mapping(
          entries.map { key, value in (Node.scalar(Node.Scalar(key, .implicit, .any)), value.node) },
          .implicit,
          entries.values.allSatisfy(\.isFlat) ? .flow : .block))
    }
  }
}

extension ConfigurationPlace {
  func line(_ line: Int?) -> Self {
    switch self {
    case .file(let name, _): .file(name, line: line)
    case .sweep(let name, _): .sweep(name, line: line)
    case .configuration, .override, .variation, .input: self
    }
  }
}

extension ConfigurationError {
  fileprivate init(_ error: YamlError, of text: String, at place: ConfigurationPlace) {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      self.init(
        .syntax, at: place.line(mark.line), keyPath: "", found: Self.found(problem),
        allowed: "one YAML document", suggestion: Self.hint(text, line: mark.line))
    case .duplicatedKeysInMapping(let duplicates, let context):
      self.init(
        .duplicateKey, at: place.line(context.mark.line), keyPath: duplicates.joined(separator: ", "),
        found: "a key more than once in one map", allowed: "every key once")
    default:
      self.init(.syntax, at: place, keyPath: "", found: "\(error)", allowed: "one YAML document in UTF-8")
    }
  }

  /// A key path such as `stages[0]` looks like a list that begins, where it stands in braces.
  private static func hint(_ text: String, line: Int) -> String? {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.indices.contains(line - 1), lines[line - 1].contains(/[A-Za-z\-]\[\d+\]/) else { return nil }
    return "put a key path with brackets in quotes"
  }

  /// The library's words as what stands behind "found".
  private static func found(_ problem: String) -> String {
    if problem.contains("nesting level") { return "lists and maps more than 1000 levels deep" }
    let beginnings = [
      ("found ", ""), ("but found ", ""), ("did not find expected ", "no "),
      ("could not find expected ", "no "), ("did not find ", "no "),
    ]
    for (words, instead) in beginnings where problem.hasPrefix(words) {
      return instead + problem.dropFirst(words.count)
    }
    return problem
  }
}
