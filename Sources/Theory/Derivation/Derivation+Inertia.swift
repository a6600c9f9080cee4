import Flows
import SymbolicTensors

extension Derivation {
  /// The derivation of the inertial flow, with what it is.
  ///
  /// - Parameter gradient: ∇L at the start, in the order of the state.
  public func with(_ inertia: Inertia, gradient: [Double]) -> Derivation {
    let written = system.withInertia(
      relaxation: inertia.relaxation, velocity: gradient.map { -inertia.onset * $0 }, notation: notation,
      states: states)
    var document = document
    document.add(.heading("Momentum"))
    document.add(.text(Self.explanation(inertia)))
    return Derivation(
      document: document, system: written.system, notation: written.notation, states: written.states)
  }

  private static func explanation(_ inertia: Inertia) -> String {
    "Descent with momentum, $v\\leftarrow\\beta v+\\nabla L$ and $\\theta\\leftarrow\\theta-\\eta v$, follows "
      + "$\\tau\\ddot\\theta+\\dot\\theta=-\\partial L/\\partial\\theta$ with $\\tau=\\eta(1+\\beta)/(2(1-\\beta)^2)$, up to "
      + "$O(\\eta^2)$ on the time $\\eta/(1-\\beta)$ a step; here $\\eta=\(inertia.rate)$, $\\beta=\(inertia.momentum)$, "
      + "$\\tau=\(inertia.relaxation)$. As a system of first order $\\dot\\theta=u$, "
      + "$\\dot u=-(\\partial L/\\partial\\theta+u)/\\tau$, with $-\\partial L/\\partial\\theta$ the flow above. From rest it "
      + "starts with $u=-\\frac{1-\\beta}{1+\\beta}\\partial L/\\partial\\theta$, so that it lags behind the flow as the "
      + "descent does. It conserves the sums above, not sums of squares."
  }
}
