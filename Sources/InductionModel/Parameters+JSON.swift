import Foundation
import StrictJSON

/// The parameters file: `{"attention": [[..], ..], "coefficients": {"[]": 1, "[1 2]": 1, ..}, "scale": 0.01}`.
extension Parameters {
  /// Reads a parameters file; `format` may be stated, and then is 1.
  ///
  /// - Throws: `DataFileError` naming the key path, or line and column of what is no JSON, what was found and what is
  ///   allowed.
  public init(json data: Data, model: ModelDefinition) throws(DataFileError) {
    try self.init(JSONCursor(parsing: data, allowed: "an object \(Self.shape(model))"), model: model)
  }

  /// - Parameter root: what `init(json:model:)` reads.
  public init(_ root: JSONCursor, model: ModelDefinition) throws(DataFileError) {
    let members = try root.members(
      ["format", "attention", "coefficients", "scale"], allowed: "an object \(Self.shape(model))")
    func member(_ key: String) throws(DataFileError) -> JSONCursor {
      guard let member = members[key] else { throw root.refused(allowed: Self.shape(model)) }
      return member
    }
    try member("format").checkFormat()
    self.init(
      attention: try Self.attention(member("attention"), model),
      coefficients: try Self.coefficients(member("coefficients"), model),
      scale: try Self.number(member("scale")))
  }

  private static func keys(_ model: ModelDefinition) -> [String] { model.sets.map { "[\($0.label)]" } }

  private static func shape(_ model: ModelDefinition) -> String {
    "with attention (\(model.heads) lists of \(model.window) numbers), coefficients "
      + "(\(model.sets.count) numbers by set of heads) and scale"
  }

  private static func attention(_ value: JSONCursor, _ model: ModelDefinition) throws(DataFileError)
    -> [[Double]]
  {
    let shape = "\(model.heads) lists, one per head"
    let rows = try value.list(allowed: shape)
    guard rows.count == model.heads else { throw value.refused(allowed: shape) }
    var attention: [[Double]] = []
    for (head, row) in rows.enumerated() {
      let shape = "\(model.window) numbers, one per lag that head \(head + 1) sees"
      let entries = try row.list(allowed: shape)
      guard entries.count == model.window else { throw row.refused(allowed: shape) }
      var weights: [Double] = []
      for entry in entries { weights.append(try number(entry)) }
      attention.append(weights)
    }
    return attention
  }

  private static func coefficients(_ value: JSONCursor, _ model: ModelDefinition) throws(DataFileError)
    -> [Double]
  {
    let keys = keys(model)
    let entries = try value.members(allowed: "an object with the keys \(keys.joined(separator: ", "))")
    if let unknown = entries.keys.filter({ !keys.contains($0) }).min() {
      throw DataFileError(
        keyPath: "coefficients.\(unknown)", found: "a set of heads that the model has no coefficient for",
        allowed: keys.joined(separator: ", "))
    }
    var coefficients: [Double] = []
    for key in keys {
      guard let entry = entries[key] else {
        throw DataFileError(keyPath: "coefficients.\(key)", found: "nothing", allowed: "a finite number")
      }
      coefficients.append(try number(entry))
    }
    return coefficients
  }

  private static func number(_ value: JSONCursor) throws(DataFileError) -> Double {
    let allowed = "a number of magnitude at most \(Parameters.largest)"
    let number = try value.number(allowed: allowed)
    guard abs(number) <= Parameters.largest else { throw value.refused(allowed: allowed) }
    return number
  }

  /// The file's text; sets in their order, numbers with all their digits.
  public func json(_ model: ModelDefinition) -> String {
    let rows = attention.map { "[\($0.map { "\($0)" }.joined(separator: ", "))]" }
    let entries = zip(model.sets, coefficients).map { "\"[\($0.label)]\": \($1)" }
    return """
      {"format": 1, "attention": [\(rows.joined(separator: ", "))], \
      "coefficients": {\(entries.joined(separator: ", "))}, "scale": \(scale)}
      """
  }
}
