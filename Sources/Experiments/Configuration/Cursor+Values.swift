import Foundation
import ParameterSpaces
import Transformer

/// Which real numbers a key accepts.
enum NumberDomain {
  case any, nonNegative, positive, unit, openUnit
  /// Of a parameter, and of the standard deviation of several.
  case parameter, deviation

  func contains(_ value: Double) -> Bool {
    switch self {
    case .any: value.isFinite
    case .nonNegative: value.isFinite && value >= 0
    case .positive: value.isFinite && value > 0
    case .unit: (0...1).contains(value)
    case .openUnit: value > 0 && value < 1
    case .parameter: abs(value) <= ParameterSpace.largest
    // Draws of a normal law stay below some tens of deviations.
    case .deviation: value >= 0 && value <= ParameterSpace.largest / 100
    }
  }

  var description: String {
    switch self {
    case .any: "a finite number"
    case .nonNegative: "a finite number of at least 0"
    case .positive: "a finite number above 0"
    case .unit: "a number from 0 to 1"
    case .openUnit: "a number between 0 and 1"
    case .deviation: "a number from 0 to \(ParameterSpace.largest / 100)"
    case .parameter: "a number from \(-ParameterSpace.largest) to \(ParameterSpace.largest)"
    }
  }
}

extension Cursor {
  func number(_ domain: NumberDomain) throws -> Double {
    guard let value = tree.number else { throw error(.wrongType, allowed: domain.description) }
    guard domain.contains(value) else { throw error(.outOfRange, allowed: domain.description) }
    return value
  }

  /// Integers may be written as 1e4; a range's upper bound of `Int.max` stands for none.
  func integer(in range: ClosedRange<Int>) throws -> Int {
    let allowed =
      range.upperBound == .max
      ? "an integer of at least \(range.lowerBound)"
      : "an integer from \(range.lowerBound) to \(range.upperBound)"
    guard let number = tree.number, let exact = plainInteger ?? Int(exactly: number) else {
      throw error(.wrongType, allowed: allowed)
    }
    guard range.contains(exact) else { throw error(.outOfRange, allowed: allowed) }
    return exact
  }

  /// A number of steps: sums of a few of them stay far below the largest integer.
  func steps() throws -> Int {
    let steps = try integer(in: 1...Int.max)
    let most = Transformer.TrainingStage.mostSteps
    guard steps <= most else { throw error(.outOfRange, allowed: "an integer from 1 to \(most)") }
    return steps
  }

  func seed() throws -> Int { try integer(in: 0...Int.max) }

  /// Any scalar, as it is written.
  func text(_ what: String) throws -> String {
    switch tree.content {
    case .plain(let text), .quoted(let text):
      guard !text.isEmpty else { throw error(.outOfRange, found: "an empty text", allowed: what) }
      return text
    default: throw error(.wrongType, allowed: what)
    }
  }

  /// A scalar that can stand in a line of text: no terminal obeys it.
  func line(_ what: String) throws -> String {
    let text = try text(what)
    guard !text.hasControls else { throw error(.outOfRange, allowed: what) }
    return text
  }

  /// A relative path is relative to the file that names it, or to the current folder if `--set` does.
  func file(_ what: String) throws -> InputFile {
    let base =
      switch tree.place {
      case .file, .input, .configuration: folder
      case .sweep(let file, _): URL(fileURLWithPath: file).deletingLastPathComponent()
      case .override, .variation: URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
      }
    let name = try text(what)
    let url = name.hasPrefix("/") ? URL(fileURLWithPath: name) : base.appendingPathComponent(name)
    return InputFile(path: url.standardizedFileURL.path, keyPath: path)
  }

  func choice<Choice: RawRepresentable & CaseIterable>(_: Choice.Type) throws -> Choice
  where Choice.RawValue == String {
    let names = Choice.allCases.map(\.rawValue)
    // One of the names, so that it is a case.
    guard let choice = Choice(rawValue: try choice(among: names)) else {
      throw error(.outOfRange, allowed: names.joined(separator: ", "))
    }
    return choice
  }

  /// - Parameter owner: who has these names and no others.
  func choice(among names: [String], of owner: String? = nil) throws -> String {
    let allowed = names.joined(separator: ", ") + (owner.map { ", of \($0)" } ?? "")
    guard let word else { throw error(.wrongType, allowed: allowed) }
    guard names.contains(word) else {
      throw error(
        .outOfRange, allowed: allowed,
        suggestion: nearest(to: word, among: names).map { "did you mean \($0)?" })
    }
    return word
  }

  /// The scalar's text; nil for lists and maps.
  var word: String? {
    switch tree.content {
    case .plain(let text), .quoted(let text): text
    default: nil
    }
  }

  private var plainInteger: Int? {
    if case .plain(let text) = tree.content { Int(text) } else { nil }
  }
}

extension ConfigurationTree {
  /// Of a bare scalar in decimal notation: Swift alone would also read `nan`, `inf` and hexadecimal.
  var number: Double? {
    guard case .plain(let text) = content, text.utf8.allSatisfy(Self.isDecimal) else { return nil }
    return Double(text)
  }

  private static func isDecimal(_ byte: UInt8) -> Bool {
    switch Character(UnicodeScalar(byte)) {
    case "0"..."9", "+", "-", ".", "e", "E": true
    default: false
    }
  }
}

/// A file that a configuration names.
public struct InputFile: Hashable, Sendable {
  /// Absolute.
  public let path: String
  /// The key that names it, for messages; no part of the value.
  public let keyPath: String

  public init(path: String, keyPath: String) {
    self.path = path
    self.keyPath = keyPath
  }

  public static func == (left: Self, right: Self) -> Bool { left.path == right.path }
  public func hash(into hasher: inout Hasher) { hasher.combine(path) }

  var tree: ConfigurationTree { .text(path) }
}
