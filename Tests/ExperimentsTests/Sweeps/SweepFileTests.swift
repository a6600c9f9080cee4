import Experiments
import Foundation
import Testing

@Suite struct SweepFileTests {
  private static let text = """
    base: bases/own.yaml
    run: train
    set: {theory.level: leading-order, training.seeds: [1]}
    axes:
      - {key: initial, list: [{parameters: a.json}, {parameters: sub/b.json}, {own: 2}]}
      - zip: [{key: loss.epsilon, log: {from: 0.001, to: 1, points: 4}}, {key: name, list: [p, q, r, s]}]
      - sobol: {points: 3, keys: {source.prior.dirichlet: {from: 0.1, to: 10, scale: log}}}
      - random: {points: 2, seed: 4, keys: {training.context: {from: 10, to: 30, round: integer}}}
      - seeds: {key: source.prior.seed, count: 2}
    collect: {share: 'shares.[1 2]', a: parameters.scale, loss: loss}
    """

  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder["bases"], withIntermediateDirectories: true)
    try Data("\(minimal)\ntheory: {sequences: {file: s.csv}}".utf8)
      .write(to: URL(fileURLWithPath: folder["bases/own.yaml"]))
    try FileManager.default.createDirectory(atPath: folder["sub"], withIntermediateDirectories: true)
    for (name, text) in [("a.json", "a"), ("sub/b.json", "b"), ("bases/s.csv", "s")] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: folder[name]))
    }
    try Data(Self.text.utf8).write(to: URL(fileURLWithPath: folder["sweep.yaml"]))
    return folder
  }

  @Test func relativePathsBelongToTheFileThatNamesThem() throws {
    let folder = try folder()
    let sweep = try SweepDefinition(contentsOf: folder["sweep.yaml"])
    let last = sweep.count
    #expect(sweep.work == .train)
    #expect(last == 3 * 4 * 3 * 2 * 2)
    #expect(
      try sweep.configuration(ofCell: 1).inputs.map(\.path).sorted() == [
        folder["a.json"], folder["bases/s.csv"],
      ])
    #expect(
      try sweep.configuration(ofCell: last / 3 + 1).inputs.map(\.path).sorted()
        == [folder["bases/s.csv"], folder["sub/b.json"]])
    #expect(
      try sweep.configuration(ofCell: last).initial
        == .values(["own": 2, "other": 0, "coefficients": 1, "scale": 0.01]))
  }

  @Test func theResolvedSweepMeansTheSameFromAnywhere() throws {
    let folder = try folder()
    let sweep = try SweepDefinition(contentsOf: folder["sweep.yaml"])
    let resolved = try sweep.yaml()
    let again = try SweepDefinition(yaml: resolved, named: "/elsewhere/sweep.yaml")
    #expect(again.count == sweep.count && again.keys == sweep.keys && again.work == sweep.work)
    #expect(again.quantities.map(\.name) == sweep.quantities.map(\.name))
    #expect(again.quantities.map(\.path) == sweep.quantities.map(\.path))
    #expect(again.axes.map(\.isSeeds) == sweep.axes.map(\.isSeeds))
    for cell in 1...sweep.count {
      #expect(try again.configuration(ofCell: cell) == sweep.configuration(ofCell: cell))
    }
    #expect(try again.yaml() == resolved)
    #expect(try again.contentIdentity() == sweep.contentIdentity())
  }

  @Test func theNameOfTheBaseStays() throws {
    let folder = try TemporaryFolder()
    try Data(minimal.utf8).write(to: URL(fileURLWithPath: folder["small.yaml"]))
    let axes = [try SweepAxis("initial.scale=[0.1, 1]")]
    let sweep = try SweepDefinition(base: folder["small.yaml"], overrides: [], work: .integrate, axes: axes)
    #expect(try sweep.configuration(ofCell: 2).name == "small")
    let again = try SweepDefinition(yaml: sweep.yaml(), named: "/elsewhere/sweep.yaml")
    #expect(try again.configuration(ofCell: 2) == sweep.configuration(ofCell: 2))
  }

  @Test func identityIsThatOfTheCells() throws {
    func identity(_ axes: String, _ rest: String = "") throws -> String {
      try sweep(axes, rest).contentIdentity().hash
    }
    let own = try identity("axes: [{key: initial.own, list: [1, 2, 3]}]")
    #expect(try own == identity("axes: [{key: initial.own, linear: {from: 1, to: 3, points: 3}}]"))
    #expect(
      try own
        == identity("axes: [{key: initial.own, list: [1.0, 2e0, 3]}]", "set: {name: x, loss.epsilon: 0}"))
    #expect(try own == identity("axes: [{key: initial.own, list: [1, 2, 3]}]\ncollect: {loss: loss}"))
    let others = try [
      identity("axes: [{key: initial.own, list: [1, 3, 2]}]"),
      identity("axes: [{key: initial.own, list: [1, 2]}]"),
      identity("axes: [{key: initial.other, list: [1, 2, 3]}]"),
      identity("axes: [{key: initial.own, list: [1, 2, 3]}]", "set: {loss.epsilon: 1}"),
    ]
    #expect(Set(others + [own]).count == 5)
  }

  @Test func contentsOfFilesAreInTheIdentity() throws {
    let (one, two) = (try folder(), try folder())
    func identity(_ folder: TemporaryFolder) throws -> String {
      try SweepDefinition(contentsOf: folder["sweep.yaml"]).contentIdentity().hash
    }
    #expect(try identity(one) == identity(two))
    try Data("other".utf8).write(to: URL(fileURLWithPath: two["sub/b.json"]))
    #expect(try identity(one) != identity(two))
  }
}
