import Experiments
import Foundation
import Testing

/// The part of JSON Schema (2020-12) that docs/schemas uses: type, properties, required, patternProperties,
/// additionalProperties, items, minItems, minimum, enum, const, pattern, anyOf, and $ref to $defs of the same file. Another
/// keyword is an error, so that no schema says what nobody checks.
struct JSONSchema {
  let root: JSON

  /// A file of docs/schemas.
  init(_ name: String) throws {
    let folder = Documentation.root.appendingPathComponent("docs/schemas")
    root = try JSON(parsing: Data(contentsOf: folder.appendingPathComponent("\(name).json")))
  }

  init(_ root: JSON) { self.root = root }

  /// What does not fit, as sentences; empty for a value that fits.
  func problems(_ value: JSON) -> [String] { check(value, root, "$") }

  private static let annotations: Set = ["$schema", "$defs", "title", "description", "additionalProperties"]

  private func check(_ value: JSON, _ schema: JSON, _ path: String) -> [String] {
    var found: [String] = []
    for (keyword, rule) in schema.members {
      switch keyword {
      case "type":
        let types = rule.word.map { [$0] } ?? rule.entries.compactMap(\.word)
        if Set(types).isDisjoint(with: value.types) {
          found.append("\(path): \(value.summary), not \(types.joined(separator: " or "))")
        }
      case "$ref":
        let name = (rule.word ?? "").replacing("#/$defs/", with: "")
        if let definition = root["$defs"]?[name] {
          found += check(value, definition, path)
        } else {
          found.append("the schema has no \(name)")
        }
      case "const":
        if value.text != rule.text { found.append("\(path): \(value.summary), not \(rule.summary)") }
      case "enum":
        if !rule.entries.contains(where: { $0.text == value.text }) {
          found.append("\(path): \(value.summary)")
        }
      case "anyOf":
        if !rule.entries.contains(where: { check(value, $0, path).isEmpty }) {
          found.append("\(path): none of the alternatives")
        }
      case "minimum":
        if let number = value.double, number < rule.double ?? 0 { found.append("\(path): \(number)") }
      case "pattern":
        if let text = value.word, !Self.matches(text, rule) { found.append("\(path): \(text)") }
      case "items":
        for (index, entry) in value.entries.enumerated() { found += check(entry, rule, "\(path)[\(index)]") }
      case "minItems":
        if case .array(let entries) = value, entries.count < rule.whole ?? 0 {
          found.append("\(path): too few")
        }
      case "required":
        if case .object = value {
          found += rule.entries.compactMap(\.word).filter { value[$0] == nil }.map { "\(path): no \($0)" }
        }
      case "properties", "patternProperties": break
      case _ where Self.annotations.contains(keyword): break
      default: found.append("the schema's keyword \(keyword), which nothing checks")
      }
    }
    for (key, member) in value.members { found += check(member, key, of: schema, path) }
    return found
  }

  private func check(_ member: JSON, _ key: String, of schema: JSON, _ path: String) -> [String] {
    let rules =
      [schema["properties"]?[key]].compactMap { $0 }
      + (schema["patternProperties"]?.members ?? []).filter { Self.matches(key, .string($0.key)) }.map(
        \.value)
    guard rules.isEmpty else { return rules.flatMap { check(member, $0, "\(path).\(key)") } }
    switch schema["additionalProperties"] {
    case .boolean(false)?: return ["\(path): a key that the schema does not have, \(key)"]
    case .object(let rule)?: return check(member, .object(rule), "\(path).\(key)")
    default: return []
    }
  }

  private static func matches(_ text: String, _ pattern: JSON) -> Bool {
    guard let pattern = pattern.word, let expression = try? Regex(pattern) else { return false }
    return text.firstMatch(of: expression) != nil
  }
}

extension JSON {
  fileprivate var entries: [JSON] { if case .array(let entries) = self { entries } else { [] } }

  fileprivate var members: [(key: String, value: JSON)] {
    if case .object(let members) = self { members } else { [] }
  }

  fileprivate var types: Set<String> {
    switch self {
    case .null: ["null"]
    case .boolean: ["boolean"]
    case .integer: ["integer", "number"]
    case .number(let value): value.rounded() == value ? ["integer", "number"] : ["number"]
    case .string: ["string"]
    case .array: ["array"]
    case .object: ["object"]
    }
  }
}

/// The repository that the tests were built from.
enum Documentation {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func read(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }
}
