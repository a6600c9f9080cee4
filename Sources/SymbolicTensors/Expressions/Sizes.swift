/// Sizes multiply and add up to `Int.max` and stay there: what is that large fits no limit, and is refused by whoever
/// compares it with one, instead of ending the program.
extension Int {
  func saturatingTimes(_ other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }

  func saturatingPlus(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}

extension Sequence<Int> {
  /// Of sizes, which are not negative.
  var saturatingProduct: Int { reduce(1) { $0.saturatingTimes($1) } }
}

extension [Index] {
  /// Number of elements of a dense array on these indices, at most `Int.max`.
  var size: Int { lazy.map(\.extent).saturatingProduct }
}

extension ExpressionGraph {
  /// Number of entries of a symbol, at most `Int.max`.
  public func size(of symbol: Symbol) -> Int { shape(of: symbol).saturatingProduct }
}
