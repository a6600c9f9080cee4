/// A tensor that an expression names: its numbers are given when the expression is evaluated.
public struct Symbol: Hashable, Sendable {
  let id: Int32
}

/// What a symbol stands for.
public enum SymbolRole: Hashable, Sendable {
  /// What is differentiated by and moved by a flow.
  case parameter
  /// Known numbers that stay.
  case coefficient
  /// Anything else that is given at each evaluation, such as time or a direction.
  case variable
}

/// What a symbol's sum over one axis is known to be.
public enum Marginal: Hashable, Sendable {
  /// 1 for every value of the remaining axes.
  case one
  /// Another symbol on the remaining axes, in their order.
  case symbol(Symbol)
}

/// A symbol's declaration.
struct SymbolDeclaration {
  let name: String
  let latex: String
  let role: SymbolRole
  /// Extent of each axis.
  let shape: [Int]
  /// Known sums, by axis.
  var marginals: [Int: Marginal] = [:]
}
