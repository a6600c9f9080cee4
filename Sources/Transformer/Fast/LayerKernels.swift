import CKernels

/// The vectorised loops of `trainer_layers.h` in one precision; shapes and meaning stand there.
protocol LayerKernels: TrainingScalar, BitwiseCopyable {
  static func selectorForward(
    _ tree: UnsafePointer<trainer_tree>, _ p: UnsafePointer<Self>, _ k: UnsafePointer<Self>, _ n: Int,
    _ stride: Int, _ q: UnsafeMutablePointer<Self>, _ slope: UnsafeMutablePointer<Self>,
    _ scratch: UnsafeMutablePointer<Self>)
  static func selectorBackward(
    _ tree: UnsafePointer<trainer_tree>, _ k: UnsafePointer<Self>, _ dq: UnsafePointer<Self>, _ n: Int,
    _ stride: Int, _ slope: UnsafeMutablePointer<Self>, _ dp: UnsafeMutablePointer<Self>,
    _ scratch: UnsafeMutablePointer<Self>)
  static func largest(_ q: UnsafePointer<Self>, _ count: Int) -> Self
  static func smallest(_ q: UnsafePointer<Self>, _ count: Int) -> Self
  static func exponentials(
    _ q: UnsafePointer<Self>, _ a: Self, _ shift: Self, _ count: Int, _ n: Int,
    _ e: UnsafeMutablePointer<Self>)
  static func hits(
    _ x: UnsafePointer<UInt16>, _ target: Int, _ count: Int, _ n: Int, _ hit: UnsafeMutablePointer<Self>)
  static func attended(
    _ e: UnsafePointer<Self>, _ hit: UnsafePointer<Self>, _ n: Int, _ sums: UnsafeMutablePointer<Self>)
  static func attentionBackward(
    _ e: UnsafePointer<Self>, _ hit: UnsafePointer<Self>, _ q: UnsafePointer<Self>, _ up: Self, _ base: Self,
    _ a: Self, _ n: Int, _ dq: UnsafeMutablePointer<Self>
  ) -> Self
  static func copierQuery(
    _ sigma: UnsafePointer<Self>, _ x: UnsafePointer<UInt16>, _ lags: Int, _ d: Int,
    _ v: UnsafeMutablePointer<Self>)
  static func copierTables(
    _ sigma: UnsafePointer<Self>, _ v: UnsafePointer<Self>, _ d: Int, _ digits: Int, _ chunks: Int,
    _ codes: Int, _ t: UnsafeMutablePointer<Self>)
  static func copierForward(
    _ t: UnsafePointer<Self>, _ code: UnsafePointer<UInt32>, _ digits: Int, _ chunks: Int, _ codes: Int,
    _ heads: Int, _ count: Int, _ n: Int, _ stride: Int, _ k: UnsafeMutablePointer<Self>)
  static func copierBackward(
    _ dk: UnsafePointer<Self>, _ code: UnsafePointer<UInt32>, _ digits: Int, _ chunks: Int, _ codes: Int,
    _ heads: Int, _ count: Int, _ stride: Int, _ dt: UnsafeMutablePointer<Self>)
  static func copierTablesBackward(
    _ dt: UnsafeMutablePointer<Self>, _ sigma: UnsafePointer<Self>, _ v: UnsafePointer<Self>, _ d: Int,
    _ digits: Int, _ chunks: Int, _ codes: Int, _ dsigma: UnsafeMutablePointer<Self>,
    _ dv: UnsafeMutablePointer<Self>)
  static func copierPartial(
    _ sigma: UnsafePointer<Self>, _ x: UnsafePointer<UInt16>, _ count: Int, _ lags: Int,
    _ v: UnsafePointer<Self>, _ heads: Int, _ stride: Int, _ k: UnsafeMutablePointer<Self>)
  static func copierPartialBackward(
    _ sigma: UnsafePointer<Self>, _ x: UnsafePointer<UInt16>, _ count: Int, _ lags: Int,
    _ v: UnsafePointer<Self>, _ heads: Int, _ stride: Int, _ dk: UnsafePointer<Self>,
    _ dsigma: UnsafeMutablePointer<Self>, _ dv: UnsafeMutablePointer<Self>)
  static func lookUp(
    _ table: UnsafePointer<Self>, _ x: UnsafePointer<UInt16>, _ count: Int, _ n: Int,
    _ value: UnsafeMutablePointer<Self>)
  static func scatter(
    _ e: UnsafePointer<Self>, _ x: UnsafePointer<UInt16>, _ count: Int, _ sums: UnsafeMutablePointer<Self>)
  static func rowForward(
    _ v: UnsafePointer<Self>, _ query: UnsafePointer<Self>, _ heads: Int, _ d: Int, _ n: Int, _ stride: Int,
    _ distance: Int, _ z: Int, _ k: UnsafeMutablePointer<Self>)
  static func rowBackward(
    _ v: UnsafePointer<Self>, _ query: UnsafePointer<Self>, _ dk: UnsafePointer<Self>, _ heads: Int, _ d: Int,
    _ n: Int, _ stride: Int, _ distance: Int, _ z: Int, _ dv: UnsafeMutablePointer<Self>,
    _ dquery: UnsafeMutablePointer<Self>)
  static func rectify(_ n: Int, _ k: UnsafeMutablePointer<Self>)
  static func rectifyBackward(_ k: UnsafePointer<Self>, _ n: Int, _ dk: UnsafeMutablePointer<Self>)
  static func countsForward(
    _ counts: UnsafePointer<UInt16>, _ sequences: UnsafePointer<Int32>, _ count: Int,
    _ e: UnsafePointer<Self>, _ d: Int, _ stride: Int, _ each: Int, _ width: Int,
    _ sums: UnsafeMutablePointer<Self>)
  static func countsBackward(
    _ counts: UnsafePointer<UInt16>, _ sequences: UnsafePointer<Int32>, _ count: Int,
    _ c: UnsafePointer<Self>, _ d: Int, _ stride: Int, _ each: Int, _ width: Int,
    _ t: UnsafeMutablePointer<Self>)
  static func entriesForward(
    _ first: UnsafePointer<Int32>, _ end: UnsafePointer<Int32>, _ window: UnsafePointer<UInt16>,
    _ weight: UnsafePointer<UInt16>, _ sequences: UnsafePointer<Int32>, _ count: Int,
    _ e: UnsafePointer<Self>,
    _ d: Int, _ each: Int, _ width: Int, _ sums: UnsafeMutablePointer<Self>)
  static func entriesBackward(
    _ first: UnsafePointer<Int32>, _ end: UnsafePointer<Int32>, _ window: UnsafePointer<UInt16>,
    _ weight: UnsafePointer<UInt16>, _ sequences: UnsafePointer<Int32>, _ count: Int,
    _ c: UnsafePointer<Self>,
    _ d: Int, _ each: Int, _ width: Int, _ t: UnsafeMutablePointer<Self>)
  static func criterion(
    _ logits: Int, _ epsilon: Self, _ a: Self, _ d: Int, _ count: Int, _ width: Int,
    _ target: UnsafePointer<Int32>, _ keys: UnsafePointer<Self>?, _ sums: UnsafeMutablePointer<Self>,
    _ y: UnsafeMutablePointer<Self>?, _ loss: UnsafeMutablePointer<Self>)
  static func rowLogits(
    _ e: UnsafePointer<Self>?, _ q: UnsafePointer<Self>, _ n: Int, _ t: UnsafeMutablePointer<Self>
  ) -> Self
}

