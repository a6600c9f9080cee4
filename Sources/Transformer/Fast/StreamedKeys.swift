import CKernels

/// The keys of a streamed sequence, and how rows over them are laid out.
struct StreamedKeys {
  let shape: PassShape
  /// L.
  let context: Int
  let count: Int
  /// The first key's position, from 0.
  let first: Int
  /// Keys, rounded up to the loops' block.
  let padded: Int
  /// Distance of rows over positions.
  let stride: Int

  /// For sequences of `length` tokens, at least `PassShape.shortestSequence`.
  init(shape: PassShape, length: Int) {
    self.shape = shape
    context = length - 1
    let range = shape.keys(context: context)
    count = range.count
    first = range.lowerBound
    padded = Transformer.padded(count, to: Int(TRAINER_BLOCK))
    stride = padded + 8
  }
}
