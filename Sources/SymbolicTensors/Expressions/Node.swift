/// One vertex of the shared expression graph. Children are positions in the graph's arena and always lie
/// before their parent, so ascending positions are a topological order and every traversal is a loop.
enum Node: Hashable {
  case number(Number)
  /// A symbol's entry; one index an axis, an index may repeat.
  case symbol(Symbol, [Index])
  /// 1 where the two indices agree, 0 elsewhere; first < second.
  case delta(Index, Index)
  /// Σ coefficient·child; children ascending and distinct, no coefficient 0; a constant multiplies `one`.
  case sum([Term])
  /// Π base^exponent; bases ascending and distinct; never a plain base¹.
  case product([Factor])
  case function(Function, NodeID)
  /// The largest of several, ascending and distinct: what is taken from exponents so that none overflows. Nothing
  /// that is computed with it depends on it, so that derivatives take it as a constant.
  case largest([NodeID])
  /// exp(child)/Σ_index exp(child): has the child's free indices.
  case softmax(NodeID, over: Index)
  /// Σ over the indices (ascending, all free in the child).
  case contraction([Index], NodeID)
}

typealias NodeID = Int32

struct Term: Hashable {
  let coefficient: Number
  let node: NodeID
}

struct Factor: Hashable {
  let base: NodeID
  let exponent: Number
}

/// A function of one argument, applied element by element.
public enum Function: Hashable, Sendable {
  case exp
  case log
  case absolute
  /// −1, 0 or 1.
  case sign
  /// max(x, 0).
  case rectifier
  /// 1 where x > 0, else 0.
  case step
  /// x^exponent, and 0 where x = 0: the convention 0/0 = 0 for norms of vectors that may vanish.
  case guardedPower(Number)
}
