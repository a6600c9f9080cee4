import CKernels

/// The vectorised loops of the full model's layer 1, `trainer_layers.h`, in one precision; shapes and meaning stand there.
protocol HeadKernels: TrainingScalar, BitwiseCopyable {
  static func attendForward(
    _ pair: UnsafePointer<Self>, _ place: UnsafePointer<Self>, _ logs: Int, _ x: UnsafePointer<UInt16>,
    _ step: Int,
    _ count: Int, _ lags: Int, _ d: Int, _ u: UnsafeMutablePointer<Self>, _ z: UnsafeMutablePointer<Self>)
  static func attendBackward(
    _ pair: UnsafePointer<Self>, _ place: UnsafePointer<Self>, _ logs: Int, _ x: UnsafePointer<UInt16>,
    _ step: Int,
    _ count: Int, _ lags: Int, _ d: Int, _ du: UnsafePointer<Self>, _ dz: UnsafePointer<Self>,
    _ dpair: UnsafeMutablePointer<Self>, _ dplace: UnsafeMutablePointer<Self>)
  static func mapsForward(
    _ u: UnsafePointer<Self>, _ map: UnsafePointer<Self>, _ count: Int, _ d: Int,
    _ y: UnsafeMutablePointer<Self>)
  static func mapsBackward(
    _ u: UnsafePointer<Self>, _ dy: UnsafePointer<Self>, _ count: Int, _ d: Int,
    _ dmap: UnsafeMutablePointer<Self>)
  static func norms(
    _ y: UnsafePointer<Self>, _ z: UnsafePointer<Self>, _ epsilon: Self, _ count: Int, _ d: Int,
    _ r: UnsafeMutablePointer<Self>)
  static func matchForward(
    _ y: UnsafePointer<Self>, _ r: UnsafePointer<Self>, _ query: UnsafePointer<Self>, _ count: Int, _ d: Int,
    _ heads: Int, _ stride: Int, _ k: UnsafeMutablePointer<Self>)
  static func matchBackward(
    _ y: UnsafePointer<Self>, _ z: UnsafePointer<Self>, _ r: UnsafePointer<Self>, _ epsilon: Self,
    _ query: UnsafePointer<Self>, _ dk: UnsafePointer<Self>, _ count: Int, _ d: Int, _ heads: Int,
    _ stride: Int,
    _ dquery: UnsafeMutablePointer<Self>, _ dy: UnsafeMutablePointer<Self>, _ dz: UnsafeMutablePointer<Self>)
}

extension Float: HeadKernels {
  static func attendForward(
    _ pair: UnsafePointer<Float>, _ place: UnsafePointer<Float>, _ logs: Int, _ x: UnsafePointer<UInt16>,
    _ step: Int,
    _ count: Int, _ lags: Int, _ d: Int, _ u: UnsafeMutablePointer<Float>, _ z: UnsafeMutablePointer<Float>
  ) {
    trainer_attend_forward_f(pair, place, Int32(logs), x, step, Int32(count), Int32(lags), Int32(d), u, z)
  }
  static func attendBackward(
    _ pair: UnsafePointer<Float>, _ place: UnsafePointer<Float>, _ logs: Int, _ x: UnsafePointer<UInt16>,
    _ step: Int,
    _ count: Int, _ lags: Int, _ d: Int, _ du: UnsafePointer<Float>, _ dz: UnsafePointer<Float>,
    _ dpair: UnsafeMutablePointer<Float>, _ dplace: UnsafeMutablePointer<Float>
  ) {
    trainer_attend_backward_f(
      pair, place, Int32(logs), x, step, Int32(count), Int32(lags), Int32(d), du, dz, dpair, dplace)
  }
  static func mapsForward(
    _ u: UnsafePointer<Float>, _ map: UnsafePointer<Float>, _ count: Int, _ d: Int,
    _ y: UnsafeMutablePointer<Float>
  ) {
    trainer_maps_forward_f(u, map, Int32(count), Int32(d), y)
  }
  static func mapsBackward(
    _ u: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, _ count: Int, _ d: Int,
    _ dmap: UnsafeMutablePointer<Float>
  ) {
    trainer_maps_backward_f(u, dy, Int32(count), Int32(d), dmap)
  }
  static func norms(
    _ y: UnsafePointer<Float>, _ z: UnsafePointer<Float>, _ epsilon: Float, _ count: Int, _ d: Int,
    _ r: UnsafeMutablePointer<Float>
  ) {
    trainer_norms_f(y, z, epsilon, Int32(count), Int32(d), r)
  }
  static func matchForward(
    _ y: UnsafePointer<Float>, _ r: UnsafePointer<Float>, _ query: UnsafePointer<Float>, _ count: Int,
    _ d: Int,
    _ heads: Int, _ stride: Int, _ k: UnsafeMutablePointer<Float>
  ) {
    trainer_match_forward_f(y, r, query, Int32(count), Int32(d), Int32(heads), stride, k)
  }
  static func matchBackward(
    _ y: UnsafePointer<Float>, _ z: UnsafePointer<Float>, _ r: UnsafePointer<Float>, _ epsilon: Float,
    _ query: UnsafePointer<Float>, _ dk: UnsafePointer<Float>, _ count: Int, _ d: Int, _ heads: Int,
    _ stride: Int,
    _ dquery: UnsafeMutablePointer<Float>, _ dy: UnsafeMutablePointer<Float>,
    _ dz: UnsafeMutablePointer<Float>
  ) {
    trainer_match_backward_f(
      y, z, r, epsilon, query, dk, Int32(count), Int32(d), Int32(heads), stride, dquery, dy, dz)
  }
}