extension Float: LayerKernels {
  static func selectorForward(
    _ tree: UnsafePointer<trainer_tree>, _ p: UnsafePointer<Float>, _ k: UnsafePointer<Float>, _ n: Int,
    _ stride: Int, _ q: UnsafeMutablePointer<Float>, _ slope: UnsafeMutablePointer<Float>,
    _ scratch: UnsafeMutablePointer<Float>
  ) {
    trainer_selector_forward_f(tree, p, k, Int32(n), stride, q, slope, scratch)
  }
  static func selectorBackward(
    _ tree: UnsafePointer<trainer_tree>, _ k: UnsafePointer<Float>, _ dq: UnsafePointer<Float>, _ n: Int,
    _ stride: Int, _ slope: UnsafeMutablePointer<Float>, _ dp: UnsafeMutablePointer<Float>,
    _ scratch: UnsafeMutablePointer<Float>
  ) {
    trainer_selector_backward_f(tree, k, dq, Int32(n), stride, slope, dp, scratch)
  }
  static func largest(_ q: UnsafePointer<Float>, _ count: Int) -> Float {
    trainer_largest_f(q, Int32(count))
  }
  static func smallest(_ q: UnsafePointer<Float>, _ count: Int) -> Float {
    trainer_smallest_f(q, Int32(count))
  }
  static func exponentials(
    _ q: UnsafePointer<Float>, _ a: Float, _ shift: Float, _ count: Int, _ n: Int,
    _ e: UnsafeMutablePointer<Float>
  ) {
    trainer_exponentials_f(q, a, shift, Int32(count), Int32(n), e)
  }
  static func hits(
    _ x: UnsafePointer<UInt16>, _ target: Int, _ count: Int, _ n: Int, _ hit: UnsafeMutablePointer<Float>
  ) {
    trainer_hits_f(x, Int32(target), Int32(count), Int32(n), hit)
  }
  static func attended(
    _ e: UnsafePointer<Float>, _ hit: UnsafePointer<Float>, _ n: Int, _ sums: UnsafeMutablePointer<Float>
  ) {
    trainer_attended_f(e, hit, Int32(n), sums)
  }
  static func attentionBackward(
    _ e: UnsafePointer<Float>, _ hit: UnsafePointer<Float>, _ q: UnsafePointer<Float>, _ up: Float,
    _ base: Float, _ a: Float, _ n: Int, _ dq: UnsafeMutablePointer<Float>
  ) -> Float {
    trainer_attention_backward_f(e, hit, q, up, base, a, Int32(n), dq)
  }
  static func copierQuery(
    _ sigma: UnsafePointer<Float>, _ x: UnsafePointer<UInt16>, _ lags: Int, _ d: Int,
    _ v: UnsafeMutablePointer<Float>
  ) {
    trainer_copier_query_f(sigma, x, Int32(lags), Int32(d), v)
  }
  static func copierTables(
    _ sigma: UnsafePointer<Float>, _ v: UnsafePointer<Float>, _ d: Int, _ digits: Int, _ chunks: Int,
    _ codes: Int, _ t: UnsafeMutablePointer<Float>
  ) {
    trainer_copier_tables_f(sigma, v, Int32(d), Int32(digits), Int32(chunks), Int32(codes), t)
  }
  static func copierForward(
    _ t: UnsafePointer<Float>, _ code: UnsafePointer<UInt32>, _ digits: Int, _ chunks: Int, _ codes: Int,
    _ heads: Int, _ count: Int, _ n: Int, _ stride: Int, _ k: UnsafeMutablePointer<Float>
  ) {
    trainer_copier_forward_f(
      t, code, Int32(digits), Int32(chunks), Int32(codes), Int32(heads), Int32(count), Int32(n), stride, k)
  }
  static func copierBackward(
    _ dk: UnsafePointer<Float>, _ code: UnsafePointer<UInt32>, _ digits: Int, _ chunks: Int, _ codes: Int,
    _ heads: Int, _ count: Int, _ stride: Int, _ dt: UnsafeMutablePointer<Float>
  ) {
    trainer_copier_backward_f(
      dk, code, Int32(digits), Int32(chunks), Int32(codes), Int32(heads), Int32(count), stride, dt)
  }
  static func copierTablesBackward(
    _ dt: UnsafeMutablePointer<Float>, _ sigma: UnsafePointer<Float>, _ v: UnsafePointer<Float>, _ d: Int,
    _ digits: Int, _ chunks: Int, _ codes: Int, _ dsigma: UnsafeMutablePointer<Float>,
    _ dv: UnsafeMutablePointer<Float>
  ) {
    trainer_copier_tables_backward_f(
      dt, sigma, v, Int32(d), Int32(digits), Int32(chunks), Int32(codes), dsigma, dv)
  }
  static func copierPartial(
    _ sigma: UnsafePointer<Float>, _ x: UnsafePointer<UInt16>, _ count: Int, _ lags: Int,
    _ v: UnsafePointer<Float>, _ heads: Int, _ stride: Int, _ k: UnsafeMutablePointer<Float>
  ) {
    trainer_copier_partial_f(sigma, x, Int32(count), Int32(lags), v, Int32(heads), stride, k)
  }
  static func copierPartialBackward(
    _ sigma: UnsafePointer<Float>, _ x: UnsafePointer<UInt16>, _ count: Int, _ lags: Int,
    _ v: UnsafePointer<Float>, _ heads: Int, _ stride: Int, _ dk: UnsafePointer<Float>,
    _ dsigma: UnsafeMutablePointer<Float>, _ dv: UnsafeMutablePointer<Float>
  ) {
    trainer_copier_partial_backward_f(
      sigma, x, Int32(count), Int32(lags), v, Int32(heads), stride, dk, dsigma, dv)
  }
  static func lookUp(
    _ table: UnsafePointer<Float>, _ x: UnsafePointer<UInt16>, _ count: Int, _ n: Int,
    _ value: UnsafeMutablePointer<Float>
  ) {
    trainer_look_up_f(table, x, Int32(count), Int32(n), value)
  }
  static func scatter(
    _ e: UnsafePointer<Float>, _ x: UnsafePointer<UInt16>, _ count: Int, _ sums: UnsafeMutablePointer<Float>
  ) {
    trainer_scatter_f(e, x, Int32(count), sums)
  }
  static func rowForward(
    _ v: UnsafePointer<Float>, _ query: UnsafePointer<Float>, _ heads: Int, _ d: Int, _ n: Int, _ stride: Int,
    _ distance: Int, _ z: Int, _ k: UnsafeMutablePointer<Float>
  ) {
    trainer_row_forward_f(v, query, Int32(heads), Int32(d), Int32(n), stride, distance, Int32(z), k)
  }
  static func rowBackward(
    _ v: UnsafePointer<Float>, _ query: UnsafePointer<Float>, _ dk: UnsafePointer<Float>, _ heads: Int,
    _ d: Int, _ n: Int, _ stride: Int, _ distance: Int, _ z: Int, _ dv: UnsafeMutablePointer<Float>,
    _ dquery: UnsafeMutablePointer<Float>
  ) {
    trainer_row_backward_f(
      v, query, dk, Int32(heads), Int32(d), Int32(n), stride, distance, Int32(z), dv, dquery)
  }
  static func rectify(_ n: Int, _ k: UnsafeMutablePointer<Float>) { trainer_rectify_f(n, k) }
  static func rectifyBackward(_ k: UnsafePointer<Float>, _ n: Int, _ dk: UnsafeMutablePointer<Float>) {
    trainer_rectify_backward_f(k, n, dk)
  }
  static func countsForward(
    _ counts: UnsafePointer<UInt16>, _ sequences: UnsafePointer<Int32>, _ count: Int,
    _ e: UnsafePointer<Float>, _ d: Int, _ stride: Int, _ each: Int, _ width: Int,
    _ sums: UnsafeMutablePointer<Float>
  ) {
    trainer_counts_forward_f(counts, sequences, Int32(count), e, Int32(d), stride, each, Int32(width), sums)
  }
  static func countsBackward(
    _ counts: UnsafePointer<UInt16>, _ sequences: UnsafePointer<Int32>, _ count: Int,
    _ c: UnsafePointer<Float>, _ d: Int, _ stride: Int, _ each: Int, _ width: Int,
    _ t: UnsafeMutablePointer<Float>
  ) {
    trainer_counts_backward_f(counts, sequences, Int32(count), c, Int32(d), stride, each, Int32(width), t)
  }
  static func entriesForward(
    _ first: UnsafePointer<Int32>, _ end: UnsafePointer<Int32>, _ window: UnsafePointer<UInt16>,
    _ weight: UnsafePointer<UInt16>, _ sequences: UnsafePointer<Int32>, _ count: Int,
    _ e: UnsafePointer<Float>, _ d: Int, _ each: Int, _ width: Int, _ sums: UnsafeMutablePointer<Float>
  ) {
    trainer_entries_forward_f(
      first, end, window, weight, sequences, Int32(count), e, Int32(d), each, Int32(width), sums)
  }
  static func entriesBackward(
    _ first: UnsafePointer<Int32>, _ end: UnsafePointer<Int32>, _ window: UnsafePointer<UInt16>,
    _ weight: UnsafePointer<UInt16>, _ sequences: UnsafePointer<Int32>, _ count: Int,
    _ c: UnsafePointer<Float>, _ d: Int, _ each: Int, _ width: Int, _ t: UnsafeMutablePointer<Float>
  ) {
    trainer_entries_backward_f(
      first, end, window, weight, sequences, Int32(count), c, Int32(d), each, Int32(width), t)
  }
  static func criterion(
    _ logits: Int, _ epsilon: Float, _ a: Float, _ d: Int, _ count: Int, _ width: Int,
    _ target: UnsafePointer<Int32>, _ keys: UnsafePointer<Float>?, _ sums: UnsafeMutablePointer<Float>,
    _ y: UnsafeMutablePointer<Float>?, _ loss: UnsafeMutablePointer<Float>
  ) {
    trainer_criterion_f(
      Int32(logits), epsilon, a, Int32(d), Int32(count), Int32(width), target, keys, sums, y, loss)
  }
  static func rowLogits(
    _ e: UnsafePointer<Float>?, _ q: UnsafePointer<Float>, _ n: Int, _ t: UnsafeMutablePointer<Float>
  ) -> Float {
    trainer_row_logits_f(e, q, Int32(n), t)
  }
}

