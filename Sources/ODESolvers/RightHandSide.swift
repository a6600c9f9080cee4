import CGSL

/// One call of the system's derivative: where, and what came out, in the integrator's clock.
final class Evaluation {
  var reading = 0.0
  var state: [Double]
  var slope: [Double]

  init(dimension: Int) {
    state = [Double](repeating: 0, count: dimension)
    slope = state
  }
}

/// The system as the steppers see it: in the integrator's clock, counted, checked, with errors kept rather than
/// thrown through C.
///
/// The last three evaluations are kept. They cost nothing and give the derivative at an accepted state of a
/// predictor–corrector method and an estimate of the largest eigenvalue.
public final class RightHandSide {
  let system: ODESystem
  let clock: Clock
  var counts: Counts
  private(set) var last: Evaluation
  /// The two before `last`, latest first.
  private(set) var earlier: (Evaluation, Evaluation)
  /// What the system threw inside a C callback.
  private(set) var thrown: (any Error)?
  /// The first non-finite number met since `clearFault`.
  private(set) var fault: IntegrationFailure.NonFinite?

  private var matrix: [Double] = []
  private var timeDerivative: [Double] = []
  private var jacobianState: [Double] = []
  private var startOfStep = Double.nan
  private var slopeAtStart: [Double] = []

  public var dimension: Int { system.dimension }
  /// dy/dclock, of the last evaluation.
  public var slope: [Double] { last.slope }

  init(system: ODESystem, clock: Clock, counts: Counts) {
    self.system = system
    self.clock = clock
    self.counts = counts
    last = Evaluation(dimension: system.dimension)
    earlier = (Evaluation(dimension: system.dimension), Evaluation(dimension: system.dimension))
    let orders = min(system.higherDerivatives.count, 2)
    self.counts.higherDerivatives += Array(
      repeating: 0, count: max(0, orders - counts.higherDerivatives.count))
  }

  /// Tells where the next step starts, and dy/dclock there.
  func beginStep(at reading: Double, slope: [Double]) {
    startOfStep = reading
    slopeAtStart.copy(from: slope)
  }

  func clearFault() {
    fault = nil
    thrown = nil
  }

  /// Evaluates dy/dclock at a state, into `last`. Returns false when it is not finite.
  ///
  /// - Throws: what the system throws.
  @discardableResult
  public func evaluate(_ state: [Double], at reading: Double) throws -> Bool {
    state.withUnsafeBufferPointer { source in
      beginEvaluation(at: reading, from: source)
    }
    return try finishEvaluation()
  }

  /// As `evaluate`, for C: `state` and `slope` are `dimension` numbers.
  fileprivate func evaluate(
    at reading: Double, state: UnsafePointer<Double>, slope: UnsafeMutablePointer<Double>
  ) -> Int32 {
    guard reading.isFinite else { return Status.failure }
    beginEvaluation(at: reading, from: UnsafeBufferPointer(start: state, count: system.dimension))
    do {
      let finite = try finishEvaluation()
      last.slope.withUnsafeBufferPointer { source in
        guard let base = source.baseAddress else { return }
        slope.update(from: base, count: source.count)
      }
      return finite ? Status.success : Status.failure
    } catch {
      thrown = error
      return Status.badFunction
    }
  }

  private func beginEvaluation(at reading: Double, from source: UnsafeBufferPointer<Double>) {
    (last, earlier) = (earlier.1, (last, earlier.0))
    last.reading = reading
    last.state.withUnsafeMutableBufferPointer { _ = $0.update(fromContentsOf: source) }
  }

  private func finishEvaluation() throws -> Bool {
    counts.evaluations += 1
    let time = clock.time(at: last.reading)
    let evaluation = last
    try system.derivative(time, evaluation.state, &evaluation.slope)
    guard evaluation.slope.count == system.dimension else {
      let found = evaluation.slope.count
      evaluation.slope = [Double](repeating: .nan, count: system.dimension)
      throw ProblemError.lengthChanged(found: found, expected: system.dimension)
    }
    let rate = clock.rate(at: time)
    if rate != 1 { evaluation.slope.scale(by: rate) }
    // A sum is finite unless a term is not, or it overflows: only then look closer.
    if evaluation.slope.reduce(0, +).isFinite { return true }
    guard let culprit = evaluation.slope.firstIndex(where: { !$0.isFinite }) else { return true }
    if fault == nil {
      fault =
        if let state = evaluation.state.firstIndex(where: { !$0.isFinite }) {
          .state(system.name(ofComponent: state))
        } else {
          .derivative(system.name(ofComponent: culprit))
        }
    }
    return false
  }

