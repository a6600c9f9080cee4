/// A picture and the numbers behind it: everything that a figure is stands in one value, so that a figure more is one file in
/// `Catalogue/` and one entry in `Figures.all`.
public protocol Figure: Sendable {
  /// Of its folder: words in lower case, joined by hyphens.
  var name: String { get }
  /// A heading.
  var title: String { get }
  /// What it shows, in two sentences of Markdown.
  var caption: String { get }
  /// What is run, as YAML: a sweep or a configuration, with the base in it.
  func configuration(_ extent: FigureExtent) -> String
  /// Makes the numbers, the same ones for any number of threads.
  ///
  /// - Returns: the tables, always of the same names and columns.
  /// - Throws: `RunFailure` when interrupted, or where a run fails.
  func tables(in workshop: FigureWorkshop) throws -> [FigureTable]
  /// The Python that draws it on `fig`. Every table is there, as a data frame of the table's name; so are `np`, `pd` and `plt`.
  var drawing: String { get }
}

/// How much of a figure is made.
public enum FigureExtent: String, Sendable {
  case full
  /// The same tables with fewer and smaller runs: to see that all goes well.
  case quick
}

/// The figures that there are.
public enum Figures {
  /// In the order of the gallery.
  public static let all: [any Figure] = [
    StagedTraining.threeStages, StagedTraining.simultaneous, StagedTraining.twoStages, ReleasedCode(),
    InformationOverPrior(), LengthsAndPriors(), BaselinesAndAblations(), OrdersOfTheLadder(),
    WinnersOverStarts(), SelectionTimes(),
    LaterStages(), SelectionOverScale(), InductionHeadAtWork(), SharpnessAlongTheFlow(),
    WorkAgainstPrecision(),
  ]

  /// - Parameter names: none for all. A figure that is named twice is made once.
  /// - Throws: `FigureError.unknown`.
  public static func named(_ names: [String]) throws(FigureError) -> [any Figure] {
    for name in names where !all.contains(where: { $0.name == name }) {
      throw .unknown(name, known: all.map(\.name))
    }
    return names.isEmpty ? all : all.filter { names.contains($0.name) }
  }
}

/// What stands in the way of a figure.
public enum FigureError: Error, Equatable, Sendable {
  case unknown(String, known: [String])
  /// A file or folder that this program has not made stands where a figure's would.
  case foreign(String)
}

extension FigureError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknown(let name, let known):
      "figures: found \(name), allowed: \(known.joined(separator: ", "))"
        + (nearest(to: name, among: known).map { "; did you mean \($0)?" } ?? "")
    case .foreign(let path):
      "\(path): found something that inflow figures has not made; allowed: a folder for figures alone; choose another --out, "
        + "or --force to overwrite it"
    }
  }
}
