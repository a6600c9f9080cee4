import Foundation
import SymbolicTensors

/// A tidy table of a figure: a row an observation, a column a variable.
public struct FigureTable: Sendable {
  public struct Column: Sendable {
    let name: String
    /// What it is, in a phrase.
    let meaning: String
    /// nil for a word, or for a number without one.
    let unit: String?

    public init(_ name: String, _ meaning: String, unit: String? = nil) {
      (self.name, self.meaning, self.unit) = (name, meaning, unit)
    }
  }

  public enum Value: Sendable {
    case word(String)
    case integer(Int)
    /// Not known, or not finite: an empty field.
    case number(Double?)
  }

  /// Of its file, without `.csv`, and of its data frame: a word of Python.
  public let name: String
  public let columns: [Column]
  private var rows: [[String]] = []

  public init(_ name: String, _ columns: [Column]) { (self.name, self.columns) = (name, columns) }

  /// - Parameter values: one of each column.
  public mutating func add(_ values: [Value]) {
    precondition(values.count == columns.count, "a value of each column")
    rows.append(values.map(\.field))
  }

  var file: String { "\(name).csv" }

  var csv: Data { Data(([columns.map(\.name)] + rows).map(CSV.line).joined().utf8) }
}

extension FigureTable.Value {
  /// Ten significant digits: those behind them are the machine's, not the figure's.
  fileprivate var field: String {
    switch self {
    case .word(let text): text
    case .integer(let value): "\(value)"
    case .number(let value?) where value.isFinite: String(format: "%.10g", value)
    case .number: ""
    }
  }
}

/// As `figure.json` describes it.
extension FigureTable {
  var json: JSON {
    .object([
      "file": .string(file), "rows": .integer(rows.count), "sha256": .string(SHA256.hash(csv)),
      "columns": .array(columns.indices.map(json)),
    ])
  }

  private func json(ofColumn index: Int) -> JSON {
    let column = columns[index]
    return .object(
      [("name", .string(column.name)), ("meaning", .string(column.meaning))]
        + (column.unit.map { [("unit", .string($0))] } ?? []) + [values(of: index)])
  }

  /// The range of numbers, or the words that there are.
  private func values(of index: Int) -> (key: String, value: JSON) {
    let fields = rows.map { $0[index] }.filter { !$0.isEmpty }
    let numbers = fields.compactMap { Double($0) }
    guard numbers.count == fields.count, let least = numbers.min(), let greatest = numbers.max() else {
      let words = fields.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
      return ("values", .array(words.map { .string($0) }))
    }
    return ("range", .numbers([least, greatest]))
  }
}
