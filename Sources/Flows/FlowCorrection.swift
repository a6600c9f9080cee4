/// What a flow adds to f = −∇L to stand for descent with finite steps.
///
/// Plain gradient descent θ ← θ − η∇L follows, up to O(η²) in time Σ η instead of the flow's O(η), the flow of
/// `L + (η/4)‖∇L‖²`: θ' = −∇L − (η/2) ∂²L ∇L. Where only some groups train, gradient and Hessian are those of
/// these groups.
///
/// Conditions: one constant rate, no momentum, no clipping, a gradient of the whole loss. What batches add, noise of
/// variance O(η/B), is not in it.
///
/// Source: Hairer, Lubich, Wanner, *Geometric Numerical Integration*, IX.1; Barrett, Dherin, arXiv 2009.11162.
public enum FlowCorrection: Hashable, Sendable {
  case none
  /// The modified equation of gradient descent with this rate, > 0.
  case stepSize(rate: Double)
  /// The inertial flow of descent with momentum.
  case momentum(Inertia)
}
