/// The names of parameters and derived quantities as every file of ours writes them.
extension ModelDefinition {
  /// `w[h j]`: head, lag.
  public var attentionNames: [String] { perHeadAndLag("w") }
  /// `sigma[h j]`.
  public var attentionWeightNames: [String] { perHeadAndLag("sigma") }
  /// `c[S]`, as in `c[1 2]` and `c[]`.
  public var coefficientNames: [String] { sets.map { "c[\($0.label)]" } }
  /// `p[S]`.
  public var shareNames: [String] { sets.map { "p[\($0.label)]" } }
  public static let scaleName = "a"

  /// Names of `Parameters.flat`, in its order.
  public var parameterNames: [String] { attentionNames + coefficientNames + [Self.scaleName] }

  private func perHeadAndLag(_ symbol: String) -> [String] {
    (1...heads).flatMap { head in lags(ofHead: head).map { "\(symbol)[\(head) \($0)]" } }
  }
}
