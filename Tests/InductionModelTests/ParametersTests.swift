import Foundation
import InductionModel
import StrictJSON
import Testing

@Suite struct ParametersTests {
  private let model: ModelDefinition

  init() throws {
    model = try ModelDefinition(tokens: 2, window: 2, heads: 2, degree: 2, variant: .referenceCode)
  }

  private var point: Parameters {
    Parameters(attention: [[0.1, -2], [3, 1e-9]], coefficients: [1, -2, 0.5, 1.0 / 3], scale: 0.01)
  }

  @Test func flatIsInTheOrderOfTheSpace() {
    #expect(point.flat == [0.1, -2, 3, 1e-9, 1, -2, 0.5, 1.0 / 3, 0.01])
    #expect(Parameters(flat: point.flat, model: model) == point)
  }

  @Test func ownLagsStart() {
    let start = Parameters(model: model, own: 1, other: -1, coefficients: 2, scale: 3)
    #expect(start.attention == [[1, -1], [1, -1]])
    #expect(start.coefficients == [2, 2, 2, 2] && start.scale == 3)
  }

  @Test func fileKeepsAllDigits() throws {
    let file = Data(point.json(model).utf8)
    #expect(try Parameters(json: file, model: model) == point)
  }

  @Test(arguments: [
    (#"{"attention": [[1, 2]], "coefficients": {}, "scale": 1}"#, "attention"),
    (#"{"attention": [[1, 2], [1]], "coefficients": {}, "scale": 1}"#, "attention[1]"),
    (#"{"attention": [[1, 2], [1, 2]], "coefficients": {"[]": 1}, "scale": 1}"#, "coefficients.[1]"),
    (
      #"{"attention": [[1, 2], [1, 2]], "coefficients": {"[]": 1, "[1]": 1, "[2]": 1, "[1 2]": 1, "[3]": 1}, "scale": 1}"#,
      "coefficients.[3]"
    ),
    (
      #"{"attention": [[1, 2], [1, 2]], "coefficients": {"[]": 1, "[1]": 1, "[2]": 1, "[1 2]": 1}, "scale": 1e200}"#,
      "scale"
    ),
  ])
  func filesThatAreWrong(text: String, place: String) {
    #expect {
      try Parameters(json: Data(text.utf8), model: model)
    } throws: { error in
      (error as? DataFileError)?.keyPath == place
    }
  }
}
