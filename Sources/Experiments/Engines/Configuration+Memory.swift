import Foundation
import InductionModel
import Theory
import Transformer

extension Configuration {
  /// Bytes that the flow and the training of the configuration take, about: what an engine grants before it prepares them.
  var memoryOfRuns: Int {
    let kernels =
      if case .prior(let prior) = source.kernels { prior.kernels } else { 64 }
    let sizes = try? levelSizes(theory.level, kernels: kernels)
    let loss = sizes.map { LevelMemory.shared.bytes(theory.level, $0) } ?? 0
    let laws =
      theory.level.definition.average == .windows ? lawBytes(kernels: kernels, reach: model.reach) : 0
    return Int(clamping: Int(exactly: (laws + loss + trainingBytes).rounded()) ?? .max)
  }

  private var trainingBytes: Double {
    guard let training else { return 0 }
    let trainable = trainable
    let batch =
      switch training.data.sequences {
      case .fresh(let batch): batch
      case .fixed(_, let batch): batch
      case .file(_, let batch): batch ?? 0
      }
    return [batch, training.heldOut.count].reduce(0) {
      $0 + trainable.memory(count: $1, length: training.context + 1, use: .once)
    }
  }
}
