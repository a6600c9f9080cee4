import Foundation
import ParameterSpaces

/// `checkpoint.json`: the last saved point for readers, and what the run needs to go on from there.
struct CheckpointFile<State: Codable>: Codable {
  let format: Int
  let time: Double
  /// Of training.
  let step: Int?
  let parameters: ShapedNumbers
  /// How far the tables had come, by file name.
  let tables: [String: TableMark]
  let resume: State

  init(_ place: RunPlace<State>, _ space: ParameterSpace, tables: [RunFolder.File: TableMark]) {
    format = Configuration.format
    time = place.time
    step = place.step
    parameters = ShapedNumbers(space.json(place.parameters))
    self.tables = Dictionary(uniqueKeysWithValues: tables.map { ($0.rawValue, $1) })
    resume = place.state
  }

  /// nil for a text that is none.
  init?(_ data: Data) {
    guard let file = try? JSONDecoder().decode(Self.self, from: data), file.format == Configuration.format
    else { return nil }
    self = file
  }

  func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return try encoder.encode(self)
  }
}

/// Numbers in the form of a parameters file.
enum ShapedNumbers: Codable {
  case number(Double)
  case list([ShapedNumbers])
  case members([String: ShapedNumbers])

  init(_ json: JSON) {
    switch json {
    case .array(let values): self = .list(values.map(ShapedNumbers.init))
    case .object(let members):
      self = .members(Dictionary(members.map { ($0.key, ShapedNumbers($0.value)) }) { first, _ in first })
    case .null, .boolean, .string, .integer, .number: self = .number(json.double ?? .nan)
    }
  }

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let list = try? value.decode([ShapedNumbers].self) {
      self = .list(list)
    } else {
      self = .members(try value.decode([String: ShapedNumbers].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    switch self {
    case .number(let number): try value.encode(number)
    case .list(let list): try value.encode(list)
    case .members(let members): try value.encode(members)
    }
  }
}

/// A place on the way of a run.
struct RunPlace<State: Codable> {
  let time: Double
  /// Of training.
  var step: Int?
  /// In the order of the model's parameter space.
  let parameters: [Double]
  let state: State
  /// Rows that the tables had there, where the state lies before the last of them; nil for all.
  var rows: Int?
  /// Files beside the checkpoint that show the same point.
  var files: [(RunFolder.File, Data)] = []
}
