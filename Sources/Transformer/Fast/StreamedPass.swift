import InductionModel

/// p and a of a step as the streamed loops read them.
final class ReadingWeights<Real: LayerKernels>: @unchecked Sendable {
  /// p, [set][8], eight times the same.
  let shares: Buffer<Real>
  private(set) var scale: Real = 0

  init(sets: Int) { shares = Buffer(sets * 8, zero: 0) }

  func set(shares: [Double], scale: Double) {
    for (set, share) in shares.enumerated() {
      for lane in 0..<8 { self.shares.start[set * 8 + lane] = Real(share) }
    }
    self.scale = Real(scale)
  }
}

/// A model's weights of a step, shared by all threads.
protocol StreamedWeights: AnyObject {
  associatedtype Real: LayerKernels
  var reading: ReadingWeights<Real> { get }
  func set(_ parameters: [Double])
  /// Derivatives by the weights as `StreamedHeads` gives them → by the parameters of the last `set`.
  func parameterGradient(row: [Double]) -> [Double]
}

/// One thread's layer 1 for the streamed evaluation.
protocol StreamedHeads: AnyObject {
  associatedtype Weights: StreamedWeights
  typealias Real = Weights.Real

  /// Forgets the derivatives so far.
  func start()
  /// x [L + 1] → k [H][stride].
  func forward(_ x: UnsafePointer<UInt16>, _ weights: Weights, k: UnsafeMutablePointer<Real>)
  /// dk [H][stride] of the sequence that `forward` has just seen; the derivatives are added.
  func backward(_ x: UnsafePointer<UInt16>, _ weights: Weights, dk: UnsafePointer<Real>)
  /// All derivatives since `start` as a row, those of the second layer given.
  func gradient(shares: [Double], scale: Double, _ weights: Weights) -> [Double]
}

/// One thread's workspace for the streamed evaluation: every sequence by itself.
struct StreamedPass<Heads: StreamedHeads> {
  let heads: Heads
  let reading: StreamedReading<Heads.Real>

  func start() {
    heads.start()
    reading.start()
  }

  /// x [L + 1] → what `StreamedReading.forward` gives.
  func forward(_ x: UnsafePointer<UInt16>, _ weights: Heads.Weights) -> Double {
    heads.forward(x, weights, k: reading.k.start)
    return reading.forward(x, weights.reading)
  }

  /// Adds the derivatives of the sequence that `forward` has just seen.
  func backward(_ x: UnsafePointer<UInt16>, _ weights: Heads.Weights) {
    reading.backward(weights.reading)
    heads.backward(x, weights, dk: reading.slope.start)
  }

  func gradient(_ weights: Heads.Weights) -> [Double] {
    heads.gradient(shares: reading.shares, scale: reading.dscale, weights)
  }
}
