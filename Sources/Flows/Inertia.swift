/// The flow that descent with momentum follows: τ θ'' + θ' = −∇L.
///
/// The recursion v ← βv + ∇L, θ ← θ − ηv is θ_{n+1} − θ_n − β(θ_n − θ_{n−1}) = −η∇L(θ_n). With h = η/(1−β), the time of a
/// step, θ(t ± h) expanded about t gives (1−β)h θ' + (1+β)h²/2 θ'' + O(h³) = −η∇L, hence τ = (1+β)h/(2(1−β)). For β = 0 this
/// is, to the same order, the modified equation θ' = −∇L − (η/2) ∂²L ∇L.
///
/// At the start v = 0. Against a constant gradient the recursion then lags by ηβ/(1−β)² behind the flow, once the memory of
/// the start, β^n, has faded; the solution of the equation that starts with θ' = −κ∇L by (1−κ)τ, once e^{−t/τ} has. They agree
/// for κ = (1−β)/(1+β), so that the error at any later time is O(η²), at fixed β. Within the first few τ it is O(η).
///
/// Conditions: one constant rate, no clipping, a gradient of the whole loss.
public struct Inertia: Hashable, Sendable {
  /// η > 0.
  public let rate: Double
  /// β in 0..<1.
  public let momentum: Double

  public init(rate: Double, momentum: Double) {
    self.rate = rate
    self.momentum = momentum
  }

  /// h, what a step adds to time.
  public var timePerStep: Double { rate / (1 - momentum) }

  /// τ = η(1+β)/(2(1−β)²).
  public var relaxation: Double { rate * (1 + momentum) / (2 * (1 - momentum) * (1 - momentum)) }

  /// κ, the fraction of −∇L that the velocity begins with: (1−β)/(1+β).
  public var onset: Double { (1 - momentum) / (1 + momentum) }
}
