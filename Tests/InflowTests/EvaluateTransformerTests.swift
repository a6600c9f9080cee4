import Foundation
import Testing

/// `inflow evaluate --with`: two derivations of the same loss that share no code.
@Suite struct EvaluateTransformerTests {
  private struct Evaluation: Decodable {
    struct Gradient: Decodable {
      let attention: [[Double]]
      let coefficients: [String: Double]
      let scale: Double

      var flat: [Double] {
        attention.flatMap { $0 } + coefficients.sorted { $0.key < $1.key }.map(\.value) + [scale]
      }
    }

    let level: String
    let loss: Double
    let gradient: Gradient
    let prediction: [[Double]]
  }

  static let variants = [
    "paper", "reference-code", "{windows: shifted, second-layer: linear, coefficients: softmax}",
    "{normalization: l2, feature-norm: feature, coefficients: absolute}",
  ]

  @Test(arguments: variants, ["{context: 30, count: 40, seed: 3}", "{all: true, context: 6}"])
  func theoryAndTransformerAgree(variant: String, sequences: String) throws {
    let place = try Workplace()
    func evaluate(_ engine: String) throws -> Evaluation {
      let result = try Command.run(
        "evaluate", "small.yaml", "--level", "finite-context", "--with", engine, "--set",
        "model.variant=\(variant)", "--set", "loss={criterion: logits}", "--set",
        "theory.sequences=\(sequences)", "--set",
        "initial={own: 1.3, other: -0.4, coefficients: 0.7, scale: 1.9}",
        in: place)
      try #require(result.status == 0, "\(result.error)")
      return try JSONDecoder().decode(Evaluation.self, from: Data(result.output.utf8))
    }
    let (theory, transformer) = (try evaluate("theory"), try evaluate("transformer"))
    #expect(theory.level == transformer.level)
    #expect(abs(theory.loss - transformer.loss) < 1e-12)
    for (left, right) in zip(theory.gradient.flat, transformer.gradient.flat) {
      #expect(abs(left - right) < 1e-12, "\(left) and \(right)")
    }
    try #require(theory.prediction.count == transformer.prediction.count)
    for (left, right) in zip(theory.prediction.joined(), transformer.prediction.joined()) {
      #expect(abs(left - right) < 1e-12)
    }
  }

  @Test func transformerHasOneLevel() throws {
    let place = try Workplace()
    let result = try Command.run("evaluate", "small.yaml", "--with", "transformer", in: place)
    #expect(result.status == 65)
    #expect(result.error.contains("--level finite-context"), "\(result.error)")
  }

  @Test(arguments: ["theory", "transformer"]) func infiniteLossIsSaid(engine: String) throws {
    let place = try Workplace()
    try place.write("[[0,0,0,0,0,0,1]]", to: "s.json")
    let result = try Command.run(
      "evaluate", "small.yaml", "--level", "finite-context", "--sequences", "s.json", "--with", engine,
      in: place)
    #expect(result.status == 1)
    #expect(result.error.contains("loss.epsilon"), "\(result.error)")
    #expect(result.output.isEmpty)
  }
}
