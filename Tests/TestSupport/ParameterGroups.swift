import InductionModel
import ParameterSpaces

extension ParameterGroup {
  /// Of the disentangled model, in the order of its flat vector.
  public static let all: [ParameterGroup] = [.attention, .coefficients, .scale]
}
