import Foundation
import ODESolvers

/// An initial value problem with a name, from the literature.
struct TestProblem {
  let name: String
  let system: ODESystem
  let start: [Double]
  let end: Double
  /// The absolute tolerance that belongs to a relative one.
  var absolute: @Sendable (_ relative: Double) -> Double = { $0 }
  var timeScale = TimeScale.linear
  var isStiff: Bool { system.jacobian != nil }
}

/// The 25 problems of DETEST, all on [0, 20].
///
/// Source: Hull, Enright, Fellen, Sedgwick, *Comparing numerical methods for ordinary differential equations*,
/// SIAM J. Numer. Anal. 9 (1972).
enum DETEST {
  static var all: [TestProblem] { classA + classB + classC + classD + classE }

  private static func problem(
    _ name: String, _ start: [Double], _ derivative: @escaping ODESystem.Derivative
  ) -> TestProblem {
    TestProblem(
      name: name, system: ODESystem(dimension: start.count, derivative: derivative), start: start, end: 20)
  }

  static var classA: [TestProblem] {
    [
      problem("A1", [1]) { _, y, d in d[0] = -y[0] },
      problem("A2", [1]) { _, y, d in d[0] = -y[0] * y[0] * y[0] / 2 },
      problem("A3", [1]) { t, y, d in d[0] = y[0] * cos(t) },
      problem("A4", [1]) { _, y, d in d[0] = y[0] / 4 * (1 - y[0] / 20) },
      problem("A5", [4]) { t, y, d in d[0] = (y[0] - t) / (y[0] + t) },
    ]
  }

  static var classB: [TestProblem] {
    [
      problem("B1", [1, 3]) { _, y, d in
        d[0] = 2 * (y[0] - y[0] * y[1])
        d[1] = -(y[1] - y[0] * y[1])
      },
      problem("B2", [2, 0, 1]) { _, y, d in
        d[0] = -y[0] + y[1]
        d[1] = y[0] - 2 * y[1] + y[2]
        d[2] = y[1] - y[2]
      },
      problem("B3", [1, 0, 0]) { _, y, d in
        d[0] = -y[0]
        d[1] = y[0] - y[1] * y[1]
        d[2] = y[1] * y[1]
      },
      problem("B4", [3, 0, 0]) { _, y, d in
        let radius = (y[0] * y[0] + y[1] * y[1]).squareRoot()
        d[0] = -y[1] - y[0] * y[2] / radius
        d[1] = y[0] - y[1] * y[2] / radius
        d[2] = y[0] / radius
      },
      problem("B5", [0, 1, 1]) { _, y, d in
        d[0] = y[1] * y[2]
        d[1] = -y[0] * y[2]
        d[2] = -0.51 * y[0] * y[1]
      },
    ]
  }

  static var classC: [TestProblem] {
    let unit10 = [1.0] + [Double](repeating: 0, count: 9)
    let diffusion: ODESystem.Derivative = { _, y, d in
      let last = y.count - 1
      d[0] = -2 * y[0] + y[1]
      for i in 1..<last { d[i] = y[i - 1] - 2 * y[i] + y[i + 1] }
      d[last] = y[last - 1] - 2 * y[last]
    }
    return [
      problem("C1", unit10) { _, y, d in
        d[0] = -y[0]
        for i in 1..<9 { d[i] = y[i - 1] - y[i] }
        d[9] = y[8]
      },
      problem("C2", unit10) { _, y, d in
        d[0] = -y[0]
        for i in 1..<9 { d[i] = Double(i) * y[i - 1] - Double(i + 1) * y[i] }
        d[9] = 9 * y[8]
      },
      problem("C3", unit10, diffusion),
      problem("C4", [1.0] + [Double](repeating: 0, count: 50), diffusion),
      problem("C5", planets, fiveBodies),
    ]
  }

