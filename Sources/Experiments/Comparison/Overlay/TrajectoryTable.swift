import Foundation
import InductionModel

/// `trajectory.csv` read back: the columns of one run by name.
public struct TrajectoryTable: Sendable {
  public let columns: [String]
  private let values: [String: [Double]]

  public init(columns: [String], rows: [[Double]]) {
    var values: [String: [Double]] = [:]
    for (position, column) in columns.enumerated() { values[column] = rows.map { $0[position] } }
    self.init(columns: columns, values: values)
  }

  /// - Throws: `ConfigurationError` for a file that is no trajectory; a last row that was cut off is left out.
  ///
  /// - Parameter required: a column that the file must have. An empty field reads as NaN.
  public init(contentsOf path: String, required: String = "loss") throws {
    let text: String
    do {
      text = try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw Self.problem(path, "no file that can be read", "trajectory.csv of a run")
    }
    let lines = text.split(separator: "\n")
    guard let header = lines.first else { throw Self.problem(path, "an empty file", "a header and rows") }
    let columns = header.split(separator: ",").map(String.init)
    guard columns.first == "time", columns.contains(required) else {
      throw Self.problem(path, "the columns \(header)", "time, \(required), ...")
    }
    var rows: [[Double]] = []
    for (number, line) in lines.dropFirst().enumerated() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      let row = fields.compactMap { $0.isEmpty ? .nan : Double($0) }
      guard row.count == columns.count else {
        guard number + 2 == lines.count else {
          throw Self.problem("\(path):\(number + 2)", "\(fields.count) fields", "\(columns.count) numbers")
        }
        break
      }
      if columns.last == TableFile.rowColumn, row.last != Double(rows.count) {
        throw Self.problem(
          "\(path):\(number + 2)", "row \(fields.last ?? "")", "row \(rows.count): one is missing before it")
      }
      rows.append(row)
    }
    guard !rows.isEmpty else { throw Self.problem(path, "no rows", "at least one") }
    self.init(columns: columns, rows: rows)
  }

  /// nil where the run has no such column.
  public subscript(column: String) -> [Double]? { values[column] }

  public var times: [Double] { values["time"] ?? [] }

  /// The same with one more column, of as many values as there are rows.
  func adding(_ column: String, _ values: [Double]) -> TrajectoryTable {
    TrajectoryTable(columns: columns + [column], values: self.values.merging([column: values]) { $1 })
  }

  private init(columns: [String], values: [String: [Double]]) {
    self.columns = columns
    self.values = values
  }

  /// The point of the last row.
  ///
  /// - Throws: `ConfigurationError` for the trajectory of another model.
  public func end(_ model: ModelDefinition) throws -> Parameters {
    guard let end = parameters(times.count - 1, model) else {
      throw ConfigurationError(
        .conflict, at: .configuration, keyPath: "model", found: "a trajectory of another model",
        allowed: "the columns \(model.parameterNames.joined(separator: ", "))")
    }
    return end
  }

  /// The point of a row.
  public func parameters(_ row: Int, _ model: ModelDefinition) -> Parameters? {
    let flat = model.parameterNames.compactMap { name in
      values[name].flatMap { $0.indices.contains(row) ? $0[row] : nil }
    }
    guard flat.count == model.parameterCount else { return nil }
    return Parameters(flat: flat, model: model)
  }

  private static func problem(_ path: String, _ found: String, _ allowed: String) -> ConfigurationError {
    ConfigurationError(.unreadable, at: .file(path, line: nil), keyPath: "", found: found, allowed: allowed)
  }
}
