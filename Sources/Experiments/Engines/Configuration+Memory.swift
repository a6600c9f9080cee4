import Foundation
import InductionModel
import Transformer

extension Configuration {
  /// Bytes that the flow and the training of the configuration take, about: what an engine grants before it prepares them.
  var memoryOfRuns: Int {
    let windows = pow(Double(source.tokens), Double(model.reach))
    let kernels: Double =
      if case .prior(let prior) = source.kernels { Double(prior.kernels) } else { 64 }
    let laws = kernels * windows * Double(source.tokens + 1)
    let flow: Double =
      switch theory.level {
      case .infiniteContext: 8 * (3 * laws + windows * windows * Double(2 * model.heads + 4))
      case .leadingOrder: 8 * 3 * laws
      case .finiteContext: 8 * sequenceNumbers * Double(model.heads + 2)
      }
    return Int(clamping: Int(exactly: (flow + trainingBytes).rounded()) ?? .max)
  }

  private var sequenceNumbers: Double {
    switch theory.sequences {
    case .drawn(let context, let count, _): Double(count) * Double(context + 1) * Double(source.tokens)
    case .all(let context): pow(Double(source.tokens), Double(context + 1)) * Double(context + 1)
    case .file: 0
    }
  }

  private var trainingBytes: Double {
    guard let training else { return 0 }
    let transformer = DisentangledTransformer(model, loss: loss)
    let batch =
      switch training.data.sequences {
      case .fresh(let batch): batch
      case .fixed(_, let batch): batch
      case .file(_, let batch): batch ?? 0
      }
    return [batch, training.heldOut.count].reduce(0) {
      $0 + transformer.memory(count: $1, length: training.context + 1, isRepeated: false)
    }
  }
}