  /// The outer planets: five positions, then five velocities.
  private static let planets: [Double] = [
    3.42947415189, 3.35386959711, 1.35494901715, 6.64145542550, 5.97156957878, 2.18231499728,
    11.2630437207, 14.6952576794, 6.27960525067, -30.1552268759, 1.65699966404, 1.43785752721,
    -21.1238353380, 28.4465098142, 15.3882659679,
    -0.557160570446, 0.505696783289, 0.230578543901, -0.415570776342, 0.365682722812, 0.169143213293,
    -0.325325669158, 0.189706021964, 0.0877265322780, -0.0240476254170, -0.287659532608, -0.117219543175,
    -0.176860753121, -0.216393453025, -0.0148647893090,
  ]

  private static func fiveBodies(_ time: Double, _ y: [Double], _ d: inout [Double]) {
    let sun = 1.00000597682
    let masses = [9.54786104043e-4, 2.85583733151e-4, 4.37273164546e-5, 5.17759138449e-5, 2.77777777778e-6]
    let k2 = 2.95912208286
    func cubedDistance(_ x: Double, _ y: Double, _ z: Double) -> Double {
      let square = x * x + y * y + z * z
      return square * square.squareRoot()
    }
    for i in 0..<5 {
      let cube = cubedDistance(y[3 * i], y[3 * i + 1], y[3 * i + 2])
      for axis in 0..<3 {
        d[3 * i + axis] = y[15 + 3 * i + axis]
        d[15 + 3 * i + axis] = -k2 * (sun + masses[i]) * y[3 * i + axis] / cube
      }
      for j in 0..<5 where j != i {
        let between = cubedDistance(
          y[3 * j] - y[3 * i], y[3 * j + 1] - y[3 * i + 1], y[3 * j + 2] - y[3 * i + 2])
        let own = cubedDistance(y[3 * j], y[3 * j + 1], y[3 * j + 2])
        for axis in 0..<3 {
          let (a, b) = (y[3 * j + axis], y[3 * i + axis])
          d[15 + 3 * i + axis] += k2 * masses[j] * ((a - b) / between - a / own)
        }
      }
    }
  }

  static func orbit(_ name: String, eccentricity e: Double) -> TestProblem {
    problem(name, [1 - e, 0, 0, ((1 + e) / (1 - e)).squareRoot()]) { _, y, d in
      let square = y[0] * y[0] + y[1] * y[1]
      let cube = square * square.squareRoot()
      d[0] = y[2]
      d[1] = y[3]
      d[2] = -y[0] / cube
      d[3] = -y[1] / cube
    }
  }

  static var classD: [TestProblem] {
    [0.1, 0.3, 0.5, 0.7, 0.9].enumerated().map { orbit("D\($0 + 1)", eccentricity: $1) }
  }

  static var classE: [TestProblem] {
    [
      problem("E1", [0.6713967071418030, 0.09540051444747446]) { t, y, d in
        let x = t + 1
        d[0] = y[1]
        d[1] = -(y[1] / x + (1 - 0.25 / (x * x)) * y[0])
      },
      problem("E2", [2, 0]) { _, y, d in
        d[0] = y[1]
        d[1] = (1 - y[0] * y[0]) * y[1] - y[0]
      },
      problem("E3", [0, 0]) { t, y, d in
        d[0] = y[1]
        d[1] = y[0] * y[0] * y[0] / 6 - y[0] + 2 * sin(2.78535 * t)
      },
      problem("E4", [30, 0]) { _, y, d in
        d[0] = y[1]
        d[1] = 0.032 - 0.4 * y[1] * y[1]
      },
      problem("E5", [0, 0]) { t, y, d in
        d[0] = y[1]
        d[1] = (1 + y[1] * y[1]).squareRoot() / (25 - t)
      },
    ]
  }
}

/// Stiff problems with their literature values at the end.
///
/// Source: Hairer, Wanner, *Solving Ordinary Differential Equations II*, IV.10; Mazzia, Magherini, *Test Set for
/// Initial Value Problem Solvers* (2008).
enum StiffProblems {
  static var all: [TestProblem] { [robertson, e5, oregonator, vanDerPol, ringModulator] }

