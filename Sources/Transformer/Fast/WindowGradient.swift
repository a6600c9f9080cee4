/// The loss's derivatives by what the rows of windows read, as a task leaves them.
struct WindowGradient {
  /// By v of the keys, [H][d][row].
  var dv: [Double]
  /// By v of the queries, [H][d][stride]; empty where these are among the keys' windows.
  var dquery: [Double]
  /// By p, [set].
  var dshares: [Double]
  /// By the inverse feature norms, [stride]; empty where there are none.
  var dinverse: [Double]
  /// By a.
  var dscale: Double

  /// Numbers of all.
  static func width(of plan: WindowPlan) -> Int { counts(plan).reduce(1, +) }

  /// - Parameter row: dv, dquery, dp, dinverse, da.
  init(row: [Double], plan: WindowPlan) {
    var rest = row[...]
    let parts = Self.counts(plan).map { count in
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
    (dv, dquery, dshares, dinverse) = (parts[0], parts[1], parts[2], parts[3])
    dscale = rest.first ?? 0
  }

  private static func counts(_ plan: WindowPlan) -> [Int] {
    let shape = plan.shape
    let features = shape.heads * shape.tokens
    return [
      features * plan.row, plan.each > 0 ? features * plan.stride : 0, shape.sets,
      shape.featureNorm == .feature ? plan.stride : 0,
    ]
  }
}
