import Foundation
import InductionModel
import MarkovChains
import Testing

/// A case of ReferenceCases: kernels, a point in parameter space and what an independent float64
/// implementation gives for them.
struct ReferenceCase: CustomTestStringConvertible {
  let name: String
  let model: ModelDefinition
  let loss: Loss
  let kernels: [Kernel]
  let parameters: Parameters
  let sequences: [[Int]]
  private let root: [String: Any]

  static let names = ["two-parents", "gap-parents", "reference-code"]

  var testDescription: String { name }

  init(_ name: String) throws {
    let url = try #require(
      Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "ReferenceCases"))
    let root = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
    let source = try #require(root["source"] as? [String: Any])
    let shape = try #require(root["model"] as? [String: Any])
    let criterion = try #require(root["loss"] as? [String: Any])
    let tokens = try #require(source["tokens"] as? Int)
    let parents = try #require(source["parents"] as? [Int])
    self.name = name
    self.root = root
    model = try ModelDefinition(
      tokens: tokens, window: #require(shape["window"] as? Int), heads: #require(shape["heads"] as? Int),
      degree: #require(shape["degree"] as? Int),
      variant: Variant(
        windows: #require(.init(rawValue: shape["windows"] as? String ?? "")),
        normalization: #require(.init(rawValue: shape["normalization"] as? String ?? "")),
        keys: #require(.init(rawValue: root["keys"] as? String ?? ""))))
    loss = Loss(
      criterion: try #require(.init(rawValue: criterion["criterion"] as? String ?? "")),
      epsilon: try #require(criterion["epsilon"] as? Double))
    kernels = try #require(source["kernels"] as? [[[Double]]]).map {
      Kernel(unchecked: $0.flatMap { $0 }, tokens: tokens, parents: parents)
    }
    sequences = try #require(root["sequences"] as? [[Int]])
    parameters = try Self.parameters(root["parameters"], model)
  }

  func laws() throws -> WindowLaws { try WindowLaws(kernels: kernels, window: model.reach) }

  /// An entry by its keys.
  func value<Value>(_ keys: String..., as type: Value.Type = Value.self) throws -> Value {
    let found = keys.reduce(root as Any?) { ($0 as? [String: Any])?[$1] }
    return try #require(found as? Value)
  }

  /// A value in the shape of the parameters file.
  func parameters(_ keys: String...) throws -> Parameters {
    let found = keys.reduce(root as Any?) { ($0 as? [String: Any])?[$1] }
    return try Self.parameters(found, model)
  }

  private static func parameters(_ value: Any?, _ model: ModelDefinition) throws -> Parameters {
    let data = try JSONSerialization.data(withJSONObject: try #require(value))
    return try Parameters(json: data, model: model)
  }
}

/// Largest difference over the largest entry.
func relativeError(_ found: [Double], _ expected: [Double]) -> Double {
  let scale = expected.map(abs).max() ?? 1
  return zip(found, expected).map { abs($0 - $1) }.max().map { $0 / max(scale, .leastNormalMagnitude) } ?? 0
}

/// The worst `relativeError` over the groups of parameters.
func groupwiseError(_ found: Parameters, _ expected: Parameters) -> Double {
  [
    relativeError(found.attention.flatMap { $0 }, expected.attention.flatMap { $0 }),
    relativeError(found.coefficients, expected.coefficients), relativeError([found.scale], [expected.scale]),
  ].max() ?? 0
}
