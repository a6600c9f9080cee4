import Foundation
import InductionModel
import MarkovChains
import ParameterSpaces
import TestSupport
import Testing
import Theory
import Transformer

/// The reference code's simultaneous run, its first hundred steps on five fresh datasets. The stored trajectory is not
/// ours: it is read from $INFLOW_REFERENCE_RUNS, or from `shared` beside the checkout, and without it the test passes with
/// a note. All 50,000 steps on ten datasets are the command `reference-run` of Benchmarks.
@Suite struct ReferenceRunTests {
  private static let file: URL = {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let folder =
      ProcessInfo.processInfo.environment["INFLOW_REFERENCE_RUNS"].map { URL(fileURLWithPath: $0) }
      ?? root.deletingLastPathComponent().appendingPathComponent("shared/reference-runs")
    return folder.appendingPathComponent("simultaneous.csv")
  }()

  /// p[1 2] or a by step.
  private static func stored() -> (share: [Int: Double], scale: [Int: Double])? {
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { return nil }
    let rows = text.split(whereSeparator: \.isNewline).map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    guard let share = rows[0].firstIndex(of: "p[1 2]"), let scale = rows[0].firstIndex(of: "scale") else {
      return nil
    }
    var found: (share: [Int: Double], scale: [Int: Double]) = ([:], [:])
    for row in rows.dropFirst() {
      guard let step = Int(row[0]) else { continue }
      found.share[step] = Double(row[share])
      found.scale[step] = Double(row[scale])
    }
    return found
  }

  @Test func theFirstStepsLieWithinTheSpreadOfFreshDatasets() throws {
    guard let stored = Self.stored() else {
      return print("note: \(Self.file.path) is absent; the stored trajectory is not compared")
    }
    let definition = try ModelDefinition(
      tokens: 3, window: 3, heads: 3, degree: 2, variant: .referenceCode)
    let model = DisentangledTransformer(definition, loss: Loss(criterion: .logits))
    let sampler = try ChainSampler(.prior(concentration: 0.1, tokens: 3, parents: [1, 2]))
    let pool = WorkerPool(threads: 2)
    var shares: [Int: [Double]] = [:]
    var scales: [Int: [Double]] = [:]
    for dataset in 101...105 {
      let sequences = try sampler.sample(
        count: 9000, length: 101, seed: UInt64(dataset), place: DrawPlace(.training))
      let setup = TrainingSetup(
        model: model,
        start: Parameters(model: definition, own: 3, other: 0.1, coefficients: 0.01, scale: 0.01).flat,
        data: .fixed(sequences, batch: 9000), heldOut: sequences.selecting(0..<50),
        optimizer: try Optimizer(.sgd(rate: 1)),
        stages: [TrainingStage(train: ParameterGroup.all, end: .steps(100))],
        measure: .times([3, 6, 9, 10, 100]), precision: .float)
      _ = try TrainingRun(setup, pool: pool).run(
        .init(measurement: { measurement in
          let parameters = Parameters(flat: measurement.parameters, model: definition)
          shares[measurement.step, default: []].append(parameters.quantities(definition).shares[4])
          scales[measurement.step, default: []].append(parameters.scale)
        }))
    }
    for step in [3, 6, 9] { try expect(stored.share[step], within: shares[step], "p[1 2] at step \(step)") }
    for step in [10, 100] { try expect(stored.scale[step], within: scales[step], "a at step \(step)") }
  }

  private func expect(_ stored: Double?, within values: [Double]?, _ label: String) throws {
    let values = try #require(values)
    guard let stored else { return }
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = (squares / Double(values.count - 1)).squareRoot()
    #expect(abs(stored - mean) < 3.15 * deviation, "\(label): \(stored), \(mean) ± \(deviation)")
  }
}