extension Double: LayerKernels {
  static func selectorForward(
    _ tree: UnsafePointer<trainer_tree>, _ p: UnsafePointer<Double>, _ k: UnsafePointer<Double>, _ n: Int,
    _ stride: Int, _ q: UnsafeMutablePointer<Double>, _ slope: UnsafeMutablePointer<Double>,
    _ scratch: UnsafeMutablePointer<Double>
  ) {
    trainer_selector_forward_d(tree, p, k, Int32(n), stride, q, slope, scratch)
  }
  static func selectorBackward(
    _ tree: UnsafePointer<trainer_tree>, _ k: UnsafePointer<Double>, _ dq: UnsafePointer<Double>, _ n: Int,
    _ stride: Int, _ slope: UnsafeMutablePointer<Double>, _ dp: UnsafeMutablePointer<Double>,
    _ scratch: UnsafeMutablePointer<Double>
  ) {
    trainer_selector_backward_d(tree, k, dq, Int32(n), stride, slope, dp, scratch)
  }
  static func largest(_ q: UnsafePointer<Double>, _ count: Int) -> Double {
    trainer_largest_d(q, Int32(count))
  }
  static func smallest(_ q: UnsafePointer<Double>, _ count: Int) -> Double {
    trainer_smallest_d(q, Int32(count))
  }
  static func exponentials(
    _ q: UnsafePointer<Double>, _ a: Double, _ shift: Double, _ count: Int, _ n: Int,
    _ e: UnsafeMutablePointer<Double>
  ) {
    trainer_exponentials_d(q, a, shift, Int32(count), Int32(n), e)
  }
  static func hits(
    _ x: UnsafePointer<UInt16>, _ target: Int, _ count: Int, _ n: Int, _ hit: UnsafeMutablePointer<Double>
  ) {
    trainer_hits_d(x, Int32(target), Int32(count), Int32(n), hit)
  }
  static func attended(
    _ e: UnsafePointer<Double>, _ hit: UnsafePointer<Double>, _ n: Int, _ sums: UnsafeMutablePointer<Double>
  ) {
    trainer_attended_d(e, hit, Int32(n), sums)
  }
  static func attentionBackward(
    _ e: UnsafePointer<Double>, _ hit: UnsafePointer<Double>, _ q: UnsafePointer<Double>, _ up: Double,
    _ base: Double, _ a: Double, _ n: Int, _ dq: UnsafeMutablePointer<Double>
  ) -> Double {
    trainer_attention_backward_d(e, hit, q, up, base, a, Int32(n), dq)
  }
  static func copierQuery(
    _ sigma: UnsafePointer<Double>, _ x: UnsafePointer<UInt16>, _ lags: Int, _ d: Int,
    _ v: UnsafeMutablePointer<Double>
  ) {
    trainer_copier_query_d(sigma, x, Int32(lags), Int32(d), v)
  }
  static func copierTables(
    _ sigma: UnsafePointer<Double>, _ v: UnsafePointer<Double>, _ d: Int, _ digits: Int, _ chunks: Int,
    _ codes: Int, _ t: UnsafeMutablePointer<Double>
  ) {
    trainer_copier_tables_d(sigma, v, Int32(d), Int32(digits), Int32(chunks), Int32(codes), t)
  }
  static func copierForward(
    _ t: UnsafePointer<Double>, _ code: UnsafePointer<UInt32>, _ digits: Int, _ chunks: Int, _ codes: Int,
    _ heads: Int, _ count: Int, _ n: Int, _ stride: Int, _ k: UnsafeMutablePointer<Double>
  ) {
    trainer_copier_forward_d(
      t, code, Int32(digits), Int32(chunks), Int32(codes), Int32(heads), Int32(count), Int32(n), stride, k)
  }
  static func copierBackward(
    _ dk: UnsafePointer<Double>, _ code: UnsafePointer<UInt32>, _ digits: Int, _ chunks: Int, _ codes: Int,
    _ heads: Int, _ count: Int, _ stride: Int, _ dt: UnsafeMutablePointer<Double>
  ) {
    trainer_copier_backward_d(
      dk, code, Int32(digits), Int32(chunks), Int32(codes), Int32(heads), Int32(count), stride, dt)
  }
  static func copierTablesBackward(
    _ dt: UnsafeMutablePointer<Double>, _ sigma: UnsafePointer<Double>, _ v: UnsafePointer<Double>, _ d: Int,
    _ digits: Int, _ chunks: Int, _ codes: Int, _ dsigma: UnsafeMutablePointer<Double>,
    _ dv: UnsafeMutablePointer<Double>
  ) {
    trainer_copier_tables_backward_d(
      dt, sigma, v, Int32(d), Int32(digits), Int32(chunks), Int32(codes), dsigma, dv)
  }
  static func copierPartial(
    _ sigma: UnsafePointer<Double>, _ x: UnsafePointer<UInt16>, _ count: Int, _ lags: Int,
    _ v: UnsafePointer<Double>, _ heads: Int, _ stride: Int, _ k: UnsafeMutablePointer<Double>
  ) {
    trainer_copier_partial_d(sigma, x, Int32(count), Int32(lags), v, Int32(heads), stride, k)
  }
  static func copierPartialBackward(
    _ sigma: UnsafePointer<Double>, _ x: UnsafePointer<UInt16>, _ count: Int, _ lags: Int,
    _ v: UnsafePointer<Double>, _ heads: Int, _ stride: Int, _ dk: UnsafePointer<Double>,
    _ dsigma: UnsafeMutablePointer<Double>, _ dv: UnsafeMutablePointer<Double>
  ) {
    trainer_copier_partial_backward_d(
      sigma, x, Int32(count), Int32(lags), v, Int32(heads), stride, dk, dsigma, dv)
  }
  static func lookUp(
    _ table: UnsafePointer<Double>, _ x: UnsafePointer<UInt16>, _ count: Int, _ n: Int,
    _ value: UnsafeMutablePointer<Double>
  ) {
    trainer_look_up_d(table, x, Int32(count), Int32(n), value)
  }
  static func scatter(
    _ e: UnsafePointer<Double>, _ x: UnsafePointer<UInt16>, _ count: Int, _ sums: UnsafeMutablePointer<Double>
  ) {
    trainer_scatter_d(e, x, Int32(count), sums)
  }
  static func rowForward(
    _ v: UnsafePointer<Double>, _ query: UnsafePointer<Double>, _ heads: Int, _ d: Int, _ n: Int,
    _ stride: Int,
    _ distance: Int, _ z: Int, _ k: UnsafeMutablePointer<Double>
  ) {
    trainer_row_forward_d(v, query, Int32(heads), Int32(d), Int32(n), stride, distance, Int32(z), k)
  }
  static func rowBackward(
    _ v: UnsafePointer<Double>, _ query: UnsafePointer<Double>, _ dk: UnsafePointer<Double>, _ heads: Int,
    _ d: Int, _ n: Int, _ stride: Int, _ distance: Int, _ z: Int, _ dv: UnsafeMutablePointer<Double>,
    _ dquery: UnsafeMutablePointer<Double>
  ) {
    trainer_row_backward_d(
      v, query, dk, Int32(heads), Int32(d), Int32(n), stride, distance, Int32(z), dv, dquery)
  }
  static func rectify(_ n: Int, _ k: UnsafeMutablePointer<Double>) { trainer_rectify_d(n, k) }
  static func rectifyBackward(_ k: UnsafePointer<Double>, _ n: Int, _ dk: UnsafeMutablePointer<Double>) {
    trainer_rectify_backward_d(k, n, dk)
  }
  static func countsForward(
    _ counts: UnsafePointer<UInt16>, _ sequences: UnsafePointer<Int32>, _ count: Int,
    _ e: UnsafePointer<Double>, _ d: Int, _ stride: Int, _ each: Int, _ width: Int,
    _ sums: UnsafeMutablePointer<Double>
  ) {
    trainer_counts_forward_d(counts, sequences, Int32(count), e, Int32(d), stride, each, Int32(width), sums)
  }
  static func countsBackward(
    _ counts: UnsafePointer<UInt16>, _ sequences: UnsafePointer<Int32>, _ count: Int,
    _ c: UnsafePointer<Double>, _ d: Int, _ stride: Int, _ each: Int, _ width: Int,
    _ t: UnsafeMutablePointer<Double>
  ) {
    trainer_counts_backward_d(counts, sequences, Int32(count), c, Int32(d), stride, each, Int32(width), t)
  }
  static func entriesForward(
    _ first: UnsafePointer<Int32>, _ end: UnsafePointer<Int32>, _ window: UnsafePointer<UInt16>,
    _ weight: UnsafePointer<UInt16>, _ sequences: UnsafePointer<Int32>, _ count: Int,
    _ e: UnsafePointer<Double>, _ d: Int, _ each: Int, _ width: Int, _ sums: UnsafeMutablePointer<Double>
  ) {
    trainer_entries_forward_d(
      first, end, window, weight, sequences, Int32(count), e, Int32(d), each, Int32(width), sums)
  }
  static func entriesBackward(
    _ first: UnsafePointer<Int32>, _ end: UnsafePointer<Int32>, _ window: UnsafePointer<UInt16>,
    _ weight: UnsafePointer<UInt16>, _ sequences: UnsafePointer<Int32>, _ count: Int,
    _ c: UnsafePointer<Double>, _ d: Int, _ each: Int, _ width: Int, _ t: UnsafeMutablePointer<Double>
  ) {
    trainer_entries_backward_d(
      first, end, window, weight, sequences, Int32(count), c, Int32(d), each, Int32(width), t)
  }
  static func criterion(
    _ logits: Int, _ epsilon: Double, _ a: Double, _ d: Int, _ count: Int, _ width: Int,
    _ target: UnsafePointer<Int32>, _ keys: UnsafePointer<Double>?, _ sums: UnsafeMutablePointer<Double>,
    _ y: UnsafeMutablePointer<Double>?, _ loss: UnsafeMutablePointer<Double>
  ) {
    trainer_criterion_d(
      Int32(logits), epsilon, a, Int32(d), Int32(count), Int32(width), target, keys, sums, y, loss)
  }
  static func rowLogits(
    _ e: UnsafePointer<Double>?, _ q: UnsafePointer<Double>, _ n: Int, _ t: UnsafeMutablePointer<Double>
  ) -> Double {
    trainer_row_logits_d(e, q, Int32(n), t)
  }
}
