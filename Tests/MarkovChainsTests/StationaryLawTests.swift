import MarkovChains
import Testing

@Suite struct StationaryLawTests {
  /// Two tokens, one parent: μ = (b, a)/(a + b), however rare the moves are.
  @Test(arguments: [0.3, 1e-3, 1e-9, 1e-15, 1e-100], [0.7, 1e-2, 1e-12, 1e-200])
  func twoTokensHaveAClosedForm(up: Double, down: Double) throws {
    let kernel = Kernel(unchecked: [1 - up, up, down, 1 - down], tokens: 2, parents: [1])
    let law = try kernel.stationaryLaw()
    #expect(relativeError(law.probabilities[0], down / (up + down)) < 1e-15)
    #expect(relativeError(law.probabilities[1], up / (up + down)) < 1e-15)
  }

  /// Two tokens, parents {1, 2}, p_c = π(1|c): the flows 00 → 01 and 10 → 00 balance, as do those of 11, so that
  /// μ is proportional to ((1−p_2)/p_0, 1, 1, p_1/(1−p_3)).
  @Test(arguments: [
    (0.5008, 0.1996, 0.9919, 0.8920), (1e-12, 0.3, 0.4, 0.2), (1e-10, 1e-8, 0.4, 0.999),
    (1e-7, 1e-30, 1e-3, 1e-9), (0.2, 0.5, 0.5, 1 - 0x1p-50),
  ])
  func twoParentsHaveAClosedForm(p0: Double, p1: Double, p2: Double, p3: Double) throws {
    let kernel = Kernel(
      unchecked: [p0, p1, p2, p3].flatMap { [1 - $0, $0] }, tokens: 2, parents: [1, 2])
    let weights = [(1 - p2) / p0, 1, 1, p1 / (1 - p3)]
    let law = try kernel.stationaryLaw()
    for (value, weight) in zip(law.probabilities, weights) {
      #expect(relativeError(value, weight / weights.reduce(0, +)) < 1e-14)
    }
  }

  /// At α = 0.1 many draws are nearly reducible; every entry of μT must still be μ's to rounding.
  @Test(arguments: [
    (3, [1, 2], 200), (2, [1, 3], 200), (4, [2], 100), (3, [2, 5], 8), (2, [1, 8], 8), (2, [3, 9], 2),
    (10, [1, 3], 1),
  ])
  func theLawIsStationaryEntryByEntry(tokens: Int, parents: [Int], kernels: Int) throws {
    let prior = try Prior(concentration: 0.1, kernels: kernels, seed: 20)
    for kernel in try prior.draw(tokens: tokens, parents: parents) {
      let law = try kernel.stationaryLaw()
      let next = step(law.probabilities, kernel, length: law.length)
      let worst = zip(next, law.probabilities).map(relativeError).max() ?? 1
      #expect(worst < 1e-12)
      #expect(abs(law.probabilities.reduce(0, +) - 1) < 1e-13)
    }
  }

  @Test func periodicChains() throws {
    let flip = Kernel(unchecked: [0, 1, 1, 0], tokens: 2, parents: [1])
    #expect(try flip.stationaryLaw().probabilities == [0.5, 0.5])
    // 0 → 1 → 2 → 0 by lag 1, so that windows of two are the cycle's pairs, six others transient.
    let cycle = try Kernel(
      rows: (0..<9).map { context in (0..<3).map { $0 == (context % 3 + 1) % 3 ? 1 : 0 } }, tokens: 3,
      parents: [1, 2])
    let law = try cycle.stationaryLaw()
    #expect(law.transientWindows == 6)
    for (window, probability) in law.probabilities.enumerated() {
      let isPair = window % 3 == (window / 3 + 1) % 3
      #expect(abs(probability - (isPair ? 1.0 / 3 : 0)) < 1e-15)
    }
  }

  @Test func aTokenThatIsNeverDrawnIsTransient() throws {
    let kernel = Kernel(unchecked: [0.25, 0.75, 0, 0.5, 0.5, 0, 0.2, 0.3, 0.5], tokens: 3, parents: [1])
    let law = try kernel.stationaryLaw()
    #expect(law.transientWindows == 1)
    #expect(relativeError(law.probabilities[0], 0.4) < 1e-15)
    #expect(relativeError(law.probabilities[1], 0.6) < 1e-15)
    #expect(law.probabilities[2] == 0)
  }

  @Test func severalClosedClassesAreNamed() throws {
    let fine = Kernel(unchecked: [0.5, 0.5, 0.5, 0.5], tokens: 2, parents: [1])
    let stuck = Kernel(unchecked: [1, 0, 0, 1], tokens: 2, parents: [1])
    let error = #expect(throws: ChainError.self) { try Kernel.stationaryLaws([fine, stuck]) }
    guard case .severalClosedClasses(let kernel, let classes) = error else {
      Issue.record("found \(String(describing: error))")
      return
    }
    #expect(kernel == 1)
    #expect(classes.map(\.windows) == [[[0]], [[1]]])
    #expect(error?.description(try Alphabet(symbols: ["A", "C"])).contains("{A} and {C}") == true)
  }

  @Test func lag2AloneLeavesTheOrderOfTwoInterleavedChainsOpen() throws {
    // x_t = x_{t−2}: the windows 00, 11 and the pair 01, 10 each go on for ever; oldest token first.
    let copy = Kernel(unchecked: [1, 0, 0, 1], tokens: 2, parents: [2])
    let error = #expect(throws: ChainError.self) { try copy.stationaryLaw() }
    guard case .severalClosedClasses(_, let classes) = error else {
      Issue.record("found \(String(describing: error))")
      return
    }
    #expect(classes.map(\.size) == [1, 2, 1])
    #expect(classes.map { Set($0.windows) } == [[[0, 0]], [[0, 1], [1, 0]], [[1, 1]]])
  }

  @Test func tooManyStatesAreRefusedBeforeTheyAreMade() {
    let kernel = Kernel(unchecked: [0.5, 0.5, 0.5, 0.5], tokens: 2, parents: [40])
    let error = #expect(throws: ChainError.self) { try kernel.stationaryLaw() }
    #expect(error == .tooManyStates(tokens: 2, length: 40, most: 16384))
    #expect(error?.description.contains("2^40 windows") == true)
  }
}
