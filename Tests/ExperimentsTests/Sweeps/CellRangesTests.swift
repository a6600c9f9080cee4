import Experiments
import Testing

@Suite struct CellRangesTests {
  @Test(arguments: [
    ("3", "3"), ("3,7-9", "3,7-9"), ("7-9,3", "3,7-9"), ("1-3,4,6", "1-4,6"), ("2-5,3-9,9", "2-9"),
    ("5-5", "5"), ("007", "7"),
    ("9223372036854775806-9223372036854775807", "9223372036854775806-9223372036854775807"),
  ])
  func readsAndPrints(text: String, printed: String) throws {
    #expect(try #require(CellRanges(text)).description == printed)
  }

  @Test(arguments: [
    "", "0", "0-3", "9-7", "3,", ",3", "3,,4", "-3", "3-", "3--5", "1-2-3", "+3", "3 ,4", " 3", "3;4", "a",
    "1e3", "٣", "9223372036854775808", "1-9223372036854775808", "3.0",
  ])
  func refusesAnythingElse(text: String) {
    #expect(CellRanges(text) == nil)
  }

  /// Every pair of sets of 1...6 against the standard library's sets.
  @Test func agreesWithSets() {
    let sets = (0..<64).map { bits in Set((1...6).filter { bits >> ($0 - 1) & 1 == 1 }) }
    let compact = sets.map { CellRanges($0) }
    for (a, x) in zip(sets, compact) {
      #expect(Array(x) == a.sorted())
      #expect(x.count == a.count && x.isEmpty == a.isEmpty)
      #expect(a.isEmpty || CellRanges(x.description) == x)
      for (left, right) in zip(x.ranges, x.ranges.dropFirst()) {
        #expect(left.upperBound + 1 < right.lowerBound)
      }
      for cell in 1...7 {
        #expect(x.contains(cell) == a.contains(cell))
        var (inserted, compactInserted) = (a, x)
        #expect(compactInserted.insert(cell) == inserted.insert(cell).inserted)
        #expect(compactInserted == CellRanges(inserted))
      }
      for (b, y) in zip(sets, compact) {
        #expect(x.union(y) == CellRanges(a.union(b)))
        #expect(x.subtracting(y) == CellRanges(a.subtracting(b)))
        #expect(x.intersection(y) == CellRanges(a.intersection(b)))
      }
    }
  }

  @Test func theLargestIntegersDoNotOverflow() {
    let all = CellRanges(upTo: .max)
    #expect(all.count == .max)
    #expect(all.union(CellRanges([.max])) == all)
    #expect(all.subtracting(CellRanges([1, .max])).description == "2-9223372036854775806")
    var end = CellRanges([.max - 1])
    end.insert(.max)
    #expect(end.map { $0 } == [.max - 1, .max])
    #expect(CellRanges(upTo: 0).isEmpty && !CellRanges(upTo: 0).contains(0))
  }
}
