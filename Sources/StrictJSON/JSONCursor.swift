import Foundation

/// Strict reading of JSON values: every refusal names the key path, what was found and what is allowed.
public struct JSONCursor: Sendable {
  /// Nil where the file has nothing.
  public let value: JSON?
  public let keyPath: String

  /// The whole of a file.
  ///
  /// - Parameter allowed: what the file is to hold, for messages.
  /// - Throws: `DataFileError` with line and column for a text that is not JSON.
  public init(parsing data: Data, allowed: String) throws(DataFileError) {
    do {
      self.init(try JSON(parsing: data), "")
    } catch {
      throw DataFileError(
        keyPath: "line \(error.line), column \(error.column)", found: error.problem,
        allowed: "\(allowed), as JSON")
    }
  }

  private init(_ value: JSON?, _ keyPath: String) {
    self.value = value
    self.keyPath = keyPath
  }

  public func refused(allowed: String) -> DataFileError {
    DataFileError(keyPath: keyPath, found: value?.summary ?? "nothing", allowed: allowed)
  }

  public var isList: Bool {
    if case .array = value { true } else { false }
  }

  public var isObject: Bool {
    if case .object = value { true } else { false }
  }

  /// Nil for what is no text.
  public var text: String? { value?.word }

  /// The members of an object that has no others than `known`; a missing one has no value.
  public func members(_ known: [String], allowed: String) throws(DataFileError) -> [String: JSONCursor] {
    let object = try members(allowed: allowed)
    if let unknown = object.keys.filter({ !known.contains($0) }).min() {
      throw DataFileError(
        keyPath: path(unknown), found: "an unknown key", allowed: known.joined(separator: ", "))
    }
    return Dictionary(
      uniqueKeysWithValues: known.map { ($0, object[$0] ?? JSONCursor(nil, path($0))) })
  }

  /// All members of an object.
  public func members(allowed: String) throws(DataFileError) -> [String: JSONCursor] {
    guard case .object(let members) = value else { throw refused(allowed: allowed) }
    return Dictionary(members.map { ($0.key, JSONCursor($0.value, path($0.key))) }) { first, _ in first }
  }

  public func list(allowed: String) throws(DataFileError) -> [JSONCursor] {
    guard case .array(let elements) = value else { throw refused(allowed: allowed) }
    return elements.enumerated().map { JSONCursor($1, "\(keyPath)[\($0)]") }
  }

  public func number(allowed: String) throws(DataFileError) -> Double {
    guard let number = value?.double else { throw refused(allowed: allowed) }
    return number
  }

  public func integer(allowed: String) throws(DataFileError) -> Int {
    if let integer = value?.whole { return integer }
    guard let integer = Int(exactly: try number(allowed: allowed)) else { throw refused(allowed: allowed) }
    return integer
  }

  /// `format` may be missing; stated, it is 1.
  public func checkFormat() throws(DataFileError) {
    guard value != nil else { return }
    guard try number(allowed: "1") == 1 else { throw refused(allowed: "1") }
  }

  private func path(_ key: String) -> String { keyPath.isEmpty ? key : "\(keyPath).\(key)" }
}

extension JSON {
  /// What it is, for messages.
  public var summary: String {
    switch self {
    case .null: "null"
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): Int(exactly: value).map(String.init) ?? "\(value)"
    case .string(let text): "the text \"\(text)\""
    case .array(let values): "a list of \(values.count)"
    case .object: "an object"
    }
  }
}
