import Foundation
import ODESolvers
import Testing

@Suite struct SpectrumTests {
  /// Robertson's Jacobian at the start has the eigenvalues 0, 0 and −0.04; the general case is checked on
  /// a matrix with the eigenvalues −1000, −1 ± 2i.
  @Test func eigenvaluesOfAKnownMatrix() throws {
    // Block triangular: the off-diagonal block does not matter.
    let spectrum = try Spectrum(jacobian: [-1000, 5, 7, 0, -1, 2, 0, -2, -1], dimension: 3, time: 4)
    #expect(spectrum.time == 4)
    #expect(abs(spectrum.largestModulus - 1000) < 1e-9)
    #expect(abs(spectrum.smallestRealPart + 1000) < 1e-9)
    #expect(abs(spectrum.largestRealPart + 1) < 1e-9)
    #expect(abs(spectrum.largestImaginaryPart - 2) < 1e-9)
    #expect(abs(spectrum.stiffnessRatio - 1000) < 1e-6)
    #expect(throws: ProblemError.self) { try Spectrum(jacobian: [1, .nan, 0, 1], dimension: 2, time: 0) }
  }

  /// Along y₁' = −t y₁, y₂' = −y₂ the spectrum is {−t, −1}, with the Jacobian given or differenced.
  @Test(arguments: [true, false])
  func alongATrajectory(givesJacobian: Bool) throws {
    let system = ODESystem(
      dimension: 2,
      jacobian: givesJacobian
        ? { t, y, m, d in
          m[0] = -t
          m[3] = -1
          d[0] = -y[0]
        } : nil,
      derivative: { t, y, d in
        d[0] = -t * y[0]
        d[1] = -y[1]
      })
    var spectra: [Spectrum] = []
    let integration = try Integration(system, from: 0, state: [1, 1], to: 5, solver: Solver(.rkf45, 1e-6))
    let outcome = try integration.run(Observers(spectrum: SpectrumObserver(every: 5) { spectra.append($0) }))
    #expect(spectra.count == outcome.counts.accepted / 5)
    #expect(outcome.counts.jacobians == spectra.count)
    for spectrum in spectra {
      #expect(abs(spectrum.largestModulus - max(1, spectrum.time)) < 1e-5)
    }
  }

  @Test func conservedQuantities() throws {
    let energy = ConservedQuantity("energy") { _, y in y[1] * y[1] / 2 - cos(y[0]) }
    let angle = ConservedQuantity("angle") { _, y in y[0] }
    let solution = try solve(
      pendulum(), from: 0, state: [1, 0], to: 100, solver: Solver(.rk8pd, 1e-9), conserved: [energy, angle])
    let drifts = solution.outcome.drifts
    #expect(drifts.map(\.name) == ["energy", "angle"])
    #expect(drifts[0].initial == -cos(1.0) && drifts[0].largest < 1e-7)
    #expect(drifts[1].largest > 1.5)
  }

  /// Members and their order are the same for any number of threads; a failure is one member's own.
  @Test func ensemblesDoNotDependOnThreads() throws {
    let member = { @Sendable (index: Int) throws -> [Double] in
      let rate = Double(index) - 3
      let system = ODESystem(dimension: 1) { _, y, d in d[0] = rate < 0 ? y[0] * y[0] : rate * cos(y[0]) }
      return try solve(system, from: 0, state: [0.5], to: 5, solver: Solver(.rkf45, 1e-8)).outcome.state
    }
    let one = Ensemble(threads: 1).map(20, member)
    for threads in [2, 5, 32] {
      let many = Ensemble(threads: threads).map(20, member)
      for (left, right) in zip(one, many) {
        switch (left, right) {
        case (.success(let left), .success(let right)): #expect(left == right)
        case (.failure(let left as IntegrationFailure), .failure(let right as IntegrationFailure)):
          #expect(left.state == right.state)
        default: Issue.record("\(left) and \(right)")
        }
      }
    }
    #expect(one.prefix(3).allSatisfy { if case .failure = $0 { true } else { false } })
    #expect(one.count == 20)
    #expect(Ensemble(threads: 2).map(0, member).isEmpty)
  }
}