  /// ∂(dy/dclock)/∂y, row-major, and ∂(dy/dclock)/∂clock, for C.
  fileprivate func jacobian(
    at reading: Double, state: UnsafePointer<Double>, matrix out: UnsafeMutablePointer<Double>,
    timeDerivative outTime: UnsafeMutablePointer<Double>
  ) -> Int32 {
    do {
      let finite = try jacobian(
        at: reading, state: UnsafeBufferPointer(start: state, count: system.dimension))
      matrix.withUnsafeBufferPointer { source in
        guard let base = source.baseAddress else { return }
        out.update(from: base, count: source.count)
      }
      timeDerivative.withUnsafeBufferPointer { source in
        guard let base = source.baseAddress else { return }
        outTime.update(from: base, count: source.count)
      }
      return finite ? Status.success : Status.failure
    } catch {
      thrown = error
      return Status.badFunction
    }
  }

  private func jacobian(at reading: Double, state: UnsafeBufferPointer<Double>) throws -> Bool {
    guard let jacobian = system.jacobian else { throw ProblemError.missingJacobian(.bsimp) }
    let count = system.dimension
    if matrix.count != count * count {
      matrix = [Double](repeating: 0, count: count * count)
      timeDerivative = [Double](repeating: 0, count: count)
      jacobianState = timeDerivative
    }
    jacobianState.withUnsafeMutableBufferPointer { _ = $0.update(fromContentsOf: state) }
    for index in matrix.indices { matrix[index] = 0 }
    for index in timeDerivative.indices { timeDerivative[index] = 0 }
    let time = clock.time(at: reading)
    counts.jacobians += 1
    try jacobian(time, jacobianState, &matrix, &timeDerivative)
    guard matrix.count == count * count, timeDerivative.count == count else {
      throw ProblemError.wrongLength(
        of: "numbers in the Jacobian", found: matrix.count, expected: count * count)
    }
    // d/dclock (r f) = r ∂f/∂t r + r' f, r = dt/dclock: the second term needs f itself, at this very point.
    let rate = clock.rate(at: time)
    if rate != 1 {
      matrix.scale(by: rate)
      timeDerivative.scale(by: rate * rate)
    }
    // Only steppers that take the Jacobian at the start of the step, where f is known, use it.
    if clock.scale == .logarithmic, reading == startOfStep {
      for index in timeDerivative.indices { timeDerivative[index] += clock.direction * slopeAtStart[index] }
    }
    guard matrix.reduce(0, +).isFinite, timeDerivative.reduce(0, +).isFinite else {
      if fault == nil { fault = .jacobian }
      return false
    }
    return true
  }

  /// About max |λ| of the last Jacobian, per unit of the clock.
  func spectralRadius() -> Double { Spectrum.radius(of: matrix, dimension: system.dimension) }

  /// d²y/dclock², then d³y/dclock³, as far as the system knows them.
  func higherDerivatives(_ state: [Double], slope: [Double], at reading: Double) throws -> [[Double]] {
    let time = clock.time(at: reading)
    let rate = clock.rate(at: time)
    var derivatives = [slope.map { $0 / rate }]
    for (order, derivative) in system.higherDerivatives.prefix(2).enumerated() {
      var values = [Double](repeating: 0, count: system.dimension)
      counts.higherDerivatives[order] += 1
      try derivative(time, state, &values)
      guard values.count == system.dimension else {
        throw ProblemError.lengthChanged(found: values.count, expected: system.dimension)
      }
      derivatives.append(values)
    }
    clock.convert(&derivatives, at: time)
    return Array(derivatives.dropFirst())
  }
}

/// GSL's return codes, as the plain integers that its callbacks exchange.
enum Status {
  static let success = Int32(GSL_SUCCESS)
  /// The attempt failed; a smaller step may do.
  static let failure = Int32(GSL_FAILURE)
  /// Stop at once.
  static let badFunction = Int32(GSL_EBADFUNC)
  static let fault = Int32(GSL_EFAULT)
}

/// C's view of a `RightHandSide`, passed as `params` and unretained.
let derivativeTrampoline:
  @convention(c) (
    Double, UnsafePointer<Double>?, UnsafeMutablePointer<Double>?, UnsafeMutableRawPointer?
  ) -> Int32 = { reading, state, slope, context in
    guard let context, let state, let slope else { return Status.fault }
    return Unmanaged<RightHandSide>.fromOpaque(context).takeUnretainedValue()
      .evaluate(at: reading, state: state, slope: slope)
  }

let jacobianTrampoline:
  @convention(c) (
    Double, UnsafePointer<Double>?, UnsafeMutablePointer<Double>?, UnsafeMutablePointer<Double>?,
    UnsafeMutableRawPointer?
  ) -> Int32 = { reading, state, matrix, timeDerivative, context in
    guard let context, let state, let matrix, let timeDerivative else { return Status.fault }
    return Unmanaged<RightHandSide>.fromOpaque(context).takeUnretainedValue()
      .jacobian(at: reading, state: state, matrix: matrix, timeDerivative: timeDerivative)
  }
