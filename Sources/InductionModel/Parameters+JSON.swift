import Foundation

/// The parameters file: `{"attention": [[..], ..], "coefficients": {"[]": 1, "[1 2]": 1, ..}, "scale": 0.01}`.
extension Parameters {
  /// Reads a parameters file; `format` may be stated, and then is 1.
  ///
  /// - Throws: `ParametersFileError` naming the key path, what was found and what is allowed.
  public init(json data: Data, model: ModelDefinition) throws {
    let root: Any
    do {
      root = try JSONSerialization.jsonObject(with: data)
    } catch {
      throw ParametersFileError(
        keyPath: "", found: "text that is not JSON", allowed: "a JSON object \(Self.shape(model))")
    }
    guard let object = root as? [String: Any] else {
      throw ParametersFileError(
        keyPath: "", found: kind(root), allowed: "a JSON object \(Self.shape(model))")
    }
    let known: Set = ["format", "attention", "coefficients", "scale"]
    if let unknown = object.keys.filter({ !known.contains($0) }).min() {
      throw ParametersFileError(
        keyPath: unknown, found: "an unknown key", allowed: known.sorted().joined(separator: ", "))
    }
    if let format = object["format"], (format as? NSNumber)?.doubleValue != 1 {
      throw ParametersFileError(keyPath: "format", found: "\(format)", allowed: "1")
    }
    try Self.checkAttention(object["attention"], model)
    try Self.checkCoefficients(object["coefficients"], model)
    try checkNumber(object["scale"], "scale")
    // JSONSerialization rounds a quarter of all doubles wrongly on Linux; JSONDecoder reads every digit.
    guard let numbers = try? JSONDecoder().decode(Numbers.self, from: data) else {
      throw ParametersFileError(
        keyPath: "", found: "numbers out of range", allowed: "finite numbers of double precision")
    }
    self.init(
      attention: numbers.attention,
      coefficients: Self.keys(model).compactMap { numbers.coefficients[$0] }, scale: numbers.scale)
  }

  private struct Numbers: Decodable {
    let attention: [[Double]]
    let coefficients: [String: Double]
    let scale: Double
  }

  private static func keys(_ model: ModelDefinition) -> [String] { model.sets.map { "[\($0.label)]" } }

  private static func shape(_ model: ModelDefinition) -> String {
    "with attention (\(model.heads) lists of \(model.window) numbers), coefficients "
      + "(\(model.sets.count) numbers by set of heads) and scale"
  }

  private static func checkAttention(_ value: Any?, _ model: ModelDefinition) throws {
    guard let rows = value as? [Any], rows.count == model.heads else {
      throw ParametersFileError(
        keyPath: "attention", found: kind(value), allowed: "\(model.heads) lists, one per head")
    }
    for (head, row) in rows.enumerated() {
      guard let weights = row as? [Any], weights.count == model.window else {
        throw ParametersFileError(
          keyPath: "attention[\(head)]", found: kind(row),
          allowed: "\(model.window) numbers, one per lag that head \(head + 1) sees")
      }
      for (lag, weight) in weights.enumerated() { try checkNumber(weight, "attention[\(head)][\(lag)]") }
    }
  }

  private static func checkCoefficients(_ value: Any?, _ model: ModelDefinition) throws {
    let keys = keys(model)
    guard let entries = value as? [String: Any] else {
      throw ParametersFileError(
        keyPath: "coefficients", found: kind(value),
        allowed: "an object with the keys \(keys.joined(separator: ", "))")
    }
    if let unknown = entries.keys.filter({ !keys.contains($0) }).min() {
      throw ParametersFileError(
        keyPath: "coefficients.\(unknown)", found: "a set of heads that the model has no coefficient for",
        allowed: keys.joined(separator: ", "))
    }
    for key in keys { try checkNumber(entries[key], "coefficients.\(key)") }
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

/// A parameters file that does not fit the model.
public struct ParametersFileError: Error, Equatable {
  /// Empty for the whole file.
  public let keyPath: String
  public let found: String
  public let allowed: String
}

private func checkNumber(_ value: Any?, _ keyPath: String) throws {
  guard let number = value as? NSNumber, !isBoolean(number), number.doubleValue.isFinite else {
    throw ParametersFileError(keyPath: keyPath, found: kind(value), allowed: "a finite number")
  }
}

/// JSON's true and false come out of Foundation as numbers too.
private func isBoolean(_ number: NSNumber) -> Bool {
  type(of: number) == type(of: NSNumber(value: true)) && String(cString: number.objCType) == "c"
}

private func kind(_ value: Any?) -> String {
  switch value {
  case nil: "nothing"
  case is NSNull: "null"
  case let list as [Any]: "a list of \(list.count)"
  case is [String: Any]: "an object"
  case let text as String: "the text \"\(text)\""
  case let value?: "\(value)"
  }
}
