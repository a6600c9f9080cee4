import CKernels

/// Philox-4x32-10: random words as a function of a key and a counter, without state that would have to be passed on.
///
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
public struct CounterGenerator: RandomNumberGenerator, Sendable {
  private let key: UInt64
  private var counter: (UInt32, UInt32, UInt32, UInt32)
  private var words: (UInt64, UInt64) = (0, 0)
  private var isFresh = false

  /// The stream of one object, such as sequence `number` of `place`.
  public init(seed: UInt64, place: DrawPlace, number: UInt32) {
    key = seed
    counter = (
      0, number, UInt32(truncatingIfNeeded: place.word), UInt32(truncatingIfNeeded: place.word >> 32)
    )
  }

  public mutating func next() -> UInt64 {
    if isFresh {
      isFresh = false
      return words.1
    }
    let block = Self.block(counter, key: key)
    words = (UInt64(block.0) | UInt64(block.1) << 32, UInt64(block.2) | UInt64(block.3) << 32)
    counter.0 &+= 1
    isFresh = true
    return words.0
  }

  /// Uniform in (0, 1), with 53 bits.
  public mutating func uniform() -> Double { (Double(next() >> 11) + 0.5) * 0x1p-53 }

  /// Uniform in 0..<bound up to a bias of bound/2⁶⁴.
  public mutating func below(_ bound: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(bound)).high) }

  /// The generator itself: four words for a counter and a key.
  public static func block(
    _ counter: (UInt32, UInt32, UInt32, UInt32), key: UInt64
  ) -> (UInt32, UInt32, UInt32, UInt32) {
    let input = [counter.0, counter.1, counter.2, counter.3]
    var words: [UInt32] = [0, 0, 0, 0]
    trainer_philox(input, key, &words)
    return (words[0], words[1], words[2], words[3])
  }
}

/// What random words are for. Two places never share words, whatever the seed.
public struct DrawPlace: Hashable, Sendable {
  /// Which set of sequences, or the points of a sweep, or parameters at the start.
  public enum Stream: UInt64, Sendable {
    case training, heldOut, measurement, order, sweep, parameters
  }

  /// Which of the things that a sequence is drawn from.
  enum Purpose: UInt64 {
    case tokens, choice, start, kernel
  }

  public let stream: Stream
  /// Which batch of the stream.
  public let step: Int
  private var purpose = Purpose.tokens

  public init(_ stream: Stream, step: Int = 0) {
    self.stream = stream
    self.step = step
  }

  func drawing(_ purpose: Purpose) -> DrawPlace {
    var place = self
    place.purpose = purpose
    return place
  }

  /// 48 bits of step, then stream and purpose.
  var word: UInt64 {
    UInt64(truncatingIfNeeded: step) & 0xFFFF_FFFF_FFFF | stream.rawValue << 48 | purpose.rawValue << 56
  }
}
