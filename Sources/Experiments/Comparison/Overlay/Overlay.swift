import Foundation
import InductionModel
import Theory
import Transformer

/// One level of theory over training's seeds, on one time axis: t = Σ rate, over 1 − β with momentum.
///
/// Theory is known at every time at which a seed measured; times that not every seed reached are left
/// out.
public struct Overlay: Sendable {
  /// One quantity over time.
  public struct Curve: Sendable {
    /// As in trajectory.csv: `loss`, `a`, `p[1 2]`, `sigma[1 1]`.
    public let quantity: String
    public let points: [Point]
    public let discrepancy: Discrepancy
  }

  public struct Point: Sendable {
    public let time: Double
    public let theory: Double
    /// Over the seeds.
    public let mean: Double
    /// Sample standard deviation over the seeds; nil for one seed.
    public let deviation: Double?
    public let seeds: Int
    /// An error that all seeds share: of the loss, that of the held-out sequences; else 0.
    public let sharedError: Double

    /// Of the mean; nil for one seed.
    public var standardError: Double? {
      deviation.map { ($0 * $0 / Double(seeds) + sharedError * sharedError).squareRoot() }
    }
    public var difference: Double { mean - theory }
  }

  public let level: TheoryLevel
  public let curves: [Curve]
  /// What the models do not have in common: quantities, or single columns of quantities that both have.
  public let notCompared: NotCompared

  /// Time reached by both.
  public var end: Double { curves.first?.points.last?.time ?? 0 }
}

extension Overlay {
  /// A column that a seed's table may have: the standard error of its loss over the held-out sequences, which are the
  /// same for all seeds.
  static let heldOutError = "loss standard error"

  /// What is compared: loss, a, every p and every σ.
  public static func quantities(_ model: ModelDefinition) -> [String] {
    ["loss", ModelDefinition.scaleName] + model.shareNames + model.attentionWeightNames
  }

  /// - Parameters:
  ///   - theory: with a row at every time at which a seed measured, up to its end.
  ///   - seeds: at least one.
  ///   - model: of the theory.
  ///   - trained: what was trained; nil for the theory's own model.
  /// - Throws: `ConfigurationError` when they have no time in common.
  public init(
    _ level: TheoryLevel, theory: TrajectoryTable, seeds: [TrajectoryTable], model: ModelDefinition,
    trained: (any TrainableModel)? = nil
  ) throws {
    self.level = level
    notCompared = NotCompared(ObservedModel(theoryOf: model), trained.map(ObservedModel.init))
    let axis = TimeAxis(theory.times, seeds.map(\.times))
    guard axis.rows.count > 1 else {
      throw ConfigurationError(
        .conflict, at: .configuration, keyPath: "theory.stages",
        found: "no time after the start that theory and training have in common",
        allowed: "stages of both that reach beyond the first measurement of training")
    }
    curves = Self.quantities(model).compactMap { quantity in
      guard let exact = theory[quantity] else { return nil }
      let measured = seeds.compactMap { $0[quantity] }
      guard measured.count == seeds.count else { return nil }
      let shared = quantity == "loss" ? seeds.compactMap { $0[Self.heldOutError] } : []
      let points = axis.rows.map { row in
        Point(
          time: theory.times[row.theory], theory: exact[row.theory],
          values: row.seeds.map { measured[$0.seed][$0.row] },
          sharedError: shared.count == seeds.count
            ? row.seeds.map { shared[$0.seed][$0.row] }.reduce(0, +) / Double(seeds.count) : 0)
      }
      return Curve(quantity: quantity, points: points, discrepancy: Discrepancy(points))
    }
  }
}

extension Overlay.Point {
  fileprivate init(time: Double, theory: Double, values: [Double], sharedError: Double) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.init(
      time: time, theory: theory, mean: mean,
      deviation: values.count > 1 ? (squares / (count - 1)).squareRoot() : nil, seeds: values.count,
      sharedError: sharedError)
  }
}

/// Which rows of the tables stand at one time.
private struct TimeAxis {
  struct Row {
    var theory: Int
    var seeds: [(seed: Int, row: Int)] = []
  }

  private(set) var rows: [Row] = []

  init(_ theory: [Double], _ seeds: [[Double]]) {
    var places = seeds.map { _ in 0 }
    for (index, time) in theory.enumerated() {
      // Sums of rates carry rounding of their own.
      let tolerance = 1e-9 * max(1, time)
      var row = Row(theory: index)
      for seed in seeds.indices {
        while places[seed] < seeds[seed].count, seeds[seed][places[seed]] < time - tolerance {
          places[seed] += 1
        }
        if places[seed] < seeds[seed].count, abs(seeds[seed][places[seed]] - time) <= tolerance {
          row.seeds.append((seed, places[seed]))
        }
      }
      // A mean over other seeds than before would jump.
      if row.seeds.count == seeds.count { rows.append(row) }
    }
  }
}