  /// The literature's values at the end.
  static let ends: [String: [Double]] = [
    "Robertson": [0.2083340149701255e-7, 0.8333360770334713e-13, 0.9999999791665050],
    "E5": [0.1152903278711829e-290, 0.8867655517642120e-22, 0.8854814626268838e-22, 0],
    "Oregonator": [0.1000814870318523e1, 0.1228178521549917e4, 0.1320554942846706e3],
    "van der Pol": [0.1706167732170483e1, -0.8928097010247975],
    "ring modulator": [
      -0.2339057358486745e-1, -0.7367485485540825e-2, 0.2582956709291169, -0.4064465721283450,
      -0.4039455665149794, 0.2607966765422943, 0.1106761861269975, 0.2939904342435596e-6,
      -0.2840029933642329e-7, 0.7267198267264553e-3, 0.7929487196960840e-3, -0.7255283495698965e-3,
      -0.7941401968526521e-3, 0.7088495416976114e-4, 0.2390059075236570e-4,
    ],
  ]

  /// Which steppers fit at which tolerances. The Gauss methods do not damp, so that decay to equilibrium over many
  /// decades defeats them; backward differentiation is unstable along the ring modulator's oscillations.
  static func fitting(_ name: String) -> [(Stepper, [Double])] {
    let steppers = fitting[name] ?? []
    // What fits backward differentiation fits a choice that contains it.
    return steppers + steppers.filter { $0.0 == .msbdf }.map { (.auto, $0.1) }
  }

  private static let fitting: [String: [(Stepper, [Double])]] = [
    "Robertson": [(.bsimp, [1e-3, 1e-5, 1e-7]), (.msbdf, [1e-3, 1e-5, 1e-7])],
    "E5": [(.bsimp, [1e-3, 1e-5, 1e-7]), (.msbdf, [1e-3, 1e-5, 1e-7])],
    "Oregonator": [
      (.rk1imp, [1e-3]), (.rk2imp, [1e-3, 1e-5]), (.rk4imp, [1e-3, 1e-5, 1e-7]),
      (.bsimp, [1e-3, 1e-5, 1e-7]), (.msbdf, [1e-3, 1e-5, 1e-7]),
    ],
    "van der Pol": [
      (.rk1imp, [1e-3]), (.rk2imp, [1e-3, 1e-5]), (.rk4imp, [1e-3, 1e-5, 1e-7]),
      (.bsimp, [1e-3, 1e-5, 1e-7]), (.msbdf, [1e-3, 1e-5, 1e-7]),
    ],
    "ring modulator": [(.bsimp, [1e-3, 1e-5, 1e-7])],
  ]

  /// What integrates each problem most accurately.
  static let references: [String: (Stepper, Double)] = [
    "Robertson": (.bsimp, 1e-9), "E5": (.bsimp, 1e-9), "Oregonator": (.bsimp, 1e-10),
    "van der Pol": (.bsimp, 1e-10), "ring modulator": (.bsimp, 1e-8),
  ]

  /// In logarithmic time to 10^11.
  static var robertson: TestProblem {
    let system = ODESystem(
      dimension: 3,
      jacobian: { _, y, m, _ in
        m = [
          -0.04, 1e4 * y[2], 1e4 * y[1], 0.04, -1e4 * y[2] - 6e7 * y[1], -1e4 * y[1], 0, 6e7 * y[1], 0,
        ]
      },
      derivative: { _, y, d in
        let (fast, slow) = (3e7 * y[1] * y[1], 1e4 * y[1] * y[2])
        d[0] = -0.04 * y[0] + slow
        d[1] = 0.04 * y[0] - slow - fast
        d[2] = fast
      })
    return TestProblem(
      name: "Robertson", system: system, start: [1, 0, 0], end: 1e11, absolute: { 1e-8 * $0 },
      timeScale: .logarithmic)
  }

