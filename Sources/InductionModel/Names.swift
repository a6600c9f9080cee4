/// The names of parameters and derived quantities as every file of ours writes them.
extension ModelDefinition {
  /// `w[h j]`: head, lag.
  public var attentionNames: [String] { Array(parameterNames[parameterSpace.range(of: .attention)]) }
  /// `c[S]`, as in `c[1 2]` and `c[]`.
  public var coefficientNames: [String] { Array(parameterNames[parameterSpace.range(of: .coefficients)]) }
  public static let scaleName = "a"
  /// Names of `Parameters.flat`, in its order.
  public var parameterNames: [String] { parameterSpace.names }

  /// `sigma[h j]`.
  public var attentionWeightNames: [String] {
    (1...heads).flatMap { head in lags(ofHead: head).map { "sigma[\(head) \($0)]" } }
  }
  /// `p[S]`.
  public var shareNames: [String] { sets.map { "p[\($0.label)]" } }
}
