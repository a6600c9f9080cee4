import Foundation
import StrictJSON

/// The parameters file: `{"format": 1, ..}` with a member for each stack, such as
/// `{"attention": [[..], ..], "coefficients": {"[]": 1, "[1 2]": 1, ..}, "scale": 0.01}`.
extension ParameterSpace {
  /// The largest magnitude that is read: sums and squares of so large ones are still finite.
  public static let largest = 1e150

  /// Reads a parameters file; `format` may be stated, and then is 1.
  ///
  /// - Throws: `DataFileError` naming the key path, or line and column of what is no JSON, what was found and what is
  ///   allowed.
  public func parameters(json data: Data) throws(DataFileError) -> [Double] {
    try parameters(JSONCursor(parsing: data, allowed: fileShape))
  }

  /// - Parameter root: what `parameters(json:)` reads.
  public func parameters(_ root: JSONCursor) throws(DataFileError) -> [Double] {
    let stacks = stacks
    let members = try root.members(["format"] + stacks.map(\.name), allowed: fileShape)
    try members["format"]?.checkFormat()
    var flat: [Double] = []
    for stack in stacks {
      guard let member = members[stack.name], member.value != nil else {
        throw root.refused(allowed: fileShape)
      }
      try stack.read(member, into: &flat)
    }
    return flat
  }

  /// One number for every parameter in the file's shape: the parameters, or a gradient.
  public func json(_ flat: [Double]) -> JSON {
    .object(stacks.map { (key: $0.name, value: $0.json(flat[$0.range])) })
  }

  /// The file's text, with all digits.
  public func file(_ flat: [Double]) -> String {
    let members = stacks.map { (key: $0.name, value: $0.json(flat[$0.range])) }
    return JSON.object([(key: "format", value: .integer(1))] + members).line
  }

  private var fileShape: String { "an object with \(stacks.map(\.description).joined(separator: ", "))" }
}

extension ParameterStack: CustomStringConvertible {
  /// Name and shape, for messages.
  public var description: String {
    switch layout {
    case .number: name
    case .tensor: "\(name) (\(Self.description(of: shape[...])))"
    case .places: "\(name) (\(range.count) numbers by place)"
    }
  }

  /// `3 lists of 2 numbers`.
  private static func description(of shape: ArraySlice<Int>) -> String {
    shape.enumerated().map { depth, size in
      depth == shape.count - 1
        ? "\(size) number\(size == 1 ? "" : "s")" : "\(size) list\(size == 1 ? "" : "s") of "
    }.joined()
  }

  fileprivate func json(_ numbers: ArraySlice<Double>) -> JSON {
    switch layout {
    case .number: .number(numbers[numbers.startIndex])
    case .tensor: Self.lists(numbers, shape[...])
    case .places(let places): .object(zip(places, numbers).map { (key: $0, value: .number($1)) })
    }
  }

  private static func lists(_ numbers: ArraySlice<Double>, _ shape: ArraySlice<Int>) -> JSON {
    let inner = shape.dropFirst()
    guard !inner.isEmpty else { return .numbers(numbers) }
    let size = inner.reduce(1, *)
    return .array(
      stride(from: numbers.startIndex, to: numbers.endIndex, by: size).map {
        lists(numbers[$0..<$0 + size], inner)
      })
  }

  fileprivate func read(_ member: JSONCursor, into flat: inout [Double]) throws(DataFileError) {
    switch layout {
    case .number: flat.append(try Self.number(member))
    case .tensor: try Self.read(member, shape[...], into: &flat)
    case .places(let places):
      let entries = try member.members(allowed: "an object with the keys \(places.joined(separator: ", "))")
      if let unknown = entries.keys.filter({ !places.contains($0) }).min() {
        throw DataFileError(
          keyPath: "\(member.keyPath).\(unknown)", found: "a place that the model has no \(name) for",
          allowed: places.joined(separator: ", "))
      }
      for place in places {
        guard let entry = entries[place] else {
          throw DataFileError(
            keyPath: "\(member.keyPath).\(place)", found: "nothing", allowed: "a finite number")
        }
        flat.append(try Self.number(entry))
      }
    }
  }

  private static func read(_ value: JSONCursor, _ shape: ArraySlice<Int>, into flat: inout [Double])
    throws(DataFileError)
  {
    guard let size = shape.first else { return flat.append(try number(value)) }
    let entries = try value.list(allowed: description(of: shape))
    guard entries.count == size else { throw value.refused(allowed: description(of: shape)) }
    for entry in entries { try read(entry, shape.dropFirst(), into: &flat) }
  }

  private static func number(_ value: JSONCursor) throws(DataFileError) -> Double {
    let allowed = "a number of magnitude at most \(ParameterSpace.largest)"
    let number = try value.number(allowed: allowed)
    guard abs(number) <= ParameterSpace.largest else { throw value.refused(allowed: allowed) }
    return number
  }
}
