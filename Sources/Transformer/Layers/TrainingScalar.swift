import Foundation

/// The two precisions that the passes are written for.
///
/// Parameters, optimizer state and sums over sequences are always double; this is the type of the activations.
public protocol TrainingScalar: BinaryFloatingPoint, Sendable {
  static func exp(_ x: Self) -> Self
  static func log(_ x: Self) -> Self
}

extension Double: TrainingScalar {
  public static func exp(_ x: Double) -> Double { Foundation.exp(x) }
  public static func log(_ x: Double) -> Double { Foundation.log(x) }
}

extension Float: TrainingScalar {
  public static func exp(_ x: Float) -> Float { Foundation.expf(x) }
  public static func log(_ x: Float) -> Float { Foundation.logf(x) }
}

/// `precision` of a run.
public enum Precision: String, CaseIterable, Hashable, Sendable {
  case double, float
}
