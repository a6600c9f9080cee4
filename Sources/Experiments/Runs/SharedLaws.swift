import Foundation
import InductionModel
import MarkovChains

/// The laws of an experiment's windows and S*, computed when first wanted, then shared by all who look at it.
final class SharedLaws: @unchecked Sendable {
  private let lock = NSLock()
  private var laws: WindowLaws?
  private var selected: SelectedSet?

  func laws(_ compute: () throws -> WindowLaws) throws -> WindowLaws {
    try lock.withLock {
      let found = try laws ?? compute()
      laws = found
      return found
    }
  }

  func selected(_ compute: () throws -> SelectedSet) throws -> SelectedSet {
    try lock.withLock {
      let found = try selected ?? compute()
      selected = found
      return found
    }
  }
}

extension Experiment {
  /// The laws of windows of all lags that the heads see.
  ///
  /// - Throws: `ConfigurationError` before anything large is allocated, or `ChainError`.
  public func windowLaws(threads: Int) throws -> WindowLaws {
    _ = try Resources(lawsOf: self)
    return try laws.laws { try WindowLaws(kernels: source.kernels, window: model.reach, threads: threads) }
  }

  /// S* with its gap.
  ///
  /// - Throws: as `windowLaws`, or `InformationError`.
  func selectedSet(threads: Int) throws -> SelectedSet {
    let laws = try windowLaws(threads: threads)
    return try self.laws.selected {
      try Information(laws, largest: min(model.degree, laws.window), threads: threads)
        .selectedSet(heads: model.heads, degree: model.degree)
    }
  }

  /// S*; nil where the laws of the windows do not exist, or are so large that nobody would wait for them.
  ///
  /// - Parameter interest: how much S* is worth.
  func selectedSet(worth interest: Interest, threads: Int) -> SelectedSet? {
    guard (try? Resources(lawsOf: self, memory: interest.bytes)) != nil else { return nil }
    return try? selectedSet(threads: threads)
  }

  /// How much it is worth to know S* where nothing depends on it.
  enum Interest {
    /// A line of a summary.
    case line
    /// The columns of a report.
    case report

    fileprivate var bytes: Int {
      switch self {
      case .line: 1 << 24
      case .report: 1 << 30
      }
    }
  }
}
