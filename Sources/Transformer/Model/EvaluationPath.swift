/// How a batch is evaluated. All paths compute the same sums in other orders.
public enum EvaluationPath: String, CaseIterable, Hashable, Sendable {
  /// Layer by layer as the definition says; every variant and size.
  case plain
  /// A sequence at a time, positions in vector lanes; `normalization: none`, `feature-norm: constant`.
  case streamed
  /// By windows instead of positions; as long as there are no more than some thousand windows.
  case windows
}

extension DisentangledTransformer {
  /// An evaluator of one kind, or nil where that path does not cover sequences of `length` tokens.
  public func evaluator(
    _ path: EvaluationPath, precision: Precision, length: Int, pool: WorkerPool
  ) -> (any BatchEvaluator)? {
    switch path {
    case .plain:
      switch precision {
      case .double: ConcreteEvaluator(PlainEvaluator<Double>(model: self, pool: pool))
      case .float: ConcreteEvaluator(PlainEvaluator<Float>(model: self, pool: pool))
      }
    case .windows:
      if let plan = WindowPlan(shape: shape), length <= Int(UInt16.max) {
        switch precision {
        case .double: ConcreteEvaluator(WindowEvaluator<Double>(model: self, plan: plan, pool: pool))
        case .float: ConcreteEvaluator(WindowEvaluator<Float>(model: self, plan: plan, pool: pool))
        }
      } else {
        nil
      }
    case .streamed:
      if StreamedPlan(shape: shape, length: length) == nil {
        nil
      } else {
        switch precision {
        case .double: ConcreteEvaluator(StreamedEvaluator<Double>(model: self, pool: pool))
        case .float: ConcreteEvaluator(StreamedEvaluator<Float>(model: self, pool: pool))
        }
      }
    }
  }
}

extension EvaluationPath {
  /// Histograms and tables of windows take no more bytes than this: the same limit on every machine, so that a run
  /// takes the same path, and comes to the same bits, everywhere.
  private static let mostWindowBytes = 0x1p30

  /// The path of least estimated work, in vector operations a step, among those that memory allows.
  static func fastest(_ shape: PassShape, count: Int, length: Int, use: BatchUse) -> EvaluationPath {
    let context = Double(length - 1)
    let sets = Double(shape.sets)
    var candidates: [(path: EvaluationPath, work: Double)] = []
    if let plan = StreamedPlan(shape: shape, length: length) {
      let lookUps = 3 * Double(plan.groups * plan.chunks) * (context + 2 * Double(plan.codes))
      candidates.append((.streamed, Double(count) * (lookUps + context * (0.6 * sets + 8))))
    } else {
      let position = 3 * shape.heads * (shape.reach + 2 * shape.tokens) + 4 * shape.sets + 30
      candidates.append((.plain, Double(count) * context * Double(position)))
    }
    if let plan = WindowPlan(shape: shape), length <= Int(UInt16.max),
      fitsWindows(plan, count: count, length: length, use: use)
    {
      let vectors = Double(plan.stride) / 8
      let rows = Double(min(plan.windows, count))
      let row = vectors * (Double(shape.heads * shape.tokens) * 3 + 4 * sets + 20)
      let sequence =
        use == .many ? 3 * context : 2 * context + vectors * Double(shape.tokens) * 6 + 100
      candidates.append((.windows, rows * row + Double(count) * sequence))
    }
    return candidates.min { $0.work < $1.work }?.path ?? .plain
  }

  private static func fitsWindows(_ plan: WindowPlan, count: Int, length: Int, use: BatchUse) -> Bool {
    let tables = WindowBatch<Double>.tableBytes(plan)
    return switch use {
    case .once: tables + WindowBatch<Double>.denseBytes(plan, count: count) <= mostWindowBytes
    case .many:
      tables <= mostWindowBytes
        && WindowBatch<Double>.mostEntries(plan, count: count, length: length) <= Double(Int32.max)
    }
  }

  /// About the bytes that the evaluation of a batch takes beside its tokens.
  func bytes(_ shape: PassShape, count: Int, length: Int, use: BatchUse) -> Double {
    let row = 8 * Double(LayerWeights<Double>.count(shape) + 1)
    switch self {
    case .plain: return row * Double(count) / 16
    case .streamed: return row * Double(count) / 8
    case .windows:
      guard let plan = WindowPlan(shape: shape) else { return 0 }
      return WindowBatch<Double>.tableBytes(plan)
        + (use == .once
          ? WindowBatch<Double>.denseBytes(plan, count: count)
          : WindowBatch<Double>.entryBytes(plan, count: count, length: length))
    }
  }
}

extension DisentangledTransformer {
  public func memory(count: Int, length: Int, use: BatchUse) -> Double {
    let path = EvaluationPath.fastest(shape, count: count, length: length, use: use)
    return 2 * Double(count) * Double(length) + path.bytes(shape, count: count, length: length, use: use)
  }
}
