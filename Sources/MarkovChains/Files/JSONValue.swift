import Foundation

/// Strict reading of JSON values: every refusal names the key path, what was found and what is allowed.
struct JSONValue {
  let value: Any?
  let keyPath: String

  init(parsing data: Data, allowed: String) throws(DataFileError) {
    do {
      value = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
      keyPath = ""
    } catch {
      throw DataFileError(keyPath: "", found: "text that is not JSON", allowed: allowed)
    }
  }

  private init(_ value: Any?, _ keyPath: String) {
    self.value = value
    self.keyPath = keyPath
  }

  func refused(allowed: String) -> DataFileError {
    DataFileError(keyPath: keyPath, found: found, allowed: allowed)
  }

  /// The members of an object that has no others than `known`; a missing one has a nil value.
  func members(_ known: [String], allowed: String) throws(DataFileError) -> [String: JSONValue] {
    guard let object = value as? [String: Any] else { throw refused(allowed: allowed) }
    if let unknown = object.keys.filter({ !known.contains($0) }).min() {
      throw DataFileError(
        keyPath: path(unknown), found: "an unknown key", allowed: known.joined(separator: ", "))
    }
    return Dictionary(uniqueKeysWithValues: known.map { ($0, JSONValue(object[$0], path($0))) })
  }

  func list(allowed: String) throws(DataFileError) -> [JSONValue] {
    guard let elements = value as? [Any] else { throw refused(allowed: allowed) }
    return elements.enumerated().map { JSONValue($1, "\(keyPath)[\($0)]") }
  }

  func number(allowed: String) throws(DataFileError) -> Double {
    guard let number = value as? NSNumber, !isBoolean, number.doubleValue.isFinite else {
      throw refused(allowed: allowed)
    }
    return number.doubleValue
  }

  func integer(allowed: String) throws(DataFileError) -> Int {
    guard let integer = Int(exactly: try number(allowed: allowed)) else { throw refused(allowed: allowed) }
    return integer
  }

  /// `format` may be missing; stated, it is 1.
  func checkFormat() throws(DataFileError) {
    guard value != nil else { return }
    guard try number(allowed: "1") == 1 else { throw refused(allowed: "1") }
  }

  /// JSON's true and false come out of Foundation as numbers too.
  var isBoolean: Bool {
    guard let number = value as? NSNumber else { return false }
    return type(of: number) == type(of: NSNumber(value: true)) && String(cString: number.objCType) == "c"
  }

  private var found: String {
    switch value {
    case nil: "nothing"
    case is NSNull: "null"
    case let list as [Any]: "a list of \(list.count)"
    case is [String: Any]: "an object"
    case let text as String: "the text \"\(text)\""
    case let number? where isBoolean: "\(number)" == "1" || "\(number)" == "true" ? "true" : "false"
    case let value?: "\(value)"
    }
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
