/// A run that cannot be, or that cannot go on.
public enum TrainingError: Error, Hashable {
  /// The loss, the gradient or the parameters are no longer finite. `lastGood` steps had been done when the last
  /// checkpoint was saved.
  case notFinite(step: Int, what: NotFinite, lastGood: Int, remedy: String)
  case batch(Int)
  case noStages
  case stage(number: Int, problem: String)
  case unknownGroup(stage: Int, name: String, known: [String])
  case unknownObservable(stage: Int, name: String)
  case parameters(count: Int, expected: Int)
  case otherModel(checkpoint: String, run: String)
  case otherRun(what: String, checkpoint: String, run: String)
  case checkpoint(String)
  /// A file of tensors of something else.
  case tensors(String)

  /// What was not finite, and the loss of the batch.
  public enum NotFinite: Hashable, Sendable {
    case loss(Double)
    case gradient(loss: Double)
    case parameters(loss: Double)

    /// As it was found at a step.
    public func description(step: Int) -> String {
      switch self {
      case .loss(let loss): "the loss at step \(step) is \(loss)"
      case .gradient(let loss): "the gradient at step \(step) is not finite, where the loss is \(loss)"
      case .parameters(let loss):
        "the parameters after step \(step) are not finite, where the loss before it is \(loss)"
      }
    }
  }
}

extension TrainingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notFinite(let step, let what, let lastGood, let remedy):
      "\(what.description(step: step)); the checkpoint of step \(lastGood) is the last good one: \(remedy)"
    case .batch(let batch): "a batch of \(batch): at least 1 and at most as many as there are sequences"
    case .noStages: "there is no stage; at least one is needed"
    case .stage(let number, let problem): "stage \(number): \(problem)"
    case .unknownGroup(let stage, let name, let known):
      "stage \(stage) trains \(name), which the model does not have: \(known.joined(separator: ", "))"
    case .unknownObservable(let stage, let name):
      "stage \(stage) waits for \(name), which the model does not have"
    case .parameters(let count, let expected): "\(count) parameters; the model has \(expected)"
    case .otherModel(let checkpoint, let run):
      "the checkpoint is of another model: it says \(checkpoint), the run has \(run)"
    case .otherRun(let what, let checkpoint, let run):
      "the checkpoint is of another run: its \(what) is \(checkpoint), the run's is \(run)"
    case .checkpoint(let problem): "the checkpoint cannot be read: \(problem)"
    case .tensors(let problem): problem
    }
  }
}
