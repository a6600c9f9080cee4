import Foundation
import Testing

/// Exported sources against our own gradient and our own integration.
@Suite struct DeriveExportTests {
  /// −gradient at the start, in the order of the state.
  private func velocity(_ place: Workplace, _ options: [String]) throws -> [Double] {
    let result = Command.finish(try Command.start(["evaluate", "small.yaml"] + options, in: place.path))
    try #require(result.status == 0, "\(result.error)")
    let gradient = try JSONDecoder().decode(Evaluated.self, from: Data(result.output.utf8)).gradient
    let sets = gradient.coefficients.keys.sorted { ($0.count, $0) < ($1.count, $1) }
    let flat =
      gradient.attention.flatMap { $0 } + sets.compactMap { gradient.coefficients[$0] } + [gradient.scale]
    return flat.map { -$0 }
  }

  private struct Evaluated: Decodable {
    struct Gradient: Decodable {
      let attention: [[Double]]
      let coefficients: [String: Double]
      let scale: Double
    }
    let gradient: Gradient
  }

  private func derive(_ place: Workplace, _ format: String, _ options: [String]) throws {
    let arguments = ["derive", "small.yaml", "--format", format, "--out", ".", "--force"]
    let result = Command.finish(try Command.start(arguments + options, in: place.path))
    try #require(result.status == 0, "\(result.error)")
  }

  /// Prints the derivative at the start; fails where the Jacobian is not the differences of the flow.
  private static let driver = """
    #include <math.h>
    #include <stdio.h>
    extern const int dimension;
    void initial_state(double state[]);
    int flow(double time, const double state[], double derivative[], void *params);
    int jacobian(double time, const double state[], double *dfdy, double dfdt[], void *params);
    int main(void) {
      double state[64], derivative[64], above[64], below[64], dfdy[64 * 64], dfdt[64];
      initial_state(state);
      for (int run = 0; run < 2; run++)
        if (flow(0, state, derivative, 0) != 0) return 1;
      for (int i = 0; i < dimension; i++) printf("%.17g\\n", derivative[i]);
      if (jacobian(0, state, dfdy, dfdt, 0) != 0) return 1;
      for (int j = 0; j < dimension; j++) {
        const double middle = state[j];
        state[j] = middle + 1e-5;
        flow(0, state, above, 0);
        state[j] = middle - 1e-5;
        flow(0, state, below, 0);
        state[j] = middle;
        for (int i = 0; i < dimension; i++)
          if (fabs(dfdy[i * dimension + j] - (above[i] - below[i]) / 2e-5) > 1e-8 || dfdt[i] != 0) return 2;
      }
      return 0;
    }
    """

  static let sequences = "theory.sequences={context: 5, all: true}"
  static let cases: [[String]] = [
    [],
    ["--set", "model.variant=reference-code", "--set", "loss={criterion: logits}"],
    ["--set", "model.variant={coefficients: softmax, feature-norm: feature}"],
    ["--set", "model.variant={second-layer: linear, coefficients: absolute}", "--set", "loss.epsilon=0.1"],
    ["--level", "finite-context", "--set", sequences, "--set", "loss.epsilon=0.01"],
    [
      "--level", "finite-context", "--set", sequences, "--set", "model.variant=reference-code", "--set",
      "loss={criterion: logits}",
    ],
    ["--level", "leading-order"],
    ["--level", "leading-order", "--set", "theory.order=2"],
  ]
  static let scalar = ["--level", "leading-order", "--form", "scalar"]
  /// Somewhere without symmetry.
  static let start = ["--set", "initial={own: 0.7, other: -0.2, coefficients: 0.8, scale: 0.6}"]

  @Test(arguments: cases)
  func cComputesOurGradient(options: [String]) throws {
    let place = try Workplace()
    let expected = try velocity(place, Self.start + options)
    try derive(place, "c", Self.start + options)
    try place.write(Self.driver, to: "driver.c")
    let found = DeriveTools.numbers(try DeriveTools.runC(["driver.c", "flow.c"], in: place))
    expectClose(found, expected, within: 1e-13, "\(options)")
  }

