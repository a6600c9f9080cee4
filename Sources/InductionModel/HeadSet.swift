/// A set of heads S ⊆ {1, ..., H}; also a set of lags, where a head stands for its own lag.
///
/// Sets are ordered by size, then lexicographically: ∅, {1}, {2}, {3}, {1,2}, {1,3}, {2,3}, ...
public struct HeadSet: Hashable, Sendable {
  /// Ascending, counted from 1.
  public let members: [Int]

  public init(_ members: some Sequence<Int>) {
    self.members = Set(members).sorted()
  }

  public static let empty = HeadSet([])

  public var count: Int { members.count }

  public func contains(_ head: Int) -> Bool { members.contains(head) }

  /// `1 2` for {1, 2}, the empty string for ∅: what stands between the brackets of `c[1 2]` and `p[]`.
  public var label: String { members.map(String.init).joined(separator: " ") }

  /// All subsets of {1, ..., heads} with at most `degree` members, in order. O(number of sets).
  public static func all(heads: Int, degree: Int) -> [HeadSet] {
    var sizes: [[[Int]]] = [[[]]]
    for size in stride(from: 1, through: min(heads, degree), by: 1) {
      let longer = sizes[size - 1].flatMap { prefix in
        ((prefix.last ?? 0) + 1..<heads + 1).map { prefix + [$0] }
      }
      sizes.append(longer)
    }
    return sizes.joined().map(HeadSet.init)
  }

  /// How many sets `all(heads:degree:)` gives, without building them; nil on overflow.
  public static func count(heads: Int, degree: Int) -> Int? {
    var (total, binomial) = (1, 1)
    for size in stride(from: 1, through: min(heads, degree), by: 1) {
      let (product, overflow) = binomial.multipliedReportingOverflow(by: heads - size + 1)
      guard !overflow else { return nil }
      binomial = product / size
      let (sum, tooLarge) = total.addingReportingOverflow(binomial)
      guard !tooLarge else { return nil }
      total = sum
    }
    return total
  }
}

extension HeadSet: Comparable {
  public static func < (left: HeadSet, right: HeadSet) -> Bool {
    left.count != right.count
      ? left.count < right.count : left.members.lexicographicallyPrecedes(right.members)
  }
}

extension HeadSet: CustomStringConvertible {
  public var description: String { "{\(members.map(String.init).joined(separator: ","))}" }
}
