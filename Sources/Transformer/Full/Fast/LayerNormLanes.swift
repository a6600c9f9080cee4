/// LayerNorm of centred values with heads in lanes: v = γ r y + β with r = 1/√(mean y² + ε z²).
enum LayerNormLanes {
  /// y [count][d][8], r [count][8] → v [count][d][8].
  static func forward<Real: HeadKernels>(
    _ tables: AttentionTables<Real>, y: UnsafePointer<Real>, r: UnsafePointer<Real>, count: Int,
    v: UnsafeMutablePointer<Real>
  ) {
    let d = tables.shape.tokens
    for i in 0..<count {
      for e in 0..<d {
        let (gain, bias) = (tables.gain.start[e], tables.bias.start[e])
        for lane in 0..<8 {
          let entry = (i * d + e) * 8 + lane
          v[entry] = gain * y[entry] * r[i * 8 + lane] + bias
        }
      }
    }
  }

  /// dv [count][d][8], used up for dy → dz [count][8], overwritten, and dγ, dβ, added to.
  static func backward<Real: HeadKernels>(
    _ tables: AttentionTables<Real>, y: UnsafePointer<Real>, z: UnsafePointer<Real>, r: UnsafePointer<Real>,
    count: Int, dv: UnsafeMutablePointer<Real>, dz: UnsafeMutablePointer<Real>, sums: AttentionSums<Real>
  ) {
    let d = tables.shape.tokens
    for i in 0..<count {
      for lane in 0..<8 {
        let inverse = r[i * 8 + lane]
        var radial: Real = 0
        for e in 0..<d {
          let entry = (i * d + e) * 8 + lane
          sums.dgain.start[e * 8 + lane] += dv[entry] * y[entry] * inverse
          sums.dbias.start[e * 8 + lane] += dv[entry]
          dv[entry] *= tables.gain.start[e] * inverse
          radial += dv[entry] * y[entry]
        }
        // r depends on y and z by 1/r².
        let norm = -radial * inverse * inverse
        for e in 0..<d {
          let entry = (i * d + e) * 8 + lane
          dv[entry] += norm / Real(d) * y[entry]
        }
        dz[i * 8 + lane] = norm * Real(LayerNorm.epsilon) * z[i * 8 + lane]
      }
    }
  }
}
