import Foundation
import Testing

@testable import Experiments

/// The schema that editors have knows what the reader knows.
@Suite struct ConfigurationSchemaTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Key paths of the tree that no schema has.
  private func unknown(_ tree: ConfigurationTree, _ schemas: [JSON], _ path: String = "") -> [String] {
    let schemas = schemas.flatMap { schema -> [JSON] in
      if case .array(let inner)? = schema["anyOf"] { inner } else { [schema] }
    }
    switch tree.content {
    case .map(let entries):
      return entries.flatMap { key, value -> [String] in
        let found = schemas.compactMap { $0["properties"]?[key] }
        return found.isEmpty ? ["\(path).\(key)"] : unknown(value, found, "\(path).\(key)")
      }
    case .list(let entries):
      let items = schemas.compactMap { $0["items"] }
      return items.isEmpty ? [path] : entries.flatMap { unknown($0, items, "\(path)[]") }
    case .plain(let word):
      let choices = schemas.compactMap { $0["enum"] }
      guard choices.count == schemas.count, !choices.isEmpty else { return [] }
      let words = choices.flatMap { choice -> [String] in
        if case .array(let words) = choice { words.compactMap(\.word) } else { [] }
      }
      return words.contains(word) ? [] : ["\(path): \(word)"]
    case .quoted, .null: return []
    }
  }

  @Test func everyDefaultIsInIt() {
    #expect(unknown(Configuration.defaults, [ConfigurationSchema.json]).isEmpty)
  }

  @Test(arguments: ["two-parents", "reference-code"])
  func everyExampleIsInIt(name: String) throws {
    let path = Self.root.appendingPathComponent("Examples/\(name).yaml").path
    let read = try Configuration(contentsOf: path)
    let problems = unknown(read.tree, [ConfigurationSchema.json])
    #expect(problems.isEmpty, "\(problems)")
  }

  /// It would not pass if the walk saw nothing.
  @Test func strangersAreNot() throws {
    let strange = try ConfigurationTree(
      yaml: "{source: {tokenz: 3}, theory: {level: exact}}", at: .configuration)
    #expect(unknown(strange, [ConfigurationSchema.json]) == [".source.tokenz", ".theory.level: exact"])
  }
}
