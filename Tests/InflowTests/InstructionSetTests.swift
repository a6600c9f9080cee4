import Foundation
import Testing

/// Every copy of the vectorised loops that this machine can run says the same: `INFLOW_INSTRUCTIONS` picks one.
@Suite struct InstructionSetTests {
  static let copies = ["portable", "avx2", "avx512"]

  private func run(_ copy: String, _ arguments: [String], in place: Workplace) throws -> Command.Result {
    var environment = ProcessInfo.processInfo.environment
    environment["INFLOW_INSTRUCTIONS"] = copy
    let result = Command.finish(try Command.start(arguments, in: place.path, environment))
    try #require(result.status == 0, "\(copy) \(arguments): \(result.error)")
    return result
  }

  /// Numbers of JSON, in its order.
  private func numbers(_ text: String) -> [Double] {
    text.split(whereSeparator: { !"0123456789.eE+-".contains($0) }).compactMap { Double($0) }
  }

  static let models = [
    "{window: 3, heads: 3, degree: 2}", "{window: 2, heads: 6, degree: 3}",
    "{window: 2, heads: 9, degree: 4, variant: reference-code}",
    "{window: 7, heads: 2, degree: 2, variant: {second-layer: linear}}",
  ]

  /// Loss, gradient and predictions of the trainer's passes and of the derived loss.
  @Test(arguments: models, ["transformer", "theory"]) func evaluations(model: String, engine: String) throws {
    let place = try Workplace()
    let results = try Self.copies.map { copy in
      numbers(
        try run(
          copy,
          [
            "evaluate", "small.yaml", "--level", "finite-context", "--with", engine, "--set",
            "model=\(model)",
            "--set", "loss={epsilon: 2}", "--set", "theory.sequences={context: 41, count: 9, seed: 3}",
            "--set",
            "initial={own: 1.3, other: -0.4, coefficients: 0.7, scale: 1.9}",
          ], in: place
        ).output)
    }
    for (copy, result) in zip(Self.copies, results).dropFirst() {
      try #require(result.count == results[0].count && result.count > 20)
      for (left, right) in zip(result, results[0]) {
        #expect(abs(left - right) < 1e-12, "\(copy): \(left), portable: \(right)")
      }
    }
  }

  /// Windows of two letters, streams of more, and scores whose exponentials cannot be multiplied.
  @Test(arguments: ["{normal: 1}", "{normal: 9}"], [(2, 3), (3, 9)])
  func fullModel(maps: String, sizes: (tokens: Int, heads: Int)) throws {
    let place = try Workplace()
    let results = try Self.copies.map { copy in
      numbers(
        try run(
          copy,
          [
            "evaluate", "small.yaml", "--level", "finite-context", "--with", "transformer", "--set",
            "model={architecture: full, window: 2, heads: \(sizes.heads), degree: 2}", "--set",
            "source.tokens=\(sizes.tokens)", "--set", "theory.sequences={context: 41, count: 9, seed: 3}",
            "--set",
            "initial={query: \(maps), key: \(maps), value: {normal: 1}, coefficients: 0.7, scale: 1.9}",
          ], in: place
        ).output)
    }
    for (copy, result) in zip(Self.copies, results).dropFirst() {
      try #require(result.count == results[0].count && result.count > 60)
      for (left, right) in zip(result, results[0]) {
        #expect(abs(left - right) < 1e-11, "\(copy): \(left), portable: \(right)")
      }
    }
  }

  /// Fresh sequences too: integers, the same for every copy; kernels of a prior agree to single precision.
  @Test(arguments: ["float", "double"], ["source", "prior"])
  func training(precision: String, kernels: String) throws {
    let place = try Workplace()
    let training =
      "{context: 50, data: {fresh: 33, kernels: \(kernels)}, held-out: {count: 40}, epsilon: 1e-2, "
      + "stages: [{steps: 12}], measure: {points: 4}, precision: \(precision)}"
    let results = try Self.copies.map { copy in
      _ = try run(
        copy, ["train", "small.yaml", "--out", copy, "--set", "training=\(training)", "--quiet"], in: place)
      let manifest = try place.read("\(copy)/seed-1/manifest.json")
      let used = try #require(Self.copies.first { manifest.contains("\"instructions\": \"\($0)\"") })
      return (used, numbers(try place.read("\(copy)/seed-1/trajectory.csv")))
    }
    #expect(results[0].0 == "portable")
    for (used, result) in results.dropFirst() {
      try #require(result.count == results[0].1.count && result.count > 40)
      for (left, right) in zip(result, results[0].1) {
        #expect(
          abs(left - right) < (precision == "float" ? 2e-4 : 1e-9), "\(used): \(left), portable: \(right)")
      }
    }
  }
}
