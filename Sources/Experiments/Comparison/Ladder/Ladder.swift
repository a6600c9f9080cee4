import Foundation
import InductionModel
import MarkovChains
import Theory
import Transformer

/// The arrows between training and theory for one configuration's source, model, loss and start.
///
/// Sizes are small enough for a minute: what is measured is an order, not an error of a particular run. At finite
/// context ε is at least 1e-3, as the loss is infinite without.
struct Ladder {
  let experiment: Experiment
  let laws: WindowLaws
  let threads: Int

  /// L of the sweeps over rate and batch.
  var context: Int { max(40, experiment.model.reach + 20) }
  var loss: Loss {
    var loss = experiment.configuration.loss
    loss.epsilon = max(loss.epsilon, 1e-3)
    return loss
  }
  var model: ModelDefinition { experiment.model }
  var transformer: DisentangledTransformer { DisentangledTransformer(model, loss: loss) }

  init(_ experiment: Experiment, threads: Int) throws {
    self.experiment = experiment
    self.threads = threads
    _ = try Resources(.infiniteContext, of: experiment)
    laws = try experiment.windowLaws(threads: threads)
  }

  /// - Parameters:
  ///   - progress: the arrow that begins.
  ///   - checkpoint: throws when the user wants to stop.
  func edges(
    progress: (LadderEdge.Name, _ fraction: Double) -> Void, checkpoint: () throws -> Void
  ) throws -> [LadderEdge] {
    progress(.rateToFlow, 0)
    var edges = try rateEdges(checkpoint)
    try checkpoint()
    progress(.batchToMean, 0.4)
    edges.append(try batchEdge())
    try checkpoint()
    progress(.finiteToInfiniteContext, 0.6)
    edges.append(try contextEdge())
    try checkpoint()
    progress(.infiniteContextToLeadingOrder, 0.9)
    edges.append(try scaleEdge())
    return edges
  }
}

/// Euclidean, between points of the flat parameter space or between shares.
func distance(_ left: [Double], _ right: [Double]) -> Double {
  zip(left, right).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
}
