/// A set of lags, counted from 1.
///
/// Sets are ordered by size, then lexicographically: ∅, {1}, {2}, {3}, {1,2}, {1,3}, {2,3}, ...
public struct LagSet: Hashable, Sendable {
  /// Ascending.
  public let members: [Int]

  public init(_ members: some Sequence<Int>) {
    self.members = Set(members).sorted()
  }

  public static let empty = LagSet([])

  public var count: Int { members.count }

  /// `1 2` for {1, 2}, the empty string for ∅: what stands between the brackets of `p[1 2]`.
  public var label: String { members.map(String.init).joined(separator: " ") }

  /// All subsets of {1, ..., window} with at most `largest` members, in order.
  public static func all(window: Int, largest: Int) -> [LagSet] {
    var sizes: [[[Int]]] = [[[]]]
    for size in stride(from: 1, through: min(window, largest), by: 1) {
      sizes.append(
        sizes[size - 1].flatMap { prefix in
          stride(from: (prefix.last ?? 0) + 1, through: window, by: 1).map { prefix + [$0] }
        })
    }
    return sizes.joined().map(LagSet.init)
  }

  /// How many sets `all(window:largest:)` gives, without building them; nil on overflow.
  static func count(window: Int, largest: Int) -> Int? {
    var (total, binomial) = (1, 1)
    for size in stride(from: 1, through: min(window, largest), by: 1) {
      let (product, overflow) = binomial.multipliedReportingOverflow(by: window - size + 1)
      guard !overflow else { return nil }
      binomial = product / size
      let (sum, tooLarge) = total.addingReportingOverflow(binomial)
      guard !tooLarge else { return nil }
      total = sum
    }
    return total
  }
}

extension LagSet: Comparable {
  public static func < (left: LagSet, right: LagSet) -> Bool {
    left.count != right.count
      ? left.count < right.count : left.members.lexicographicallyPrecedes(right.members)
  }
}

extension LagSet: CustomStringConvertible {
  public var description: String { "{\(members.map(String.init).joined(separator: ","))}" }
}