extension Double: HeadKernels {
  static func attendForward(
    _ pair: UnsafePointer<Double>, _ place: UnsafePointer<Double>, _ logs: Int, _ x: UnsafePointer<UInt16>,
    _ step: Int,
    _ count: Int, _ lags: Int, _ d: Int, _ u: UnsafeMutablePointer<Double>, _ z: UnsafeMutablePointer<Double>
  ) {
    trainer_attend_forward_d(pair, place, Int32(logs), x, step, Int32(count), Int32(lags), Int32(d), u, z)
  }
  static func attendBackward(
    _ pair: UnsafePointer<Double>, _ place: UnsafePointer<Double>, _ logs: Int, _ x: UnsafePointer<UInt16>,
    _ step: Int,
    _ count: Int, _ lags: Int, _ d: Int, _ du: UnsafePointer<Double>, _ dz: UnsafePointer<Double>,
    _ dpair: UnsafeMutablePointer<Double>, _ dplace: UnsafeMutablePointer<Double>
  ) {
    trainer_attend_backward_d(
      pair, place, Int32(logs), x, step, Int32(count), Int32(lags), Int32(d), du, dz, dpair, dplace)
  }
  static func mapsForward(
    _ u: UnsafePointer<Double>, _ map: UnsafePointer<Double>, _ count: Int, _ d: Int,
    _ y: UnsafeMutablePointer<Double>
  ) {
    trainer_maps_forward_d(u, map, Int32(count), Int32(d), y)
  }
  static func mapsBackward(
    _ u: UnsafePointer<Double>, _ dy: UnsafePointer<Double>, _ count: Int, _ d: Int,
    _ dmap: UnsafeMutablePointer<Double>
  ) {
    trainer_maps_backward_d(u, dy, Int32(count), Int32(d), dmap)
  }
  static func norms(
    _ y: UnsafePointer<Double>, _ z: UnsafePointer<Double>, _ epsilon: Double, _ count: Int, _ d: Int,
    _ r: UnsafeMutablePointer<Double>
  ) {
    trainer_norms_d(y, z, epsilon, Int32(count), Int32(d), r)
  }
  static func matchForward(
    _ y: UnsafePointer<Double>, _ r: UnsafePointer<Double>, _ query: UnsafePointer<Double>, _ count: Int,
    _ d: Int,
    _ heads: Int, _ stride: Int, _ k: UnsafeMutablePointer<Double>
  ) {
    trainer_match_forward_d(y, r, query, Int32(count), Int32(d), Int32(heads), stride, k)
  }
  static func matchBackward(
    _ y: UnsafePointer<Double>, _ z: UnsafePointer<Double>, _ r: UnsafePointer<Double>, _ epsilon: Double,
    _ query: UnsafePointer<Double>, _ dk: UnsafePointer<Double>, _ count: Int, _ d: Int, _ heads: Int,
    _ stride: Int,
    _ dquery: UnsafeMutablePointer<Double>, _ dy: UnsafeMutablePointer<Double>,
    _ dz: UnsafeMutablePointer<Double>
  ) {
    trainer_match_backward_d(
      y, z, r, epsilon, query, dk, Int32(count), Int32(d), Int32(heads), stride, dquery, dy, dz)
  }
}
