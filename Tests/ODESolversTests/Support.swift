import Foundation
import ODESolvers

/// max_i |a_i − b_i| / (absolute + relative |b_i|).
func weightedError(_ found: [Double], _ expected: [Double], relative: Double, absolute: Double) -> Double {
  zip(found, expected).reduce(0) { max($0, abs($1.0 - $1.1) / (absolute + relative * abs($1.1))) }
}

extension Solver {
  init(_ stepper: Stepper, _ relative: Double, _ absolute: Double? = nil, time: TimeScale = .linear) {
    self.init(
      stepper: stepper, tolerance: Tolerance(relative: relative, absolute: absolute ?? relative), time: time)
  }
}

func harmonic(_ frequency: Double) -> ODESystem {
  ODESystem(
    dimension: 2,
    jacobian: { _, _, matrix, _ in
      matrix[1] = 1
      matrix[2] = -frequency * frequency
    },
    derivative: { _, state, derivative in
      derivative[0] = state[1]
      derivative[1] = -frequency * frequency * state[0]
    })
}

func pendulum() -> ODESystem {
  ODESystem(
    dimension: 2, names: ["angle", "speed"],
    jacobian: { _, state, matrix, _ in
      matrix[1] = 1
      matrix[2] = -cos(state[0])
    },
    derivative: { _, state, derivative in
      derivative[0] = state[1]
      derivative[1] = -sin(state[0])
    })
}

/// The period of a pendulum of length g released at rest: 4 K(sin(angle/2)), K by the arithmetic–geometric mean.
func pendulumPeriod(angle: Double) -> Double {
  var (a, b) = (1.0, cos(angle / 2))
  for _ in 0..<10 { (a, b) = ((a + b) / 2, (a * b).squareRoot()) }
  return 2 * .pi / a
}
