import Foundation
import ParameterSpaces

/// All that a run needs to go on to the same bits as if it had not stopped. Random words are functions of seed and
/// step, so that no generator has a state.
public struct TrainingCheckpoint: Hashable, Sendable, Codable {
  public var format = 1
  /// `TrainableModel.identity`.
  public var model: String
  public var seed: UInt64
  public var precision: String
  /// Steps done, and the time of the flow that they took.
  public var step: Int
  public var time: Double
  /// Where the run is among its stages, from 0; equal to their number when it is done.
  public var stage: Int
  /// Steps and time at the stage's start.
  public var stageStep: Int
  public var stageTime: Double
  /// By group.
  public var parameters: [String: [Double]]
  public var optimizer: Optimizer.State
  /// Values of the model's invariants when the run began.
  public var invariants: [Double]
  /// How each finished stage ended.
  public var endings: [StageEnding]

  /// The file's text: JSON with all digits, in a fixed order.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return try encoder.encode(self)
  }

  /// - Throws: `TrainingError.checkpoint` for a text that is no checkpoint.
  public init(json: Data) throws {
    do {
      self = try JSONDecoder().decode(TrainingCheckpoint.self, from: json)
    } catch let error as DecodingError {
      throw TrainingError.checkpoint(Self.problem(error))
    }
    guard format == 1 else { throw TrainingError.checkpoint("format \(format), but this program reads 1") }
  }

  init(
    model: String, seed: UInt64, precision: String, step: Int, time: Double, stage: Int, stageStep: Int,
    stageTime: Double, parameters: [String: [Double]], optimizer: Optimizer.State, invariants: [Double],
    endings: [StageEnding]
  ) {
    self.model = model
    self.seed = seed
    self.precision = precision
    self.step = step
    self.time = time
    self.stage = stage
    self.stageStep = stageStep
    self.stageTime = stageTime
    self.parameters = parameters
    self.optimizer = optimizer
    self.invariants = invariants
    self.endings = endings
  }

  /// Where a run goes on whose last stage has become longer since its length ended it: back in that stage, with the optimizer's
  /// memory. A stage that a condition ended stays ended.
  func reopened(for stages: [TrainingStage], _ optimizer: Optimizer) -> TrainingCheckpoint {
    guard let last = endings.last, ["steps", "time"].contains(last.cause), last.step == step,
      stages.indices.contains(stage - 1)
    else { return self }
    let before = endings.dropLast().last
    let start = before?.step ?? 0
    guard stages[stage - 1].steps(of: optimizer, after: start) ?? .max > step - start else { return self }
    var result = self
    result.endings.removeLast()
    result.stage -= 1
    (result.stageStep, result.stageTime) = (start, before?.time ?? 0)
    return result
  }

  /// The arena of a model's space.
  ///
  /// - Throws: `TrainingError.checkpoint` when a group is missing or has another size.
  public func arena(_ space: ParameterSpace) throws -> [Double] {
    try space.groups.flatMap { group in
      let count = space.range(of: group).count
      guard let values = parameters[group.rawValue], values.count == count else {
        throw TrainingError.checkpoint("\(count) numbers are needed for \(group.rawValue)")
      }
      return values
    }
  }

  private static func problem(_ error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, _): "\(key.stringValue) is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "\(context.codingPath.map(\.stringValue).joined(separator: ".")) has another type"
    default: "it is not JSON"
    }
  }
}
