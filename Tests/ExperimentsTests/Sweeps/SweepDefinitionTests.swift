import Experiments
import Foundation
import Testing

/// A sweep over the minimal configuration.
func sweep(_ axes: String, _ rest: String = "", _ overrides: String...) throws -> SweepDefinition {
  let base = minimal.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
  return try SweepDefinition(
    yaml: "run: integrate\nbase:\n\(base)\n\(rest)\n\(axes)", named: "/somewhere/sweep.yaml",
    overrides: overrides.compactMap(Override.init))
}

/// The values of one key over all cells.
private func column(_ sweep: SweepDefinition, _ key: Int = 0) -> [String] {
  (1...sweep.count).map { sweep.values(ofCell: $0)[key].value }
}

private func scale(_ sweep: SweepDefinition, ofCell cell: Int) throws -> Double? {
  guard case .values(let values) = try sweep.configuration(ofCell: cell).initial else { return nil }
  return values.number("scale")
}

@Suite struct SweepDefinitionTests {
  @Test func withoutAxesThereIsOneCell() throws {
    let one = try sweep("", "set: {theory.level: leading-order, initial.scale: 0.5}")
    #expect(one.count == 1 && one.keys.isEmpty && one.values(ofCell: 1).isEmpty)
    let cell = try one.configuration(ofCell: 1)
    #expect(cell.theory.level == .leadingOrder)
    #expect(
      try cell == configuration(minimal, "theory.level=leading-order", "initial.scale=0.5", "name=unnamed"))
  }

  @Test func theLastAxisIsFastest() throws {
    let grid = try sweep(
      """
      axes:
        - {key: initial.scale, list: [0.1, 1]}
        - zip: [{key: source.prior.dirichlet, list: [0.2, 2]}, {key: theory.solver.steps, list: [10, 20]}]
        - seeds: {key: source.prior.seed, count: 3}
      """)
    #expect(grid.count == 12)
    #expect(
      grid.keys == ["initial.scale", "source.prior.dirichlet", "theory.solver.steps", "source.prior.seed"])
    #expect(grid.meanKeys == ["initial.scale", "source.prior.dirichlet", "theory.solver.steps"])
    #expect(grid.values(ofCell: 1).map(\.value) == ["0.1", "0.2", "10", "1"])
    #expect(grid.values(ofCell: 2).map(\.value) == ["0.1", "0.2", "10", "2"])
    #expect(grid.values(ofCell: 4).map(\.value) == ["0.1", "2", "20", "1"])
    #expect(grid.values(ofCell: 12).map(\.value) == ["1", "2", "20", "3"])
    #expect(grid.meanCount == 4)
    #expect((1...12).map(grid.mean) == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4])
    for cell in 1...12 {
      let settings = grid.values(ofCell: cell).map { "\($0.key)=\($0.value)" }
      let byHand = try Configuration(
        yaml: minimal, named: "test.yaml", folder: URL(fileURLWithPath: "/somewhere"),
        overrides: settings.compactMap(Override.init))
      #expect(try grid.configuration(ofCell: cell) == byHand)
    }
  }

  @Test func meansAreTakenOverSeedsWhereverTheirAxisStands() throws {
    let grid = try sweep(
      "axes: [{seeds: {key: source.prior.seed, list: [5, 7]}}, {key: initial.scale, list: [1, 2, 3]}]")
    #expect((1...6).map(grid.mean) == [1, 2, 3, 1, 2, 3])
    #expect(column(grid) == ["5", "5", "5", "7", "7", "7"])
  }

  @Test(arguments: [
    ("linear: {from: 1, to: 5, points: 5}", ["1", "2", "3", "4", "5"]),
    ("linear: {from: 5, to: -5, points: 3}", ["5", "0", "-5"]),
    ("linear: {from: 0, to: 1, points: 11}", ["0"] + (1...9).map { "0.\($0)" } + ["1"]),
    ("linear: {from: 1, to: 9007199254740991, points: 3}", ["1", "4503599627370496", "9007199254740991"]),
    ("linear: {from: 0, to: 1, points: 4}", ["0", "0.333333333333", "0.666666666667", "1"]),
    ("linear: {from: -1.5e308, to: 1.5e308, points: 3}", ["-1.5e+308", "0", "1.5e+308"]),
    ("log: {from: 0.001, to: 1000, points: 7}", ["0.001", "0.01", "0.1", "1", "10", "100", "1000"]),
    ("log: {from: 8, to: 1, points: 4}", ["8", "4", "2", "1"]),
    ("log: {from: 1, to: 10, points: 3}", ["1", "3.16227766017", "10"]),
    ("log: {from: 50, to: 1000, points: 5, round: integer}", ["50", "106", "224", "473", "1000"]),
  ])
  func rangesHoldTheNumbersThatTheySay(range: String, values: [String]) throws {
    #expect(column(try sweep("axes: [{key: initial.scale, \(range)}]")) == values)
  }

  @Test func integersStayIntegers() throws {
    let windows = try sweep("axes: [{key: model.window, linear: {from: 1, to: 5, points: 5}}]")
    #expect(try (1...5).map { try windows.configuration(ofCell: $0).model.window } == [1, 2, 3, 4, 5])
    let halves = try sweep("axes: [{key: model.window, linear: {from: 1, to: 2, points: 3}}]")
    let error = try #require(throws: ConfigurationError.self) { try halves.check() }
    #expect(error.keyPath == "model.window" && error.found == "1.5")
    #expect(error.place == .sweep("/somewhere/sweep.yaml", line: 6))
    let contexts = try sweep(
      "axes: [{random: {points: 200, keys: {training.context: {from: 1, to: 3, round: integer}}}}]")
    let counts = Dictionary(grouping: column(contexts)) { $0 }.mapValues(\.count)
    #expect(counts.keys.sorted() == ["1", "2", "3"])
    // A third each: 200/3 within four standard deviations of a binomial.
    #expect(counts.values.allSatisfy { abs(Double($0) - 66.7) < 4 * 6.67 })
  }

  /// The first 2^k points with the origin hit every interval of length 2^-k once in each dimension, and every
  /// elementary box in the first two: a (0, 2)-sequence in base 2, which no other order or offset gives.
  @Test func sobolPointsAreEvenlySpread() throws {
    let names = ["initial.own", "initial.other", "initial.coefficients", "initial.scale"]
    let sides = names.map { "\($0): {from: 0, to: 64}" }.joined(separator: ", ")
    let points = try sweep("axes: [{sobol: {points: 63, keys: {\(sides)}}}]")
    let table = [[0, 0, 0, 0]] + (1...63).map { points.values(ofCell: $0).map { Double($0.value) ?? .nan } }
    #expect(table[1] == [32, 32, 32, 32])
    #expect(table[2...3].map { Array($0[..<2]) } == [[48, 16], [16, 48]])
    for dimension in 0..<4 {
      for count in [2, 4, 8, 16, 32, 64] {
        let cells = table[..<count].map { Int($0[dimension]) * count / 64 }
        #expect(cells.sorted() == Array(0..<count))
      }
    }
    for width in [1, 2, 4, 8, 16, 32, 64] {
      let boxes = Set(table.map { [Int($0[0]) / width, Int($0[1]) * width / 64] })
      #expect(boxes.count == 64)
    }
  }

  @Test func randomPointsDependOnTheirSeedAndNumberAlone() throws {
    func points(_ count: Int, _ seed: Int) throws -> [[String]] {
      let random = try sweep(
        """
        axes:
          - random:
              points: \(count)
              seed: \(seed)
              keys: {initial.own: {from: -1, to: 1}, initial.scale: {from: 0.001, to: 1, scale: log}}
        """)
      return (1...count).map { random.values(ofCell: $0).map(\.value) }
    }
    let many = try points(1000, 3)
    #expect(try Array(many[..<10]) == points(10, 3))
    #expect(try points(10, 4) != points(10, 3))
    let own = many.compactMap { Double($0[0]) }
    let scale = many.compactMap { Double($0[1]).map { log10($0) } }
    // Uniform in (−1, 1) and in (−3, 0): means within five standard errors, (b − a)/√(12 n).
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    let deviation = 1 / 12_000.0.squareRoot()
    #expect(own.count == 1000 && scale.count == 1000)
    #expect(abs(mean(own)) < 5 * 2 * deviation)
    #expect(abs(mean(scale) + 1.5) < 5 * 3 * deviation)
    #expect(abs(mean(zip(own, scale).map { $0 * ($1 + 1.5) })) < 5 * 2 * 3 / 12.0.squareRoot() * deviation)
  }

  @Test func cellsReachIntoListsThatAreNotWritten() throws {
    let times = try sweep("axes: [{key: 'theory.stages[0].until.time', list: [10, 100]}]")
    #expect(try times.configuration(ofCell: 2).theory.stages.map(\.until.time) == [100])
    let seeds = try sweep("axes: [{key: 'training.seeds[0]', list: [8, 9]}]", "set: {training.seeds: [1]}")
    #expect(try seeds.configuration(ofCell: 2).training?.seeds == [9])
  }

  @Test func aMillionCellsTakeNoRoom() throws {
    let axes = ["own", "other", "scale"].map {
      "{key: initial.\($0), linear: {from: 1, to: 100, points: 100}}"
    }
    let large = try sweep("axes: [\(axes.joined(separator: ", "))]")
    #expect(large.count == 1_000_000)
    #expect(large.values(ofCell: 765_432).map(\.value) == ["77", "55", "32"])
    #expect(try scale(large, ofCell: 765_432) == 32)
  }
}
