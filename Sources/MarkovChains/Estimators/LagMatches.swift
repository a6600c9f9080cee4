/// Where in a sequence the tokens at the lags of some sets are those before its end, a bit for each position.
///
/// Bit l of the match of lag s says that x_{l−s} = x_{L+1−s}: it is bit l − s of the positions that hold the token
/// x_{L+1−s}. One walk over the sequence so finds the matches of all lags, and a set matches where all its lags do.
package struct LagMatches: Sendable {
  private let lags: [Int]
  /// Places in `lags` of every set's members, [set].
  private let members: [[Int]]
  /// What stands for a token before the end, from 1; 0 for the other tokens, [token].
  private var labels: [Int]
  /// Positions with a label, [label][word].
  private var places: [UInt64] = []
  /// [lag][word].
  private var matches: [UInt64] = []
  private var sequence: [UInt32] = []
  private var words = 0

  package init(of sets: [LagSet], tokens: Int) {
    let lags = Set(sets.flatMap(\.members)).sorted()
    let places = Dictionary(uniqueKeysWithValues: lags.enumerated().map { ($1, $0) })
    self.lags = lags
    members = sets.map { $0.members.compactMap { places[$0] } }
    labels = Array(repeating: 0, count: tokens)
  }

  /// x_1...x_L, tokens 0..<d. O(L + lags · L/64).
  package mutating func read(_ tokens: some Collection<some BinaryInteger>) {
    sequence.removeAll(keepingCapacity: true)
    for token in tokens { sequence.append(UInt32(token)) }
    let length = sequence.count
    words = (length + 63) / 64
    // Lags beyond the start match nowhere.
    let before = lags.prefix { $0 <= length }.map { Int(sequence[length - $0]) }
    var used = 1
    for token in before where labels[token] == 0 {
      labels[token] = used
      used += 1
    }
    Self.clear(&places, count: used * words)
    for position in 0..<length {
      places[labels[Int(sequence[position])] * words + position >> 6] |= 1 << UInt64(position & 63)
    }
    Self.clear(&matches, count: lags.count * words)
    for (row, token) in before.enumerated() { shift(labels[token], by: lags[row], into: row) }
    for token in before { labels[token] = 0 }
  }

  private static func clear(_ bits: inout [UInt64], count: Int) {
    bits.removeAll(keepingCapacity: true)
    bits.append(contentsOf: repeatElement(0, count: count))
  }

  /// Positions with a label, `lag` later. Bits beyond the sequence's end are left to `count`.
  private mutating func shift(_ label: Int, by lag: Int, into row: Int) {
    let (whole, part) = (lag >> 6, UInt64(lag & 63))
    for word in stride(from: whole, to: words, by: 1) {
      let from = label * words + word - whole
      // A shift by 64 leaves nothing, which is right for part = 0.
      let carried = word > whole ? places[from - 1] >> (64 - part) : 0
      matches[row * words + word] = places[from] << part | carried
    }
  }

  /// Adds to `counts`, [token], how often each token stands where a set matches, from position `first` (counted from
  /// 0) on. O(|S| L/64) and the matches.
  func count(_ set: Int, from first: Int, into counts: inout [Int]) {
    forEach(set, from: first) { counts[Int(sequence[$0])] += 1 }
  }

  /// Every position from `first` on, both counted from 0, at which a set matches, in order.
  @inline(__always)
  package func forEach(_ set: Int, from first: Int, _ body: (_ position: Int) -> Void) {
    for word in stride(from: first >> 6, to: words, by: 1) {
      var bits = UInt64.max
      for row in members[set] { bits &= matches[row * words + word] }
      if word == first >> 6 { bits &= .max << UInt64(first & 63) }
      if word == words - 1 { bits &= .max >> UInt64(words << 6 - sequence.count) }
      while bits != 0 {
        body(word << 6 + bits.trailingZeroBitCount)
        bits &= bits - 1
      }
    }
  }

  /// Attention on the positions of x_1...x_L, counted from 0, at which a set matches.
  package func mass(_ attention: [Double], onSet set: Int) -> Double {
    var mass = 0.0
    forEach(set, from: 0) { mass += attention[$0] }
    return mass
  }
}
