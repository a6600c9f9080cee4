/// The place of a quantity in a summary: `loss`, `shares.[1 2]`, `limit.training.seeds[0].share`.
///
/// Keys stand between dots. A key is first looked for as it is written; one that is not there, and ends in `[i]`, as
/// entry i, from 0, of a list. Keys that hold dots themselves are found too.
public struct SummaryPath: Hashable, Sendable {
  private struct Part: Hashable {
    let text: String
    /// What stands before the indices; empty for a list in a list.
    let name: String
    /// nil where `text` does not end in any.
    let indices: [Int]?
  }

  public let text: String
  private let parts: [Part]

  /// nil for a text that is empty, or empty between two dots.
  public init?(_ text: String) {
    let keys = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard !keys.contains("") else { return nil }
    self.text = text
    parts = keys.map { key in
      let pieces = key.split(separator: "[", omittingEmptySubsequences: false)
      let indices = pieces.dropFirst().map { $0.last == "]" ? Int($0.dropLast()) : nil }
      let areIndices = !indices.isEmpty && indices.allSatisfy { $0 ?? -1 >= 0 }
      return Part(text: key, name: String(pieces[0]), indices: areIndices ? indices.compactMap { $0 } : nil)
    }
  }

  /// nil where the summary has no such place.
  public func value(in summary: JSON) -> JSON? { Self.value(parts[...], in: summary) }

  private static func value(_ parts: ArraySlice<Part>, in json: JSON) -> JSON? {
    guard let part = parts.first else { return json }
    if case .object(let members) = json {
      for length in (1...parts.count).reversed() {
        let key = parts.prefix(length).map(\.text).joined(separator: ".")
        if let member = members.first(where: { $0.key == key }) {
          return value(parts.dropFirst(length), in: member.value)
        }
      }
    }
    guard let indices = part.indices else { return nil }
    let list = part.name.isEmpty ? json : json[part.name]
    return indices.reduce(list) { $0?[$1] }.flatMap { value(parts.dropFirst(), in: $0) }
  }

  /// What a summary that lacks the place has instead: the keys where the path ends, and which was meant.
  func alternatives(in summary: JSON) -> (keys: [String], nearest: String?) {
    let known = parts.indices.last { Self.value(parts[..<$0], in: summary) != nil } ?? 0
    guard case .object(let members)? = Self.value(parts[..<known], in: summary) else { return ([], nil) }
    let keys = members.map(\.key)
    return (keys, known < parts.count ? nearest(to: parts[known].text, among: keys) : nil)
  }
}

extension SummaryPath: CustomStringConvertible {
  public var description: String { text }
}

extension JSON {
  /// As a field of a table: numbers with all their digits, lists as sets, `{1 2}`, nothing for null; nil for what
  /// has more than one value to it.
  public var field: String? {
    switch self {
    case .null: ""
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): value.isFinite ? "\(value)" : ""
    case .string(let value): value
    case .array(let values): Self.set(values)
    case .object: nil
    }
  }

  private static func set(_ values: [JSON]) -> String? {
    var fields: [String] = []
    for value in values {
      if case .array = value { return nil }
      guard let field = value.field else { return nil }
      fields.append(field)
    }
    return "{\(fields.joined(separator: " "))}"
  }
}
