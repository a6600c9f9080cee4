import Foundation
import InductionModel

/// `trajectory.csv` read back: the columns of one run by name.
public struct TrajectoryTable: Sendable {
  public let columns: [String]
  private let values: [String: [Double]]

  public init(columns: [String], rows: [[Double]]) {
    self.columns = columns
    var values: [String: [Double]] = [:]
    for (position, column) in columns.enumerated() { values[column] = rows.map { $0[position] } }
    self.values = values
  }

  /// - Throws: `ConfigurationError` for a file that is no trajectory; a last row that was cut off is left out.
  public init(contentsOf path: String) throws {
    let text: String
    do {
      text = try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw Self.problem(path, "no file that can be read", "trajectory.csv of a run")
    }
    let lines = text.split(separator: "\n")
    guard let header = lines.first else { throw Self.problem(path, "an empty file", "a header and rows") }
    let columns = header.split(separator: ",").map(String.init)
    guard columns.first == "time", columns.contains("loss") else {
      throw Self.problem(path, "the columns \(header)", "time, loss, a, ...")
    }
    var rows: [[Double]] = []
    for (number, line) in lines.dropFirst().enumerated() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      let row = fields.compactMap { Double($0) }
      guard row.count == columns.count else {
        guard number + 2 == lines.count else {
          throw Self.problem("\(path):\(number + 2)", "\(fields.count) fields", "\(columns.count) numbers")
        }
        break
      }
      rows.append(row)
    }
    guard !rows.isEmpty else { throw Self.problem(path, "no rows", "at least one") }
    self.init(columns: columns, rows: rows)
  }

  /// nil where the run has no such column.
  public subscript(column: String) -> [Double]? { values[column] }

  public var times: [Double] { values["time"] ?? [] }

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
