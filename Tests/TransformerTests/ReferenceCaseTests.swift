import Foundation
import InductionModel
import Testing
import Transformer

/// Losses, gradients and predictions that an independent float64 implementation gives.
@Suite struct ReferenceCaseTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("TheoryTests/ReferenceCases")

  private struct Case: Decodable {
    struct Source: Decodable { let tokens: Int }
    struct Model: Decodable {
      let window: Int
      let heads: Int
      let degree: Int
      let windows: String
      let normalization: String
    }
    struct Loss: Decodable {
      let criterion: String
      let epsilon: Double
    }
    struct Numbers: Decodable {
      let attention: [[Double]]
      let coefficients: [String: Double]
      let scale: Double
    }
    struct FiniteContext: Decodable {
      let loss: Double
      let prediction: [[Double]]
      let gradient: Numbers
    }
    let source: Source
    let model: Model
    let loss: Loss
    let keys: String
    let parameters: Numbers
    let sequences: [[Int]]
    let finiteContext: FiniteContext

    private enum CodingKeys: String, CodingKey {
      case source, model, loss, keys, parameters, sequences
      case finiteContext = "finite_context"
    }
  }

  @Test(arguments: ["two-parents", "gap-parents", "reference-code"], [1, 2])
  func lossGradientAndPredictions(name: String, threads: Int) throws {
    let data = try Data(contentsOf: Self.folder.appendingPathComponent("\(name).json"))
    let reference = try JSONDecoder().decode(Case.self, from: data)
    let variant = Variant(
      windows: try #require(Variant.Windows(rawValue: reference.model.windows)),
      normalization: try #require(Variant.Normalization(rawValue: reference.model.normalization)),
      keys: try #require(Variant.Keys(rawValue: reference.keys)))
    let definition = try ModelDefinition(
      tokens: reference.source.tokens, window: reference.model.window, heads: reference.model.heads,
      degree: reference.model.degree, variant: variant)
    let model = DisentangledTransformer(
      definition,
      loss: Loss(
        criterion: try #require(Loss.Criterion(rawValue: reference.loss.criterion)),
        epsilon: reference.loss.epsilon))
    func parameters(_ numbers: Case.Numbers) throws -> Parameters {
      Parameters(
        attention: numbers.attention,
        coefficients: try definition.sets.map { try #require(numbers.coefficients["[\($0.label)]"]) },
        scale: numbers.scale)
    }
    let found = try model.evaluate(
      parameters(reference.parameters).flat, on: reference.sequences, pool: WorkerPool(threads: threads))
    let expected = reference.finiteContext
    let gradient = try parameters(expected.gradient)
    #expect(relativeError([found.loss], [expected.loss]) < 1e-10)
    #expect(relativeError(found.predictions.flatMap { $0 }, expected.prediction.flatMap { $0 }) < 1e-10)
    let slope = Parameters(flat: found.gradient, model: definition)
    #expect(relativeError(slope.attention.flatMap { $0 }, gradient.attention.flatMap { $0 }) < 1e-10)
    #expect(relativeError(slope.coefficients, gradient.coefficients) < 1e-10)
    #expect(relativeError([slope.scale], [gradient.scale]) < 1e-10)
  }
}
