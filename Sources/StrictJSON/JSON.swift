/// A JSON value: objects keep the order of their members, numbers all their digits.
public enum JSON: Sendable {
  case null
  case boolean(Bool)
  case integer(Int)
  /// JSON has no infinities and no NaN; these are written as null.
  case number(Double)
  case string(String)
  case array([JSON])
  case object([(key: String, value: JSON)])

  public static func object(_ members: KeyValuePairs<String, JSON>) -> JSON {
    .object(members.map { (key: $0.key, value: $0.value) })
  }

  public static func numbers(_ values: some Sequence<Double>) -> JSON { .array(values.map { .number($0) }) }
}

extension JSON {
  /// Indented by two spaces; a list or object that holds nothing nested stands on one line.
  public var text: String {
    var text = ""
    write(to: &text, indent: "")
    return text + "\n"
  }

  /// On one line, without its end.
  public var line: String {
    switch self {
    case .array(let values): "[\(values.map(\.line).joined(separator: ", "))]"
    case .object(let members):
      "{\(members.map { "\(Self.quoted($0.key)): \($0.value.line)" }.joined(separator: ", "))}"
    case .null, .boolean, .integer, .number, .string: String(text.dropLast())
    }
  }

  private var isScalar: Bool {
    switch self {
    case .array, .object: false
    default: true
    }
  }

  private func write(to text: inout String, indent: String) {
    switch self {
    case .null: text += "null"
    case .boolean(let value): text += "\(value)"
    case .integer(let value): text += "\(value)"
    case .number(let value): text += value.isFinite ? "\(value)" : "null"
    case .string(let value): Self.quote(value, to: &text)
    case .array(let values):
      Self.list(values, open: "[", close: "]", isFlat: values.allSatisfy(\.isScalar), to: &text, indent) {
        $0.write(to: &$1, indent: $2)
      }
    case .object(let members):
      Self.list(
        members, open: "{", close: "}", isFlat: members.allSatisfy(\.value.isScalar) && members.count <= 8,
        to: &text, indent
      ) {
        Self.quote($0.key, to: &$1)
        $1 += ": "
        $0.value.write(to: &$1, indent: $2)
      }
    }
  }

  private static func list<Element>(
    _ elements: [Element], open: String, close: String, isFlat: Bool, to text: inout String, _ indent: String,
    _ write: (Element, inout String, String) -> Void
  ) {
    text += open
    for (index, element) in elements.enumerated() {
      if index > 0 { text += isFlat ? ", " : "," }
      if !isFlat { text += "\n\(indent)  " }
      write(element, &text, indent + "  ")
    }
    if !isFlat { text += "\n\(indent)" }
    text += close
  }

  /// Text in quotes.
  public static func quoted(_ string: String) -> String {
    var text = ""
    quote(string, to: &text)
    return text
  }

  private static func quote(_ string: String, to text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      // Those above 0x7E are allowed in JSON, but a terminal would obey them.
      case let control where control.value < 0x20 || (0x7F..<0xA0).contains(control.value):
        let digits = String(control.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}

/// What a value holds.
extension JSON {
  /// A member; nil where there is none.
  public subscript(key: String) -> JSON? {
    if case .object(let members) = self { members.first { $0.key == key }?.value } else { nil }
  }

  /// An entry, from 0; nil where there is none.
  public subscript(index: Int) -> JSON? {
    if case .array(let values) = self, values.indices.contains(index) { values[index] } else { nil }
  }

  /// A text; nil for anything else.
  public var word: String? { if case .string(let text) = self { text } else { nil } }

  /// Of a number that is written as an integer.
  public var whole: Int? { if case .integer(let value) = self { value } else { nil } }

  /// Of any number.
  public var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
}
