import Foundation
import InductionModel
import Theory

/// What losses of theory take, by level and sizes: the cells of a sweep mostly have the same.
final class LevelMemory: @unchecked Sendable {
  static let shared = LevelMemory()

  private struct Key: Hashable {
    let level: TheoryLevel
    let sizes: LevelSizes
  }

  private let lock = NSLock()
  private var known: [Key: Double] = [:]

  /// Bytes of loss and gradient beside the numbers of the source; infinite beyond the integers.
  func bytes(_ level: TheoryLevel, _ sizes: LevelSizes) -> Double {
    let key = Key(level: level, sizes: sizes)
    if let bytes = lock.withLock({ known[key] }) { return bytes }
    let count = level.definition.bytes(sizes, threads: 1)
    let bytes = count == .max ? .infinity : Double(count)
    lock.withLock { known[key] = bytes }
    return bytes
  }
}

extension Configuration {
  /// What a level's loss depends on beside numbers; sequences of a file count as none.
  ///
  /// - Parameter window: in place of the model's.
  /// - Throws: `ModelError`.
  func levelSizes(_ level: TheoryLevel, kernels: Int, window: Int? = nil) throws -> LevelSizes {
    var sizes = LevelSizes(
      model: try ModelDefinition(
        tokens: model.tokens, window: window ?? model.window, heads: model.heads, degree: model.degree,
        variant: model.variant),
      loss: loss, order: theory.order, kernels: kernels)
    guard level.definition.average == .sequences else { return sizes }
    switch theory.sequences {
    case .drawn(let context, let count, _): (sizes.sequences, sizes.length) = (count, context + 1)
    case .all(let context):
      let count = pow(Double(source.tokens), Double(context + 1))
      (sizes.sequences, sizes.length) = (Int(exactly: count) ?? .max, context + 1)
    case .file: break
    }
    return sizes
  }

  /// Bytes of the laws of windows: kernels · (d + 1) · N numbers. In floating point: they may be far beyond what an Int
  /// holds.
  func lawBytes(kernels: Int, reach: Int) -> Double {
    8 * Double(kernels) * pow(Double(source.tokens), Double(reach)) * Double(source.tokens + 1)
  }
}
