/// A named index of tensor expressions with a fixed extent.
///
/// Indices are ordered by creation. Arrays are stored with their indices in this order, the last one fastest,
/// so create first what should vary slowest.
public struct Index: Hashable, Sendable {
  /// Position in its graph's list of indices.
  let id: Int32
  /// Values are 0..<extent.
  public let extent: Int
}

extension Index: Comparable {
  public static func < (left: Index, right: Index) -> Bool { left.id < right.id }
}

/// What an index is called where it is printed.
struct IndexName {
  let text: String
  let latex: String
  /// Which of its graph's families it belongs to: an index and its copies.
  let family: Int32
}
