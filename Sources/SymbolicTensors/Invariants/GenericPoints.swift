/// Coordinates of points in general position: SplitMix64, uniform in ±(0.5, 1.5).
package struct GenericPoints {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    z ^= z >> 31
    let uniform = Double(z >> 11) * 0x1p-53
    return z & 1 == 0 ? 0.5 + uniform : -0.5 - uniform
  }
}
