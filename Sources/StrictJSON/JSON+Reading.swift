import Foundation

/// A text that is not JSON.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
  /// From 1.
  public let line: Int
  /// Bytes from 1.
  public let column: Int
  public let problem: String

  public var description: String { "line \(line), column \(column): \(problem)" }
}

extension JSON {
  /// Reads one value, strictly: no key twice in an object, no comma behind the last entry, nothing behind the value.
  /// Integers that fit stay integers, other numbers are the nearest double, and members keep their order.
  ///
  /// - Throws: `JSONError` with the place. O(bytes).
  public init(parsing data: Data) throws(JSONError) {
    var reader = JSONReader(bytes: [UInt8](data))
    guard String(data: data, encoding: .utf8) != nil else { throw reader.error("text that is not UTF-8") }
    self = try reader.document()
  }
}

/// RFC 8259, over bytes.
private struct JSONReader {
  let bytes: [UInt8]
  private var at = 0

  private static let deepest = 512

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func document() throws(JSONError) -> JSON {
    let value = try value(depth: 0)
    guard next() == nil else { throw error("more behind the value") }
    return value
  }

  func error(_ problem: String) -> JSONError {
    let before = bytes[..<min(at, bytes.count)]
    let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    let lines = before.reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
    return JSONError(line: lines, column: at - lineStart + 1, problem: problem)
  }

  /// The next byte that is no white space; nil at the end.
  private mutating func next() -> UInt8? {
    while at < bytes.count {
      switch bytes[at] {
      case 0x20, 0x09, 0x0A, 0x0D: at += 1
      default: return bytes[at]
      }
    }
    return nil
  }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard next() == UInt8(ascii: character) else { return false }
    at += 1
    return true
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSON {
    guard depth < Self.deepest else { throw error("more than \(Self.deepest) levels") }
    switch next().map(UnicodeScalar.init) {
    case "{": return try object(depth)
    case "[": return try array(depth)
    case "\"": return .string(try string())
    case "t": return try word("true", .boolean(true))
    case "f": return try word("false", .boolean(false))
    case "n": return try word("null", .null)
    case "-", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9": return try number()
    case nil: throw error("the end where a value is due")
    default: throw error("no value")
    }
  }

  private mutating func word(_ word: String, _ value: JSON) throws(JSONError) -> JSON {
    guard bytes[at...].starts(with: word.utf8) else { throw error("no value") }
    at += word.utf8.count
    return value
  }

  private mutating func array(_ depth: Int) throws(JSONError) -> JSON {
    at += 1
    var values: [JSON] = []
    if skip("]") { return .array(values) }
    repeat { values.append(try value(depth: depth + 1)) } while skip(",")
    guard skip("]") else { throw error("no , or ] behind an entry") }
    return .array(values)
  }

  private mutating func object(_ depth: Int) throws(JSONError) -> JSON {
    at += 1
    var members: [(key: String, value: JSON)] = []
    var keys: Set<String> = []
    if skip("}") { return .object(members) }
    repeat {
      guard next() == UInt8(ascii: "\"") else { throw error("no key in quotes") }
      let key = try string()
      guard keys.insert(key).inserted else { throw error("the key \"\(key)\" for the second time") }
      guard skip(":") else { throw error("no : behind a key") }
      members.append((key, try value(depth: depth + 1)))
    } while skip(",")
    guard skip("}") else { throw error("no , or } behind a value") }
    return .object(members)
  }

  private mutating func number() throws(JSONError) -> JSON {
    let start = at
    var isInteger = true
    if bytes[at] == UInt8(ascii: "-") { at += 1 }
    let leading = at
    try digits()
    if bytes[leading] == UInt8(ascii: "0"), at > leading + 1 { throw error("a number that begins with 0") }
    if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
      isInteger = false
      at += 1
      try digits()
    }
    if at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") {
      isInteger = false
      at += 1
      if at < bytes.count, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(bytes[at]) { at += 1 }
      try digits()
    }
    // Tokens are nearly all of a file of sequences.
    if isInteger, at == start + 1 { return .integer(Int(bytes[start] - UInt8(ascii: "0"))) }
    let text = String(decoding: bytes[start..<at], as: UTF8.self)
    if isInteger, text != "-0", let value = Int(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else { throw error("a number out of range") }
    return .number(value)
  }

  private mutating func digits() throws(JSONError) {
    let start = at
    while at < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[at]) { at += 1 }
    guard at > start else { throw error("no digit where one is due") }
  }

  private mutating func string() throws(JSONError) -> String {
    at += 1
    var text: [UInt8] = []
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): text.append(contentsOf: String(try escaped()).utf8)
      case ..<0x20:
        at -= 1
        throw error("a control character in a text")
      default: text.append(byte)
      }
    }
    throw error("the end within a text")
  }

  private mutating func escaped() throws(JSONError) -> Unicode.Scalar {
    guard at < bytes.count else { throw error("the end within a text") }
    at += 1
    switch UnicodeScalar(bytes[at - 1]) {
    case "\"": return "\""
    case "\\": return "\\"
    case "/": return "/"
    case "b": return "\u{8}"
    case "f": return "\u{C}"
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "u": return try codePoint()
    default: throw error("an unknown escape")
    }
  }

  /// Behind `\u`; a pair of surrogates is one character.
  private mutating func codePoint() throws(JSONError) -> Unicode.Scalar {
    let first = try hexadecimal()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, bytes[at...].starts(with: "\\u".utf8) else { throw error("half a character") }
    at += 2
    let second = try hexadecimal()
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw error("half a character") }
    return scalar
  }

  private mutating func hexadecimal() throws(JSONError) -> UInt32 {
    let digits = bytes[at...].prefix(4)
    guard digits.count == 4, let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16),
      digits.allSatisfy({ UnicodeScalar($0).properties.isASCIIHexDigit })
    else { throw error("an escape without four digits") }
    at += 4
    return value
  }
}
