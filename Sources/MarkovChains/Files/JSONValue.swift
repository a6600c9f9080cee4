import Foundation

/// Strict reading of JSON values: every refusal names the key path, what was found and what is allowed.
struct JSONValue {
  /// Nil where the file has nothing.
  let tree: JSONTree?
  let keyPath: String

  init(parsing data: Data, allowed: String) throws(DataFileError) {
    do {
      self.init(try JSONDecoder().decode(JSONTree.self, from: data), "")
    } catch {
      throw DataFileError(keyPath: "", found: "text that is not JSON", allowed: allowed)
    }
  }

  private init(_ tree: JSONTree?, _ keyPath: String) {
    self.tree = tree
    self.keyPath = keyPath
  }

  func refused(allowed: String) -> DataFileError {
    DataFileError(keyPath: keyPath, found: tree?.summary ?? "nothing", allowed: allowed)
  }

  var isList: Bool {
    if case .list = tree { true } else { false }
  }

  var isObject: Bool {
    if case .object = tree { true } else { false }
  }

  /// Nil for what is no text.
  var text: String? {
    if case .text(let text) = tree { text } else { nil }
  }

  /// The members of an object that has no others than `known`; a missing one has no tree.
  func members(_ known: [String], allowed: String) throws(DataFileError) -> [String: JSONValue] {
    guard case .object(let object) = tree else { throw refused(allowed: allowed) }
    if let unknown = object.keys.filter({ !known.contains($0) }).min() {
      throw DataFileError(
        keyPath: path(unknown), found: "an unknown key", allowed: known.joined(separator: ", "))
    }
    return Dictionary(uniqueKeysWithValues: known.map { ($0, JSONValue(object[$0], path($0))) })
  }

  func list(allowed: String) throws(DataFileError) -> [JSONValue] {
    guard case .list(let elements) = tree else { throw refused(allowed: allowed) }
    return elements.enumerated().map { JSONValue($1, "\(keyPath)[\($0)]") }
  }

  func number(allowed: String) throws(DataFileError) -> Double {
    guard case .number(let number) = tree else { throw refused(allowed: allowed) }
    return number
  }

  func integer(allowed: String) throws(DataFileError) -> Int {
    guard let integer = Int(exactly: try number(allowed: allowed)) else { throw refused(allowed: allowed) }
    return integer
  }

  /// `format` may be missing; stated, it is 1.
  func checkFormat() throws(DataFileError) {
    guard tree != nil else { return }
    guard try number(allowed: "1") == 1 else { throw refused(allowed: "1") }
  }

  private func path(_ key: String) -> String { keyPath.isEmpty ? key : "\(keyPath).\(key)" }
}

/// Text as a JSON string.
func quoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case let control where control.value < 0x20:
      result += "\\u" + String(repeating: "0", count: control.value < 0x10 ? 3 : 2)
      result += String(control.value, radix: 16)
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}
