/// How a batch is evaluated. All paths compute the same sums in other orders.
public enum EvaluationPath: String, CaseIterable, Hashable, Sendable {
  /// Layer by layer as the definition says; every variant and size.
  case plain
  /// A sequence at a time, positions in vector lanes; `normalization: none`, `feature-norm: constant`.
  case streamed
  /// By windows instead of positions; as long as there are no more than some thousand windows.
  case windows
}

/// A model whose layers this module evaluates in all three ways.
protocol LayeredModel: TrainableModel {
  var shape: PassShape { get }
  /// An evaluator of one kind, or nil where that path does not cover sequences of `length` tokens.
  func evaluator(_ path: EvaluationPath, precision: Precision, length: Int, pool: WorkerPool)
    -> (any BatchEvaluator)?
  /// The plain path in double precision, which takes everything.
  func plainEvaluator(pool: WorkerPool) -> any BatchEvaluator
}

extension LayeredModel {
  public func evaluator(precision: Precision, pool: WorkerPool) -> any BatchEvaluator {
    AutomaticEvaluator(model: self, precision: precision, pool: pool)
  }

  public func memory(count: Int, length: Int, use: BatchUse) -> Double {
    let path = EvaluationPath.fastest(shape, count: count, length: length, use: use)
    return 2 * Double(count) * Double(length)
      + path.bytes(shape, count: count, length: length, use: use)
  }
}

extension EvaluationPath {
  /// Histograms and tables of windows take no more bytes than this: the same limit on every machine, so that a run
  /// takes the same path, and comes to the same bits, everywhere.
  private static let mostWindowBytes = 0x1p30

  /// Whether sequences of `length` tokens can be streamed.
  static func streams(_ shape: PassShape, length: Int) -> Bool {
    switch shape.firstLayer {
    case .copier: CopierPlan(shape: shape, length: length) != nil
    case .attention: length >= shape.shortestSequence
    }
  }

  /// Vector operations that a position takes beside its part of the selector, or nil where it cannot be streamed.
  private static func streamedWork(_ shape: PassShape, length: Int) -> Double? {
    let context = Double(length - 1)
    switch shape.firstLayer {
    case .copier:
      guard let plan = CopierPlan(shape: shape, length: length) else { return nil }
      return 3 * Double(plan.groups * plan.chunks) * (context + 2 * Double(plan.codes)) / context
    case .attention:
      guard streams(shape, length: length) else { return nil }
      return attentionWork(shape)
    }
  }

  /// Of the full model's layer 1 on one position, forward and back.
  private static func attentionWork(_ shape: PassShape) -> Double {
    let d = Double(shape.tokens)
    return Double((shape.heads + 7) / 8) * (8 * Double(shape.reach + 1) + 2 * d * d + 12 * d)
  }

  /// The path of least estimated work, in vector operations a step, among those that memory allows.
  static func fastest(_ shape: PassShape, count: Int, length: Int, use: BatchUse) -> EvaluationPath {
    let context = Double(length - 1)
    let sets = Double(shape.sets)
    var candidates: [(path: EvaluationPath, work: Double)] = []
    if let work = streamedWork(shape, length: length) {
      candidates.append((.streamed, Double(count) * context * (work + 0.6 * sets + 8)))
    } else {
      let position = 3 * shape.heads * (shape.reach + 2 * shape.tokens) + 4 * shape.sets + 30
      candidates.append((.plain, Double(count) * context * Double(position)))
    }
    if let plan = WindowPlan(shape: shape), length <= Int(UInt16.max),
      fitsWindows(plan, count: count, length: length, use: use)
    {
      let vectors = Double(plan.row) / 8
      let features = shape.firstLayer == .attention ? Double(plan.row) * 2 * attentionWork(shape) : 0
      let rows = Double(min(plan.windows, count))
      let row = vectors * (Double(shape.heads * shape.tokens) * 3 + 4 * sets + 20)
      let sequence =
        use == .many ? 3 * context : 2 * context + Double(plan.stride * shape.tokens) / 8 * 6 + 100
      candidates.append((.windows, features + rows * row + Double(count) * sequence))
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
    let width =
      switch shape.firstLayer {
      case .copier: LayerWeights<Double>.count(shape)
      case .attention: FullWeights<Double>.count(shape)
      }
    /// Partial sums, one for so many sequences at least.
    func rows(_ least: Int) -> Double {
      8 * Double(width + 1) * Double(count)
        / Double(Partials.sequences(of: count, width: width, least: least))
    }
    switch self {
    case .plain: return rows(16)
    case .streamed:
      let activations =
        shape.firstLayer == .attention
        ? AttentionStream<Double>.bytes(StreamedKeys(shape: shape, length: length)) : 0
      return rows(8) + 8 * activations
    case .windows:
      guard let plan = WindowPlan(shape: shape) else { return 0 }
      return WindowBatch<Double>.tableBytes(plan)
        + (use == .once
          ? WindowBatch<Double>.denseBytes(plan, count: count)
          : WindowBatch<Double>.entryBytes(plan, count: count, length: length))
    }
  }
}
