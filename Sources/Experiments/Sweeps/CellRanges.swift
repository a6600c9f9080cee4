/// A set of cells, counted from 1, as the ranges that it consists of: a million cells of a sweep that are all done
/// are one range.
///
/// Memory and, unless stated, time are O(ranges).
public struct CellRanges: Hashable, Sendable {
  /// Ascending, disjoint and not even adjacent, so that equal sets have equal ranges.
  public private(set) var ranges: [ClosedRange<Int>] = []

  public init() {}

  /// The cells 1...count; none for 0.
  public init(upTo count: Int) {
    if count > 0 { ranges = [1...count] }
  }

  /// In any order, each as often as it likes; all at least 1. O(n log n).
  public init(_ cells: some Sequence<Int>) {
    for cell in cells.sorted() { append(cell...cell) }
  }

  /// `3,7-9`, in any order; nil for anything else, such as an empty text, a range that is reversed, 0, or a number
  /// beyond the largest integer. O(n log n).
  public init?(_ text: String) {
    var read: [ClosedRange<Int>] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map(Self.cell)
      guard let first = ends[0], let last = ends[ends.count - 1], first <= last else { return nil }
      read.append(first...last)
    }
    for range in read.sorted(by: { $0.lowerBound < $1.lowerBound }) { append(range) }
  }

  /// Digits alone: Swift alone would also read a sign.
  private static func cell(_ text: Substring) -> Int? {
    guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
    return Int(text).flatMap { $0 > 0 ? $0 : nil }
  }

  /// Adds a range that begins at or behind the beginning of the last one.
  private mutating func append(_ range: ClosedRange<Int>) {
    precondition(range.lowerBound > 0, "cells are counted from 1")
    guard let last = ranges.last, range.lowerBound - 1 <= last.upperBound else {
      ranges.append(range)
      return
    }
    ranges[ranges.count - 1] = last.lowerBound...Swift.max(last.upperBound, range.upperBound)
  }
}

extension CellRanges {
  public var isEmpty: Bool { ranges.isEmpty }

  /// How many cells; it cannot overflow, as all are above 0.
  public var count: Int { ranges.reduce(0) { $0 + $1.count } }

  /// O(log ranges).
  public func contains(_ cell: Int) -> Bool {
    let place = firstRange(endingAtOrAfter: cell)
    return place < ranges.count && ranges[place].lowerBound <= cell
  }

  /// - Parameter cell: at least 1.
  /// - Returns: whether it is new. O(log ranges), and O(ranges) where a range begins or two become one.
  @discardableResult
  public mutating func insert(_ cell: Int) -> Bool {
    precondition(cell > 0, "cells are counted from 1")
    let place = firstRange(endingAtOrAfter: cell - 1)
    guard place < ranges.count, ranges[place].lowerBound - 1 <= cell else {
      ranges.insert(cell...cell, at: place)
      return true
    }
    let range = ranges[place]
    if range.contains(cell) { return false }
    guard cell > range.upperBound else {
      ranges[place] = cell...range.upperBound
      return true
    }
    let next = place + 1
    if next < ranges.count, ranges[next].lowerBound - 1 == cell {
      ranges[place] = range.lowerBound...ranges[next].upperBound
      ranges.remove(at: next)
    } else {
      ranges[place] = range.lowerBound...cell
    }
    return true
  }

  /// The cells of either. O(ranges of both).
  public func union(_ other: Self) -> Self {
    var (result, left, right) = (Self(), ranges[...], other.ranges[...])
    while let a = left.first, let b = right.first {
      if a.lowerBound <= b.lowerBound {
        result.append(a)
        left.removeFirst()
      } else {
        result.append(b)
        right.removeFirst()
      }
    }
    for range in left + right { result.append(range) }
    return result
  }

  /// The cells that are not among the other's. O(ranges of both).
  public func subtracting(_ other: Self) -> Self {
    var (result, holes) = (Self(), other.ranges[...])
    for range in ranges {
      var lower: Int? = range.lowerBound
      while let start = lower, let hole = holes.first, hole.lowerBound <= range.upperBound {
        if hole.lowerBound > start { result.append(start...hole.lowerBound - 1) }
        guard hole.upperBound < range.upperBound else {
          // It may reach into the next range too.
          lower = nil
          break
        }
        lower = Swift.max(start, hole.upperBound + 1)
        holes.removeFirst()
      }
      if let lower { result.append(lower...range.upperBound) }
    }
    return result
  }

  /// The cells of both. O(ranges of both).
  public func intersection(_ other: Self) -> Self { subtracting(subtracting(other)) }

  /// Binary search; the number of ranges where there is none.
  private func firstRange(endingAtOrAfter cell: Int) -> Int {
    var (low, high) = (0, ranges.count)
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < cell { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// Ascending.
extension CellRanges: Sequence {
  public struct Iterator: IteratorProtocol {
    fileprivate var ranges: ArraySlice<ClosedRange<Int>>
    private var last: Int?

    fileprivate init(_ ranges: [ClosedRange<Int>]) { self.ranges = ranges[...] }

    public mutating func next() -> Int? {
      guard let range = ranges.first else { return nil }
      let cell = last.map { $0 + 1 } ?? range.lowerBound
      last = cell
      if cell == range.upperBound {
        ranges.removeFirst()
        last = nil
      }
      return cell
    }
  }

  public func makeIterator() -> Iterator { Iterator(ranges) }
  public var underestimatedCount: Int { count }
}

/// `3,7-9`, as it is read; empty for the empty set.
extension CellRanges: CustomStringConvertible {
  public var description: String {
    ranges.map { range in
      range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
    }.joined(separator: ",")
  }
}
