import InductionModel
import Testing

@Suite struct HeadSetTests {
  @Test func setsComeBySizeThenLexicographically() {
    let labels = HeadSet.all(heads: 3, degree: 2).map(\.label)
    #expect(labels == ["", "1", "2", "3", "1 2", "1 3", "2 3"])
  }

  @Test(arguments: 1...10, 1...10)
  func countAgreesWithEnumeration(heads: Int, degree: Int) {
    let sets = HeadSet.all(heads: heads, degree: degree)
    #expect(HeadSet.count(heads: heads, degree: degree) == sets.count)
    #expect(sets == sets.sorted())
    #expect(Set(sets).count == sets.count)
  }
}
