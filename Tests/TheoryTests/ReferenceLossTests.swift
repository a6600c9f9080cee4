import InductionModel
import Testing
import Theory

@Suite struct ReferenceLossTests {
  @Test(arguments: ReferenceCase.names)
  func infiniteContext(name: String) throws {
    let reference = try ReferenceCase(name)
    let level = try InfiniteContextLoss(model: reference.model, loss: reference.loss, laws: reference.laws())
    let (loss, gradient) = try level.evaluate(reference.parameters)
    let expected: Double = try reference.value("infinite_context", "loss")
    #expect(abs(loss / expected - 1) < 1e-12)
    #expect(groupwiseError(gradient, try reference.parameters("infinite_context", "gradient")) < 1e-10)
  }

  @Test(arguments: ReferenceCase.names)
  func finiteContext(name: String) throws {
    let reference = try ReferenceCase(name)
    let level = try FiniteContextLoss(
      model: reference.model, loss: reference.loss, sequences: reference.sequences)
    let (loss, gradient) = try level.evaluate(reference.parameters)
    let expected: Double = try reference.value("finite_context", "loss")
    #expect(abs(loss / expected - 1) < 1e-12)
    #expect(groupwiseError(gradient, try reference.parameters("finite_context", "gradient")) < 1e-10)
    let predictions: [[Double]] = try reference.value("finite_context", "prediction")
    let found = try level.predictions(reference.parameters)
    try #require(found.shape == [predictions.count, reference.model.tokens])
    for (row, expected) in predictions.enumerated() {
      #expect(relativeError(found.row(row), expected) < 1e-10)
    }
  }
}
