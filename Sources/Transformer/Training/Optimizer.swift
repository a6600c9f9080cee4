/// How a gradient becomes a step: the rule, its schedule and clipping.
public struct Optimizer: Hashable, Sendable {
  public enum Rule: Hashable, Sendable {
    /// v ← βv + g, θ ← θ − ηv; gradient descent for β = 0.
    case sgd(rate: Double, momentum: Double = 0)
    /// Kingma and Ba, arXiv 1412.6980, with its bias corrections.
    case adam(rate: Double, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)
  }

  public var rule: Rule
  public var schedule: Schedule
  /// The largest Euclidean norm of the trained gradient; a longer one is shortened to it. Nil for no clipping.
  public var clip: Double?

  /// - Throws: `OptimizerError` for a rate or clip that is not above 0, or a decay outside 0..<1.
  public init(_ rule: Rule, schedule: Schedule = .constant, clip: Double? = nil) throws {
    switch rule {
    case .sgd(let rate, let momentum):
      guard rate > 0, rate.isFinite else { throw OptimizerError.rate(rate) }
      guard (0..<1).contains(momentum) else { throw OptimizerError.decay("momentum", momentum) }
    case .adam(let rate, let beta1, let beta2, let epsilon):
      guard rate > 0, rate.isFinite else { throw OptimizerError.rate(rate) }
      guard (0..<1).contains(beta1) else { throw OptimizerError.decay("beta1", beta1) }
      guard (0..<1).contains(beta2) else { throw OptimizerError.decay("beta2", beta2) }
      guard epsilon > 0 else { throw OptimizerError.epsilon(epsilon) }
    }
    if let clip { guard clip > 0 else { throw OptimizerError.clip(clip) } }
    self.rule = rule
    self.schedule = schedule
    self.clip = clip
  }

  /// The rate that the schedule multiplies.
  public var rate: Double {
    switch rule {
    case .sgd(let rate, _), .adam(let rate, _, _, _): rate
    }
  }

  /// What a step at the full rate adds to the time of the flow: η/(1 − β). Adam's time, Σ η, is a count only.
  public var timePerStep: Double {
    switch rule {
    case .sgd(let rate, let momentum): rate / (1 - momentum)
    case .adam(let rate, _, _, _): rate
    }
  }

  /// The rule's memory of past gradients; forgotten when a stage begins.
  public struct State: Hashable, Sendable, Codable {
    /// v, or Adam's first moment.
    public var first: [Double]
    /// Adam's second moment; empty for SGD.
    public var second: [Double]
    /// Steps since the memory began.
    public var steps: Int

    public init(_ optimizer: Optimizer, parameters: Int) {
      first = Array(repeating: 0, count: parameters)
      if case .adam = optimizer.rule { second = first } else { second = [] }
      steps = 0
    }
  }

  /// Moves the parameters in `trained` against the gradient.
  ///
  /// - Parameter step: steps of the whole run before this one, for the schedule.
  public func move(
    _ parameters: inout [Double], against gradient: [Double], trained: [Range<Int>], step: Int,
    state: inout State
  ) {
    let factor = shortening(gradient, trained)
    let multiplier = schedule.multiplier(step: step)
    state.steps += 1
    switch rule {
    case .sgd(let rate, let momentum):
      for range in trained {
        for entry in range {
          state.first[entry] = momentum * state.first[entry] + factor * gradient[entry]
          parameters[entry] -= multiplier * rate * state.first[entry]
        }
      }
    case .adam(let rate, let beta1, let beta2, let epsilon):
      let (firstBias, secondBias) = (1 - power(beta1, state.steps), 1 - power(beta2, state.steps))
      for range in trained {
        for entry in range {
          let slope = factor * gradient[entry]
          state.first[entry] = beta1 * state.first[entry] + (1 - beta1) * slope
          state.second[entry] = beta2 * state.second[entry] + (1 - beta2) * slope * slope
          parameters[entry] -=
            multiplier * rate * (state.first[entry] / firstBias)
            / ((state.second[entry] / secondBias).squareRoot() + epsilon)
        }
      }
    }
  }

  private func shortening(_ gradient: [Double], _ trained: [Range<Int>]) -> Double {
    guard let clip else { return 1 }
    let norm = euclideanNorm(gradient, trained)
    return norm > clip ? clip / norm : 1
  }

  /// By squaring: the same bits everywhere, which `pow` does not promise.
  private func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, factor, rest) = (1.0, base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result *= factor }
      factor *= factor
      rest >>= 1
    }
    return result
  }
}

func euclideanNorm(_ vector: [Double], _ ranges: [Range<Int>]) -> Double {
  var sum = 0.0
  for range in ranges { for entry in range { sum += vector[entry] * vector[entry] } }
  return sum.squareRoot()
}

/// An optimizer that cannot be.
public enum OptimizerError: Error, Hashable {
  case rate(Double)
  case decay(String, Double)
  case epsilon(Double)
  case clip(Double)
}

extension OptimizerError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .rate(let rate): "rate \(rate): a finite number above 0 is needed"
    case .decay(let name, let value): "\(name) \(value): a number of at least 0 and below 1 is needed"
    case .epsilon(let epsilon): "Adam's epsilon \(epsilon): a number above 0 is needed"
    case .clip(let clip): "clip \(clip): a number above 0 is needed"
    }
  }
}