  @Test(
    .enabled(if: DeriveTools.hasSciPy, "needs python3 with numpy and scipy: pip install numpy scipy"),
    arguments: cases)
  func pythonComputesOurGradient(options: [String]) throws {
    let place = try Workplace()
    let expected = try velocity(place, Self.start + options)
    try derive(place, "python", Self.start + options)
    // The Jacobian against differences of the flow.
    let script = """
      import flow, numpy as np
      state = flow.initial_state()
      for x in flow.flow(0, state): print(repr(float(x)))
      steps = 1e-5 * np.eye(len(state))
      differences = [(flow.flow(0, state + step) - flow.flow(0, state - step)) / 2e-5 for step in steps]
      assert np.abs(flow.jacobian(0, state) - np.stack(differences, axis=1)).max() < 1e-8

      """
    let found = DeriveTools.numbers(try DeriveTools.runPython(script, in: place))
    expectClose(found, expected, within: 1e-13, "\(options)")
  }

  /// θ' = u and u' = −(∇L + u)/τ from u = −κ∇L, with its Jacobian, in both forms.
  @Test(arguments: [["--level", "infinite-context"], scalar])
  func inertialFlowIsExported(options: [String]) throws {
    let place = try Workplace()
    let momentum = [
      "--set", "theory.correction=momentum", "--set",
      "training={optimizer: {sgd: {rate: 0.5, momentum: 0.6}}}",
    ]
    let slope = try velocity(place, Self.start + Array(options.prefix(2)))
    try derive(place, "c", Self.start + options + momentum)
    try place.write(Self.driver, to: "driver.c")
    let found = DeriveTools.numbers(try DeriveTools.runC(["driver.c", "flow.c"], in: place))
    let (onset, time) = (0.4 / 1.6, 0.5 * 1.6 / (2 * 0.16))
    expectClose(
      found, slope.map { onset * $0 } + slope.map { (1 - onset) * $0 / time }, within: 1e-13, "\(options)")
    let text = Command.finish(
      try Command.start(["derive", "small.yaml"] + options + momentum, in: place.path))
    #expect(
      text.status == 0 && text.output.contains(options == Self.scalar ? "\\dot{u}_{a}" : "\\ddot\\theta"))
    let refused = Command.finish(
      try Command.start(
        ["derive", "small.yaml", "--set", "training={}", "--set", "theory.correction=step-size"],
        in: place.path))
    #expect(refused.status == 65 && refused.error.contains("theory.correction: found step-size"))
  }

  @Test func scalarFormComputesOurGradient() throws {
    let place = try Workplace()
    let expected = try velocity(place, Self.start + ["--level", "leading-order"])
    try derive(place, "c", Self.start + Self.scalar)
    try place.write(Self.driver, to: "driver.c")
    let found = DeriveTools.numbers(try DeriveTools.runC(["driver.c", "flow.c"], in: place))
    expectClose(found, expected, within: 1e-13, "scalar form")
    let named = Command.finish(
      try Command.start(
        ["derive", "small.yaml", "--coefficients", "named"] + Self.scalar, in: place.path))
    #expect(named.status == 0 && named.output.contains("{G_{2}}_{1,1}"), "\(named.error)")
  }

  @Test(.enabled(if: DeriveTools.hasSwift, "needs swiftc on the path"))
  func swiftComputesOurGradient() throws {
    let place = try Workplace()
    let options = Self.start + Self.cases[1]
    let expected = try velocity(place, options)
    try derive(place, "swift", options)
    try place.write(
      "let flow = try Flow()\nfor x in flow(0, Flow.initialState) { print(x) }\n", to: "main.swift")
    let built = try DeriveTools.run(
      "swiftc", ["-O", "flow.swift", "main.swift", "-o", "program"], in: place.path)
    try #require(built.status == 0)
    let found = DeriveTools.numbers(try DeriveTools.run(place["program"], [], in: place.path).output)
    expectClose(found, expected, within: 1e-13, "swift")
  }

  // MARK: Integration

  private static let tight = [
    "--set", "theory.solver={stepper: rk8pd, relative: 1e-12, absolute: 1e-13}", "--set", "initial.scale=0.5",
    "--set", "source.prior.kernels=30",
  ]

  /// The last row of our own run, by the names of the state.
  private func ownEnd(_ place: Workplace) throws -> (names: [String], state: [Double]) {
    let arguments = ["integrate", "small.yaml", "--out", "run"] + Self.tight
    let result = Command.finish(try Command.start(arguments, in: place.path))
    try #require(result.status == 0, "\(result.error)")
    let table = try Table(place.read("run/trajectory.csv"))
    let names = table.columns.filter { $0 == "a" || $0.hasPrefix("w[") || $0.hasPrefix("c[") }
    return (names, try names.map { try #require(table[$0]?.last) })
  }

  @Test func gslIntegratesTheCExport() throws {
    let place = try Workplace()
    try derive(place, "c", Self.tight)
    try place.write(
      """
      #include <math.h>
      #include <stdio.h>
      #include <gsl/gsl_odeiv2.h>
      extern const int dimension;
      extern const char *const names[];
      void initial_state(double state[]);
      int flow(double time, const double state[], double derivative[], void *params);
      int jacobian(double time, const double state[], double *dfdy, double dfdt[], void *params);
      static int integrate(const gsl_odeiv2_step_type *type, double tolerance, double state[]) {
        gsl_odeiv2_system system = {flow, jacobian, dimension, NULL};
        gsl_odeiv2_driver *driver = gsl_odeiv2_driver_alloc_y_new(&system, type, 1e-3, tolerance, tolerance);
        double time = 0;
        initial_state(state);
        int status = gsl_odeiv2_driver_apply(driver, &time, 20, state);
        gsl_odeiv2_driver_free(driver);
        return status;
      }
      int main(void) {
        double state[64], implicit[64];
        if (integrate(gsl_odeiv2_step_rk8pd, 1e-12, state) != 0) return 1;
        if (integrate(gsl_odeiv2_step_bsimp, 1e-10, implicit) != 0) return 1;
        for (int i = 0; i < dimension; i++) {
          if (fabs(implicit[i] - state[i]) > 1e-7) return 2;
          printf("%s = %.17g\\n", names[i], state[i]);
        }
        return 0;
      }
      """, to: "driver.c")
    let output = try DeriveTools.runC(
      ["driver.c", "flow.c"], libraries: ["-lgsl", "-lgslcblas"], in: place)
    try expectOwnEnd(output, place)
  }

  @Test(.enabled(if: DeriveTools.hasSciPy, "needs python3 with numpy and scipy: pip install numpy scipy"))
  func scipyIntegratesThePythonExport() throws {
    let place = try Workplace()
    try derive(place, "python", Self.tight)
    let script = """
      import flow
      from scipy.integrate import solve_ivp
      solution = solve_ivp(flow.flow, (0, 20), flow.initial_state(), method="DOP853", rtol=1e-12, atol=1e-13)
      assert solution.success
      for name, value in zip(flow.names, solution.y[:, -1]): print(name, "=", repr(float(value)))
      """
    try expectOwnEnd(DeriveTools.runPython(script, in: place), place)
  }

  /// Lines `name = value` against our own run, to 1e-9.
  private func expectOwnEnd(_ output: String, _ place: Workplace) throws {
    let lines = output.split(separator: "\n").map { $0.components(separatedBy: " = ") }
    let found = Dictionary(uniqueKeysWithValues: lines.map { ($0[0], Double($0[1]) ?? .nan) })
    let own = try ownEnd(place)
    #expect(found.keys.sorted() == own.names.sorted())
    expectClose(own.names.map { found[$0] ?? .nan }, own.state, within: 1e-9, "at t = 20")
  }

  // MARK: Files

  @Test func manyConstantsGoToADataFile() throws {
    let place = try Workplace()
    let many = ["--set", "source.prior.kernels=64"]
    let refused = Command.finish(
      try Command.start(["derive", "small.yaml", "--format", "c"] + many, in: place.path))
    #expect(refused.status == 64)
    #expect(refused.error.contains("--out"), "\(refused.error)")
    #expect(refused.output.isEmpty)
    for format in ["c", "python", "swift"] { try derive(place, format, many) }
    #expect(
      try place.names().filter { $0.hasPrefix("flow") } == ["flow.bin", "flow.c", "flow.py", "flow.swift"])
    let again = try Command.run("derive", "small.yaml", "--format", "c", "--out", ".", in: place)
    #expect(again.status == 65)
    #expect(again.error.contains("flow.c: found a file"))
    // Seven constants of nine make no data file; their source prints as it stands.
    let printed = try Command.run("derive", "small.yaml", "--format", "c", in: place)
    #expect(printed.status == 0 && printed.output.contains("int flow(double time"))
  }

  @Test func untrainedParametersStay() throws {
    let place = try Workplace()
    let stages = "theory.stages=[{train: [scale], until: {time: 1}}, {train: [attention], until: {time: 1}}]"
    let options = ["--set", stages]
    try derive(place, "c", options)
    let first = try place.read("flow.c")
    try derive(place, "c", options + ["--stage", "2"])
    #expect(try place.read("flow.c") != first)
    let wrong = try Command.run("derive", "small.yaml", "--stage", "2", in: place)
    #expect(wrong.status == 65)
    #expect(wrong.error.contains("--stage"))
  }
}
