import Foundation

/// The cells, each from its number alone.
extension SweepDefinition {
  /// Key paths that are varied, in the order of the axes.
  public var keys: [String] { axes.flatMap { $0.paths.map(\.description) } }

  /// `keys` without those of seeds axes: what is left when means over seeds are taken.
  public var meanKeys: [String] { axes.filter { !$0.isSeeds }.flatMap { $0.paths.map(\.description) } }

  /// How many different combinations of `meanKeys` there are.
  public var meanCount: Int { axes.filter { !$0.isSeeds }.reduce(1) { $0 * $1.count } }

  /// The combination of `meanKeys` that a cell has, in 1...meanCount; cells that differ in seeds share it. O(axes).
  public func mean(ofCell cell: Int) -> Int {
    axes.indices.reduce(0) { number, axis in
      axes[axis].isSeeds ? number : number * axes[axis].count + point(of: axis, inCell: cell)
    } + 1
  }

  /// The values of `keys`, as YAML on one line. O(axes).
  ///
  /// - Parameter cell: in 1...count.
  public func values(ofCell cell: Int) -> [(key: String, value: String)] {
    settings(ofCell: cell).map { ("\($0.path)", $0.value.line) }
  }

  /// The cell's configuration. O(axes + keys of the configuration).
  ///
  /// - Throws: `ConfigurationError` with the place of what is wrong: in the sweep, in its base, or, for what adds up
  ///   from several keys, with the cell's values.
  public func configuration(ofCell cell: Int) throws -> Configuration {
    let settings = settings(ofCell: cell)
    do {
      var tree = base
      // The architecture first: others reach into its defaults.
      let model = settings.filter { $0.path.isOfModel } + settings.filter { !$0.path.isOfModel }
      for (path, value) in model { try tree.set(value, at: path, Configuration.defaults(for: tree)) }
      return try Configuration(tree, folder: folder, defaultName: name, relative: firstCell)
    } catch let error as ConfigurationError where error.place == .configuration && !settings.isEmpty {
      let values = settings.map { "\($0.path)=\($0.value.line)" }.joined(separator: ", ")
      throw ConfigurationError(
        error.kind, at: error.place, keyPath: error.keyPath, found: error.found, allowed: error.allowed,
        suggestion: (error.suggestion.map { "\($0); " } ?? "") + "found in the cell \(values)")
    }
  }

  /// Resolves every value of every axis once, the other axes at their first: what is wrong with a key or a value, or cannot
  /// be compared, is found before anything is run. O(sum of the axes).
  ///
  /// - Throws: as `configuration(ofCell:)`.
  public func check() throws {
    try check(cell: 1)
    for axis in axes.indices {
      for point in 1..<axes[axis].count { try check(cell: self.cell(at: point, of: axis)) }
    }
  }

  private func check(cell: Int) throws {
    let configuration = try configuration(ofCell: cell)
    switch work {
    case .integrate: return
    case .train: _ = try configuration.trainingSection
    case .compare: try configuration.checkComparable(request.levels ?? [configuration.theory.level])
    case .duel:
      guard configuration.training != nil else { return }
      try configuration.checkComparable([configuration.theory.level])
    }
  }

  /// The cell of a point of one axis where the others are at their first.
  func cell(at point: Int, of axis: Int) -> Int { 1 + point * strides[axis] }

  private func point(of axis: Int, inCell cell: Int) -> Int { (cell - 1) / strides[axis] % axes[axis].count }

  private func settings(ofCell cell: Int) -> [(path: ConfigurationPath, value: ConfigurationTree)] {
    precondition((1...count).contains(cell), "cells are counted from 1 to the sweep's count")
    return axes.indices.flatMap { axis in
      zip(axes[axis].paths, axes[axis][point(of: axis, inCell: cell)]).map { ($0, $1) }
    }
  }
}
