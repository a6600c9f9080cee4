import Foundation
import InductionModel
import MarkovChains

/// What counts as having reached the limiting model.
public struct LimitThresholds: Hashable, Sendable {
  /// The largest mean total variation between the model and its induction head at the training length.
  public var totalVariation = 0.05
  /// The least share of a set that has won, and the least weight of its heads' own lags.
  public var share = 0.95
  public var attention = 0.95
  /// a stands still when it changes by less than this between half the time and the end.
  public var scaleChange = 0.02
  /// The largest relative change of C = Σ c² (`square`), which the flow conserves.
  public var drift = 0.05

  public init() {}

  var json: JSON {
    .object([
      "total_variation": .number(totalVariation), "share": .number(share), "attention": .number(attention),
      "scale_change": .number(scaleChange), "drift": .number(drift),
    ])
  }
}

extension LimitThresholds {
  /// nil for a JSON that is none.
  init?(_ json: JSON) {
    let keys = ["total_variation", "share", "attention", "scale_change", "drift"]
    let numbers = keys.compactMap { json[$0]?.double }
    guard numbers.count == keys.count else { return nil }
    (totalVariation, share, attention) = (numbers[0], numbers[1], numbers[2])
    (scaleChange, drift) = (numbers[3], numbers[4])
  }
}

/// Whether a run ended in GIH(S*), and if not, why.
public enum LimitVerdict: Hashable, Sendable {
  case reached
  case failed([Reason])

  public enum Reason: Hashable, Sendable {
    /// The model is nearest to another set's induction head and has a share of at least the threshold on it.
    case wrongSet(LagSet)
    /// p, σ or a still move towards the limit.
    case notConverged(share: Double, attention: Double, scale: Double)
    /// p and σ have arrived and a stands still at a finite value.
    case finiteContextFloor(scale: Double)
    /// C has changed by this fraction.
    case stepTooLarge(drift: Double)
    /// The same in training with momentum, which the flow leaves out.
    case inertia(drift: Double)
    /// The flow went on where its level of theory does not hold.
    case outsideRange(RangeReport)
    /// There is no S* to compare with.
    case unknownSet
  }
}

extension LimitVerdict.Reason: CustomStringConvertible {
  public var description: String {
    func brief(_ value: Double) -> String { String(format: "%.3g", value) }
    return switch self {
    case .wrongSet(let set): "the set \(set) won"
    case .notConverged(let share, let attention, let scale):
      "not yet converged: p = \(brief(share)), least own weight \(brief(attention)), a = \(brief(scale))"
    case .finiteContextFloor(let scale): "finite-context floor: a stands still at \(brief(scale))"
    case .stepTooLarge(let drift): "step too large: C has changed by \(brief(100 * drift)) %"
    case .inertia(let drift):
      "momentum: C, which the flow conserves, has changed by \(brief(100 * drift)) %; theory.correction=momentum has "
        + "the inertia"
    case .outsideRange(let range): "\(range)"
    case .unknownSet: "S* is unknown: the windows have no stationary laws, or too large ones"
    }
  }

  var name: String {
    switch self {
    case .wrongSet: "wrong-set"
    case .notConverged: "not-converged"
    case .finiteContextFloor: "finite-context-floor"
    case .stepTooLarge: "step-too-large"
    case .inertia: "inertia"
    case .outsideRange: "outside-range"
    case .unknownSet: "unknown-set"
    }
  }
}

extension LimitVerdict: CustomStringConvertible {
  public var description: String {
    switch self {
    case .reached: "reached"
    case .failed(let reasons): reasons.map(\.description).joined(separator: "; ")
    }
  }

  var json: JSON {
    switch self {
    case .reached: .object(["reached": .boolean(true), "reasons": .array([])])
    case .failed(let reasons):
      .object([
        "reached": .boolean(false), "reasons": .array(reasons.map { .string($0.name) }),
        "explanation": .string(description),
      ])
    }
  }
}
