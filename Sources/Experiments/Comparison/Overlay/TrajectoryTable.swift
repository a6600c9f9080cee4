import Foundation
import ParameterSpaces

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
  public func end(_ space: ParameterSpace) throws -> [Double] {
    guard let end = point(times.count - 1, space) else {
      let absent = space.names.first { values[$0] == nil } ?? ""
      throw ConfigurationError(
        .conflict, at: .configuration, keyPath: "model", found: "a trajectory without the column \(absent)",
        allowed: "that of a model with the quantities \(space.stacks.map(\.name).joined(separator: ", "))")
    }
    return end
  }

  /// The parameters of a row, in the order of the space; nil where there is no such row, or it is another model's.
  public func point(_ row: Int, _ space: ParameterSpace) -> [Double]? {
    let flat = space.names.compactMap { value($0, row) }
    return flat.count == space.count ? flat : nil
  }

  /// The same up to rounding of the time.
  func point(at time: Double, _ space: ParameterSpace) -> [Double]? {
    times.firstIndex { abs($0 - time) <= 1e-9 * max(1, time) }.flatMap { point($0, space) }
  }

  /// nil where there is no such column or row.
  func value(_ column: String, _ row: Int) -> Double? {
    values[column].flatMap { $0.indices.contains(row) ? $0[row] : nil }
  }

  private static func problem(_ path: String, _ found: String, _ allowed: String) -> ConfigurationError {
    ConfigurationError(.unreadable, at: .file(path, line: nil), keyPath: "", found: found, allowed: allowed)
  }
}