  /// In logarithmic time to 10^13.
  static var e5: TestProblem {
    let (a, b, c, m) = (7.89e-10, 1.1e7, 1.13e3, 1e6)
    let system = ODESystem(
      dimension: 4,
      jacobian: { _, y, j, _ in
        j = [
          -a - b * y[2], 0, -b * y[0], 0,
          a, -m * c * y[2], -m * c * y[1], 0,
          a - b * y[2], -m * c * y[2], -b * y[0] - m * c * y[1], c,
          b * y[2], 0, b * y[0], -c,
        ]
      },
      derivative: { _, y, d in
        d[0] = -a * y[0] - b * y[0] * y[2]
        d[1] = a * y[0] - m * c * y[1] * y[2]
        d[3] = b * y[0] * y[2] - c * y[3]
        d[2] = d[1] - d[3]
      })
    return TestProblem(
      name: "E5", system: system, start: [1.76e-3, 0, 0, 0], end: 1e13,
      absolute: { max(1e-18 * $0, 1.7e-24) },
      timeScale: .logarithmic)
  }

  static var oregonator: TestProblem {
    let system = ODESystem(
      dimension: 3,
      jacobian: { _, y, m, _ in
        m = [
          77.27 * (1 - 2 * 8.375e-6 * y[0] - y[1]), 77.27 * (1 - y[0]), 0,
          -y[1] / 77.27, -(1 + y[0]) / 77.27, 1 / 77.27, 0.161, 0, -0.161,
        ]
      },
      derivative: { _, y, d in
        d[0] = 77.27 * (y[1] + y[0] * (1 - 8.375e-6 * y[0] - y[1]))
        d[1] = (y[2] - (1 + y[0]) * y[1]) / 77.27
        d[2] = 0.161 * (y[0] - y[2])
      })
    return TestProblem(name: "Oregonator", system: system, start: [1, 2, 3], end: 360)
  }

  /// ε = 10^−6 on [0, 2].
  static var vanDerPol: TestProblem {
    let system = ODESystem(
      dimension: 2,
      jacobian: { _, y, m, _ in
        m = [0, 1, (-2 * y[0] * y[1] - 1) * 1e6, (1 - y[0] * y[0]) * 1e6]
      },
      derivative: { _, y, d in
        d[0] = y[1]
        d[1] = ((1 - y[0] * y[0]) * y[1] - y[0]) * 1e6
      })
    return TestProblem(name: "van der Pol", system: system, start: [2, 0], end: 2)
  }

  /// 15 equations on [0, 10^−3] with C_s = 2·10^−12.
  static var ringModulator: TestProblem {
    let system = ODESystem(
      dimension: 15, jacobian: ringJacobian,
      derivative: { t, y, d in
        let u1 = 0.5 * sin(2e3 * .pi * t)
        let u2 = 2 * sin(2e4 * .pi * t)
        let q = ringDiodes(y, u2).map { ringGamma * (exp(ringDelta * $0) - 1) }
        d[0] = (y[7] - 0.5 * y[9] + 0.5 * y[10] + y[13] - y[0] / 25e3) / 1.6e-8
        d[1] = (y[8] - 0.5 * y[11] + 0.5 * y[12] + y[14] - y[1] / 25e3) / 1.6e-8
        d[2] = (y[9] - q[0] + q[3]) / 2e-12
        d[3] = (-y[10] + q[1] - q[2]) / 2e-12
        d[4] = (y[11] + q[0] - q[2]) / 2e-12
        d[5] = (-y[12] - q[1] + q[3]) / 2e-12
        d[6] = (-y[6] / 50 + q[0] + q[1] - q[2] - q[3]) / 1e-8
        d[7] = -y[0] / 4.45
        d[8] = -y[1] / 4.45
        d[9] = (0.5 * y[0] - y[2] - 17.3 * y[9]) / 5e-4
        d[10] = (-0.5 * y[0] + y[3] - 17.3 * y[10]) / 5e-4
        d[11] = (0.5 * y[1] - y[4] - 17.3 * y[11]) / 5e-4
        d[12] = (-0.5 * y[1] + y[5] - 17.3 * y[12]) / 5e-4
        d[13] = (-y[0] + u1 - (50 + 36.3) * y[13]) / 2e-3
        d[14] = (-y[1] - (600 + 36.3) * y[14]) / 2e-3
      })
    return TestProblem(
      name: "ring modulator", system: system, start: [Double](repeating: 0, count: 15), end: 1e-3)
  }

