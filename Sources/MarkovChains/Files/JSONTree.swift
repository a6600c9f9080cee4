import Foundation

/// Any JSON value, its numbers to the last digit: JSONSerialization on Linux passes numbers with many digits
/// through decimals and misses the nearest double in a quarter of them; JSONDecoder does not.
enum JSONTree: Decodable {
  case null
  case bool(Bool)
  case number(Double)
  case text(String)
  case list([JSONTree])
  case object([String: JSONTree])
  /// A number beyond double precision's range.
  case unreadable

  init(from decoder: any Decoder) throws {
    // Numbers first: they are nearly all of a file.
    let value = try decoder.singleValueContainer()
    if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let list = try? value.decode([JSONTree].self) {
      self = .list(list)
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else if let bool = try? value.decode(Bool.self) {
      self = .bool(bool)
    } else if let object = try? value.decode([String: JSONTree].self) {
      self = .object(object)
    } else {
      self = value.decodeNil() ? .null : .unreadable
    }
  }

  /// What it is, for messages.
  var summary: String {
    switch self {
    case .null: "null"
    case .bool(let bool): "\(bool)"
    case .number(let number): Int(exactly: number).map(String.init) ?? "\(number)"
    case .text(let text): "the text \"\(text)\""
    case .list(let list): "a list of \(list.count)"
    case .object: "an object"
    case .unreadable: "a number out of range"
    }
  }
}
