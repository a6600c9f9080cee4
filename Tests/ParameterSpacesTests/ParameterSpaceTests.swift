import ParameterSpaces
import Testing

@Suite struct ParameterSpaceTests {
  private let space = ParameterSpace([
    ParameterBlock(
      "w1", name: "w[1 #1]", latex: "w^{(1)}_{#1}", group: "attention",
      axes: [.init("j", labels: ["2", "3"])]),
    ParameterBlock(
      "w2", name: "w[2 #1]", latex: "w^{(2)}_{#1}", group: "attention",
      axes: [.init("j", labels: ["3", "4"])]),
    ParameterBlock("c_0", name: "c[]", latex: "c_0", group: "c", family: Self.family),
    ParameterBlock("c_1", name: "c[1]", latex: "c_1", group: "c", family: Self.family),
    ParameterBlock("a", name: "a", latex: "a", group: "scale"),
    ParameterBlock(
      "V", name: "V[#1 #2]", latex: "V_{#1#2}", group: "values", axes: [.counted("i", 2), .counted("k", 12)]),
  ])
  private static let family = ParameterBlock.Family("c", latex: "c_{#1}", letter: "S")

  @Test func namesAreInTheOrderOfTheFlatVector() {
    #expect(space.count == 31)
    #expect(
      space.names.prefix(8) == ["w[1 2]", "w[1 3]", "w[2 3]", "w[2 4]", "c[]", "c[1]", "a", "V[1 1]"])
    #expect(space.names.last == "V[2 12]")
    #expect(space.latex[1] == "w^{(1)}_{3}" && space.latex[30] == "V_{212}")
    #expect(space.blocks[0].latexOfTensor == "w^{(1)}" && space.blocks[5].latexOfEntry == "V_{ik}")
  }

  @Test func groupsAreRanges() {
    #expect(space.groups.map(\.rawValue) == ["attention", "c", "scale", "values"])
    #expect(space.range(of: "c") == 4..<6 && space.range(of: "other").isEmpty)
    #expect(space.components(of: ["scale", "attention"]) == [0, 1, 2, 3, 6])
  }

  @Test func quantitiesAreTensors() {
    #expect(space.stacks.map(\.name) == ["attention", "c", "scale", "values"])
    #expect(space.stacks.map(\.shape) == [[2, 2], [2], [1], [2, 12]])
    #expect(space.stacks.map(\.range) == [0..<4, 4..<6, 6..<7, 7..<31])
    let mixed = ParameterSpace([
      ParameterBlock("x", name: "x", latex: "x", group: "g"),
      ParameterBlock("y", name: "y[#1]", latex: "y", group: "g", axes: [.counted("i", 3)]),
    ])
    #expect(mixed.stacks.map(\.name) == ["x", "y"] && mixed.stacks.map(\.shape) == [[1], [3]])
    let ragged = ParameterSpace([
      ParameterBlock("t1", name: "t[1 #1]", latex: "t", group: "g", axes: [.counted("i", 2)]),
      ParameterBlock("t2", name: "t[2 #1]", latex: "t", group: "g", axes: [.counted("i", 3)]),
    ])
    #expect(ragged.stacks.map(\.shape) == [[5]])
  }

  @Test func orbitsAreTensorsAndFamilies() {
    let orbits = space.orbits
    #expect(orbits.map(\.name) == ["w[1 .]", "w[2 .]", "c", "V[. .]"])
    #expect(orbits.map(\.components) == [0..<2, 2..<4, 4..<6, 7..<31])
    #expect(orbits.map(\.blocks) == [0..<1, 1..<2, 2..<4, 5..<6])
    #expect(orbits[2].latex == "c_{S}" && orbits[3].letters == "i,k")
  }
}
