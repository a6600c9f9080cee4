/// How a batch is evaluated. All paths compute the same sums in other orders.
public enum EvaluationPath: String, CaseIterable, Hashable, Sendable {
  /// Layer by layer as the definition says; every variant and size.
  case plain
  /// A sequence at a time, positions in vector lanes; `normalization: none`, `feature-norm: constant`.
  case streamed
}

extension DisentangledTransformer {
  /// An evaluator of one kind, or nil where that path does not cover sequences of `length` tokens.
  public func evaluator(
    _ path: EvaluationPath, precision: Precision, length: Int, pool: WorkerPool
  ) -> (any BatchEvaluator)? {
    switch precision {
    case .double: evaluator(path, Double.self, length: length, pool: pool)
    case .float: evaluator(path, Float.self, length: length, pool: pool)
    }
  }

  private func evaluator<Real: LayerKernels>(
    _ path: EvaluationPath, _ type: Real.Type, length: Int, pool: WorkerPool
  ) -> (any BatchEvaluator)? {
    switch path {
    case .plain: PlainEvaluator<Real>(model: self, pool: pool)
    case .streamed:
      StreamedPlan(shape: shape, length: length) == nil
        ? nil : StreamedEvaluator<Real>(model: self, pool: pool)
    }
  }
}
