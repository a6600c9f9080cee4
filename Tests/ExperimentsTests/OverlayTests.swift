import Experiments
import Foundation
import InductionModel
import Testing

@Suite struct OverlayTests {
  private let model: ModelDefinition

  init() throws { model = try ModelDefinition(tokens: 2, window: 1, heads: 1, degree: 1) }

  /// A run whose scale is `scale(t)` and whose other numbers stand still.
  private func table(_ times: [Double], scale: (Double) -> Double) -> TrajectoryTable {
    TrajectoryTable(
      columns: ["time", "loss", "a", "p[]", "p[1]", "sigma[1 1]"],
      rows: times.map { [$0, 1, scale($0), 0.5, 0.5, 1] })
  }

  /// Four seeds at f ± δ have mean f and a standard error of δ/√3.
  @Test func discrepancyOfKnownCurves() throws {
    let times = (0...100).map { expm1(0.05 * Double($0)) }
    let theory = table(times) { $0 }
    let seeds = [0.5, -0.5, 0.5, -0.5].map { delta in table(times) { $0 + 3 + ($0 > 0 ? delta : 0) } }
    let overlay = try Overlay(.infiniteContext, theory: theory, seeds: seeds, model: model)
    let found = try #require(overlay.curves.first { $0.quantity == "a" }).discrepancy
    #expect(abs(found.maximum - 3) < 1e-12)
    #expect(abs(found.rootMeanSquare - 3) < 1e-12)
    #expect(abs(try #require(found.maximumInErrors) - 6 * 3.0.squareRoot()) < 1e-9)
    #expect(abs(try #require(found.rootMeanSquareInErrors) - 6 * 3.0.squareRoot()) < 1e-9)
    // The error of two or three seeds may come out as near to 0 as one likes.
    for count in [2, 3] {
      let few = try Overlay(
        .infiniteContext, theory: theory, seeds: Array(seeds.prefix(count)), model: model)
      #expect(few.curves.allSatisfy { $0.discrepancy.maximumInErrors == nil })
      #expect(few.curves.allSatisfy { $0.discrepancy.rootMeanSquareInErrors == nil })
    }
    let loss = try #require(overlay.curves.first { $0.quantity == "loss" }).discrepancy
    #expect(loss.maximum == 0)
    #expect(loss.maximumInErrors == nil, "seeds without a spread measure no error")
  }

  /// The mean is over log(1 + t): √∫x² dx over 0...X is X/√3 for a difference of x = log(1 + t).
  @Test func meanSquareIsOverLogarithmicTime() throws {
    let times = (0...2000).map { expm1(0.002 * Double($0)) }
    let overlay = try Overlay(
      .infiniteContext, theory: table(times) { _ in 0 }, seeds: [table(times) { log1p($0) }], model: model)
    let found = try #require(overlay.curves.first { $0.quantity == "a" }).discrepancy
    #expect(abs(found.rootMeanSquare - 4 / 3.0.squareRoot()) < 1e-5)
    #expect(found.maximumInErrors == nil)
  }

  @Test func onlyTimesOfBothCount() throws {
    let theory = table([0, 0.5, 1, 2, 3, 4]) { $0 }
    // Sums of rates carry rounding.
    let seed = table([0, 1, 2 + 1e-13, 7]) { $0 }
    let overlay = try Overlay(.infiniteContext, theory: theory, seeds: [seed], model: model)
    #expect(overlay.curves[0].points.map(\.time) == [0, 1, 2])
    #expect(overlay.end == 2)
    #expect(throws: ConfigurationError.self) {
      _ = try Overlay(.infiniteContext, theory: theory, seeds: [table([0, 9]) { $0 }], model: model)
    }
  }
}

@Suite struct TransitionTests {
  /// A logistic in x = log(1+t) centred at x = 4 passes half of its range there.
  @Test(arguments: [1.0, -1.0])
  func logistic(sign: Double) throws {
    let times = (0...400).map { expm1(0.02 * Double($0)) }
    let values = times.map { sign / (1 + exp(-4 * (log1p($0) - 4))) }
    let found = Transition.all(times: times, values: values)
    try #require(found.count == 1)
    #expect(abs(log1p(found[0].middle) - 4) < 0.02)
    // Faster than half of the mean pace 1/8: where 4 y (1 − y) = 1/16.
    let width = acosh(31.0) / 4
    #expect(abs(log1p(found[0].begin) - (4 - width)) < 0.1)
    #expect(abs(log1p(found[0].end) - (4 + width)) < 0.1)
  }

  @Test func twoStepsAreTwoTransitions() {
    let times = (0...400).map { expm1(0.02 * Double($0)) }
    let values = times.map { time in
      [2.0, 6.0].reduce(0) { $0 + 1 / (1 + exp(-20 * (log1p(time) - $1))) }
    }
    let found = Transition.all(times: times, values: values)
    #expect(found.count == 2)
    #expect(zip(found, [2.0, 6]).allSatisfy { abs(log1p($0.middle) - $1) < 0.05 })
  }

  /// A head whose weight goes from .9088 to .9094 has no transition, however clean its curve.
  @Test func whatHardlyMovesHasNone() {
    let times = (0...400).map { expm1(0.02 * Double($0)) }
    let values = times.map { 0.9088 + 0.0006 / (1 + exp(-4 * (log1p($0) - 4))) }
    #expect(Transition.all(times: times, values: values).isEmpty)
  }

  @Test func aConstantHasNone() {
    #expect(Transition.all(times: [0, 1, 2, 3], values: [1, 1, 1, 1]).isEmpty)
    #expect(Transition.all(times: [0], values: [1]).isEmpty)
  }
}

@Suite struct TrajectoryTableTests {
  @Test func readsWhatWasCutOff() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("table-\(UUID().uuidString).csv")
      .path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try "time,loss,a\n0,1.5,0.1\n1,0.1,0.30000000000000004\n2,0.".write(
      toFile: path, atomically: true, encoding: .utf8)
    let table = try TrajectoryTable(contentsOf: path)
    #expect(table.times == [0, 1])
    #expect(table["a"] == [0.1, 0.1 + 0.2])
    try "time,loss,a\n0,1.5,x\n1,0.1,2\n".write(toFile: path, atomically: true, encoding: .utf8)
    #expect(throws: ConfigurationError.self) { _ = try TrajectoryTable(contentsOf: path) }
  }
}
