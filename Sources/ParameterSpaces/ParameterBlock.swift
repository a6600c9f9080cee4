import Foundation

/// A tensor of parameters, its numbers row-major, or a scalar.
public struct ParameterBlock: Hashable, Sendable {
  /// What the numbers along one axis stand for.
  public struct Axis: Hashable, Sendable {
    /// The index's letter in equations.
    public let letter: String
    /// One a place, as names write it.
    public let labels: [String]

    public init(_ letter: String, labels: [String]) {
      self.letter = letter
      self.labels = labels
    }

    /// Places 1...count.
    public static func counted(_ letter: String, _ count: Int) -> Axis {
      Axis(letter, labels: (1...max(count, 1)).map(String.init))
    }
  }

  /// Scalars that are one quantity over places of their own, such as c_S over the sets S.
  public struct Family: Hashable, Sendable {
    /// In names, such as `c`.
    public let name: String
    /// `#1` for the letter.
    public let latex: String
    public let letter: String

    public init(_ name: String, latex: String, letter: String) {
      (self.name, self.latex, self.letter) = (name, latex, letter)
    }
  }

  /// Of the tensor in expressions and exported sources: a letter, then letters, digits and `_`.
  public let symbol: String
  /// Of an entry in files; `#1`, `#2`, ... for the axes' labels.
  public let name: String
  /// Of an entry in equations; `#1`, `#2`, ... for indices or labels.
  public let latex: String
  public let group: ParameterGroup
  /// None for a scalar.
  public let axes: [Axis]
  public let family: Family?

  public init(
    _ symbol: String, name: String, latex: String, group: ParameterGroup, axes: [Axis] = [],
    family: Family? = nil
  ) {
    (self.symbol, self.name, self.latex, self.group) = (symbol, name, latex, group)
    (self.axes, self.family) = (axes, family)
  }

  public var shape: [Int] { axes.map(\.labels.count) }
  public var count: Int { shape.reduce(1, *) }
  public var isScalar: Bool { axes.isEmpty }

  /// The whole tensor's, where its indices are one subscript: `w^{(1)}` of `w^{(1)}_{#1}`.
  public var latexOfTensor: String {
    latex.range(of: "_{#").map { String(latex[..<$0.lowerBound]) } ?? latex
  }

  /// With the axes' letters for indices: `w^{(1)}_{j}`.
  public var latexOfEntry: String { Self.fill(latex, axes.map(\.letter)) }

  /// Of every entry.
  public var names: [String] { places.map { Self.fill(name, $0) } }
  var latexOfEntries: [String] { places.map { Self.fill(latex, $0) } }

  /// Labels of every entry.
  private var places: [[String]] {
    axes.reduce([[]]) { places, axis in places.flatMap { place in axis.labels.map { place + [$0] } } }
  }

  /// From the last, so that `#12` is not taken for `#1`.
  static func fill(_ template: String, _ places: [String]) -> String {
    places.indices.reversed().reduce(template) { $0.replacing("#\($1 + 1)", with: places[$1]) }
  }
}
