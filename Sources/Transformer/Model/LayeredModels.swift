import InductionModel

// Evaluators are made where their types are known: the compiler then specialises their loops.

extension DisentangledTransformer: LayeredModel {
  public func evaluator(
    _ path: EvaluationPath, precision: Precision, length: Int, pool: WorkerPool
  ) -> (any BatchEvaluator)? {
    switch (path, precision) {
    case (.plain, .double): plain(Double.self, pool)
    case (.plain, .float): plain(Float.self, pool)
    case (.streamed, .double): streamed(Double.self, length: length, pool)
    case (.streamed, .float): streamed(Float.self, length: length, pool)
    case (.windows, .double): windows(Double.self, length: length, pool)
    case (.windows, .float): windows(Float.self, length: length, pool)
    }
  }

  func plainEvaluator(pool: WorkerPool) -> any BatchEvaluator { plain(Double.self, pool) }

  @inline(__always)
  private func plain<Real: TrainingScalar>(_ precision: Real.Type, _ pool: WorkerPool) -> ConcreteEvaluator {
    ConcreteEvaluator(
      PlainEvaluator<CopierHeads<Real>>(model: self, shape: shape, loss: loss, pool: pool) { parameters in
        let point = Parameters(flat: parameters, model: definition)
        let weights = LayerWeights(point, shape: shape)
        return .init(weights: weights.converted(to: Real.self)) { row in
          weights.parameterGradient(of: LayerWeights(shape: shape, row: row), at: point).flat
        }
      })
  }

  @inline(__always)
  private func streamed<Real: LayerKernels & HeadKernels>(
    _ precision: Real.Type, length: Int, _ pool: WorkerPool
  ) -> ConcreteEvaluator? {
    guard EvaluationPath.streams(shape, length: length) else { return nil }
    return ConcreteEvaluator(
      StreamedEvaluator<CopierStream<Real>>(
        model: self, shape: shape, loss: loss, pool: pool, width: LayerWeights<Double>.count(shape)
      ) { length in
        CopierPlan(shape: shape, length: length).map { plan in
          .init(weights: CopierWeights(plan: plan)) { CopierStream(plan: plan) }
        }
      })
  }

  @inline(__always)
  private func windows<Real: LayerKernels>(
    _ precision: Real.Type, length: Int, _ pool: WorkerPool
  ) -> ConcreteEvaluator? {
    guard length <= Int(UInt16.max), let plan = WindowPlan(shape: shape) else { return nil }
    let tree = SetTree(definition)
    return ConcreteEvaluator(
      WindowEvaluator(
        model: self, loss: loss, plan: plan, tree: tree, heads: CopierWindows<Real>(plan: plan, tree: tree),
        pool: pool))
  }
}

extension FullTransformer: LayeredModel {
  public func evaluator(
    _ path: EvaluationPath, precision: Precision, length: Int, pool: WorkerPool
  ) -> (any BatchEvaluator)? {
    switch (path, precision) {
    case (.plain, .double): plain(Double.self, pool)
    case (.plain, .float): plain(Float.self, pool)
    case (.streamed, .double): streamed(Double.self, length: length, pool)
    case (.streamed, .float): streamed(Float.self, length: length, pool)
    case (.windows, .double): windows(Double.self, length: length, pool)
    case (.windows, .float): windows(Float.self, length: length, pool)
    }
  }

  func plainEvaluator(pool: WorkerPool) -> any BatchEvaluator { plain(Double.self, pool) }

  @inline(__always)
  private func plain<Real: TrainingScalar>(_ precision: Real.Type, _ pool: WorkerPool) -> ConcreteEvaluator {
    ConcreteEvaluator(
      PlainEvaluator<AttentionHeads<Real>>(model: self, shape: shape, loss: loss, pool: pool) { parameters in
        let point = FullParameters(flat: parameters, model: definition)
        let weights = FullWeights(point, shape: shape)
        return .init(weights: weights.converted(to: Real.self)) { row in
          weights.parameterGradient(of: FullWeights(shape: shape, row: row), at: point).flat
        }
      })
  }

  @inline(__always)
  private func streamed<Real: LayerKernels & HeadKernels>(
    _ precision: Real.Type, length: Int, _ pool: WorkerPool
  ) -> ConcreteEvaluator? {
    guard EvaluationPath.streams(shape, length: length) else { return nil }
    return ConcreteEvaluator(
      StreamedEvaluator<AttentionStream<Real>>(
        model: self, shape: shape, loss: loss, pool: pool, width: FullWeights<Double>.count(shape)
      ) { length in
        let keys = StreamedKeys(shape: shape, length: length)
        return .init(weights: AttentionWeights(keys: keys)) { AttentionStream(keys: keys) }
      })
  }

  @inline(__always)
  private func windows<Real: LayerKernels>(
    _ precision: Real.Type, length: Int, _ pool: WorkerPool
  ) -> ConcreteEvaluator? {
    guard length <= Int(UInt16.max), let plan = WindowPlan(shape: shape) else { return nil }
    let tree = SetTree(definition)
    return ConcreteEvaluator(
      WindowEvaluator(
        model: self, loss: loss, plan: plan, tree: tree,
        heads: AttentionWindows<Real>(plan: plan, tree: tree),
        pool: pool))
  }
}
