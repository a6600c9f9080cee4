import InductionModel
import Testing

@Suite struct ModelDefinitionTests {
  @Test func sharedWindows() throws {
    let model = try ModelDefinition(tokens: 3, window: 2, heads: 3, degree: 2)
    #expect((1...3).map { model.lags(ofHead: $0) } == [1...2, 1...2, 1...2])
    #expect(model.reach == 2)
    #expect((1...3).map { model.ownLag(ofHead: $0) } == [1, 2, nil])
    #expect(model.parameterCount == 3 * 2 + 7 + 1)
  }

  @Test func shiftedWindows() throws {
    let model = try ModelDefinition(tokens: 2, window: 2, heads: 3, degree: 1, variant: .referenceCode)
    #expect((1...3).map { model.lags(ofHead: $0) } == [1...2, 2...3, 3...4])
    #expect(model.reach == 4)
    #expect((1...3).map { model.ownLag(ofHead: $0) } == [1, 2, 3])
  }

  @Test func namesSayHeadAndLag() throws {
    let model = try ModelDefinition(tokens: 2, window: 2, heads: 2, degree: 2, variant: .referenceCode)
    #expect(
      model.parameterNames
        == ["w[1 1]", "w[1 2]", "w[2 2]", "w[2 3]", "c[]", "c[1]", "c[2]", "c[1 2]", "a"])
    #expect(model.attentionNames == Array(model.parameterNames.prefix(4)))
    #expect(model.coefficientNames == ["c[]", "c[1]", "c[2]", "c[1 2]"])
    #expect(model.attentionWeightNames.last == "sigma[2 3]" && model.shareNames.first == "p[]")
    #expect(model.parameterSpace.groups == [.attention, .coefficients, .scale])
    #expect(model.parameterSpace.latex[2] == "w^{(2)}_{2}")
  }

  @Test(arguments: [(1, 2, 2, 2), (2, 0, 2, 2), (2, 2, 0, 1), (2, 2, 2, 3), (2, 2, 65, 2), (2, 2, 60, 30)])
  func sizesThatCannotBe(sizes: (tokens: Int, window: Int, heads: Int, degree: Int)) {
    #expect(throws: ModelError.self) {
      try ModelDefinition(
        tokens: sizes.tokens, window: sizes.window, heads: sizes.heads, degree: sizes.degree)
    }
  }
}