  private static let ringGamma = 40.67286402e-9
  private static let ringDelta = 17.7493332

  private static func ringDiodes(_ y: [Double], _ u2: Double) -> [Double] {
    [
      y[2] - y[4] - y[6] - u2, -y[3] + y[5] - y[6] - u2, y[3] + y[4] + y[6] + u2, -y[2] - y[5] + y[6] + u2,
    ]
  }

  private static func ringJacobian(
    _ t: Double, _ y: [Double], _ m: inout [Double], _ timeDerivative: inout [Double]
  ) {
    let u2 = 2 * sin(2e4 * .pi * t)
    let du1 = 0.5 * 2e3 * Double.pi * cos(2e3 * .pi * t)
    let du2 = 2 * 2e4 * Double.pi * cos(2e4 * .pi * t)
    let slope = ringDiodes(y, u2).map { ringGamma * ringDelta * exp(ringDelta * $0) }
    // ∂U_k/∂y_j and ∂U_k/∂u2 of the four diodes.
    let diode: [[(Int, Double)]] = [
      [(2, 1), (4, -1), (6, -1)], [(3, -1), (5, 1), (6, -1)], [(3, 1), (4, 1), (6, 1)],
      [(2, -1), (5, -1), (6, 1)],
    ]
    let drive = [-du2, -du2, du2, du2]
    // Signs of the diodes' currents in rows 2 to 6.
    let rows: [(Int, [Double], Double)] = [
      (2, [-1, 0, 0, 1], 2e-12), (3, [0, 1, -1, 0], 2e-12), (4, [1, 0, -1, 0], 2e-12),
      (5, [0, -1, 0, 1], 2e-12), (6, [1, 1, -1, -1], 1e-8),
    ]
    for (row, signs, capacity) in rows {
      for k in 0..<4 where signs[k] != 0 {
        for (column, sign) in diode[k] { m[15 * row + column] += signs[k] * sign * slope[k] / capacity }
        timeDerivative[row] += signs[k] * slope[k] * drive[k] / capacity
      }
    }
    func set(_ row: Int, _ entries: [(Int, Double)], over scale: Double) {
      for (column, value) in entries { m[15 * row + column] += value / scale }
    }
    set(0, [(7, 1), (9, -0.5), (10, 0.5), (13, 1), (0, -1 / 25e3)], over: 1.6e-8)
    set(1, [(8, 1), (11, -0.5), (12, 0.5), (14, 1), (1, -1 / 25e3)], over: 1.6e-8)
    set(2, [(9, 1)], over: 2e-12)
    set(3, [(10, -1)], over: 2e-12)
    set(4, [(11, 1)], over: 2e-12)
    set(5, [(12, -1)], over: 2e-12)
    set(6, [(6, -1 / 50)], over: 1e-8)
    set(7, [(0, -1)], over: 4.45)
    set(8, [(1, -1)], over: 4.45)
    set(9, [(0, 0.5), (2, -1), (9, -17.3)], over: 5e-4)
    set(10, [(0, -0.5), (3, 1), (10, -17.3)], over: 5e-4)
    set(11, [(1, 0.5), (4, -1), (11, -17.3)], over: 5e-4)
    set(12, [(1, -0.5), (5, 1), (12, -17.3)], over: 5e-4)
    set(13, [(0, -1), (13, -86.3)], over: 2e-3)
    set(14, [(1, -1), (14, -636.3)], over: 2e-3)
    timeDerivative[13] += du1 / 2e-3
  }
}
