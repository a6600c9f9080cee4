import Foundation
import MarkovChains
import TestSupport
import Testing

@Suite struct KernelTests {
  let rows = [[0.25, 0.75], [1, 0], [0.5, 0.5], [0.1, 0.9]]

  @Test func rowsAreKeptAsGiven() throws {
    let kernel = try Kernel(rows: rows, tokens: 2, parents: [1, 3])
    #expect(kernel.rows == rows)
    #expect(kernel.contexts == 4)
    #expect(kernel.memory == 3)
    #expect(Array(kernel.row(3)) == [0.1, 0.9])
  }

  @Test func sumsWithinToleranceAreMadeOne() throws {
    let kernel = try Kernel(rows: [[0.5, 0.5 + 9e-10], [1, 0]], tokens: 2, parents: [1])
    #expect(abs(kernel.probabilities[0] + kernel.probabilities[1] - 1) <= 0x1p-52)
    #expect(abs(kernel.probabilities[1] / kernel.probabilities[0] - (1 + 18e-10)) < 1e-15)
    #expect(Array(kernel.row(1)) == [1, 0])
    let error = #expect(throws: KernelError.self) {
      try Kernel(rows: [[1, 0], [0.5, 0.5 + 2e-9]], tokens: 2, parents: [1])
    }
    #expect(error?.keyPath() == "kernel[1]")
  }

  @Test func whatIsNoKernelIsRefusedByName() {
    func refusal(_ rows: [[Double]], tokens: Int = 2, parents: [Int] = [1, 2]) -> KernelError? {
      do throws(KernelError) {
        _ = try Kernel(rows: rows, tokens: tokens, parents: parents)
        return nil
      } catch { return error }
    }
    #expect(refusal(rows) == nil)
    #expect(refusal(rows, tokens: 1) == .tokens(1))
    #expect(refusal(rows, parents: []) == .noParents)
    #expect(refusal(rows, parents: [0, 2]) == .parent(index: 0, lag: 0))
    #expect(refusal(rows, parents: [2, 2]) == .parentOrder(index: 1, lag: 2, previous: 2))
    #expect(refusal(rows, parents: [2, 1]) == .parentOrder(index: 1, lag: 1, previous: 2))
    #expect(refusal(rows, parents: [1, -2]) == .parent(index: 1, lag: -2))
    #expect(refusal(rows, parents: [1, 2, 3]) == .rowCount(found: 4, expected: 8))
    #expect(refusal(rows, tokens: 60000) == .tooManyEntries(tokens: 60000, parents: 2))
    var wrong = rows
    wrong[2] = [0.5, 0.25, 0.25]
    #expect(refusal(wrong) == .rowLength(context: 2, found: 3, expected: 2))
    wrong[2] = [1.5, -0.5]
    #expect(refusal(wrong) == .entry(context: 2, token: 1, value: -0.5))
    wrong[2] = [.infinity, 0]
    #expect(refusal(wrong) == .entry(context: 2, token: 0, value: .infinity))
    wrong[2] = [0.5, 0.4]
    #expect(refusal(wrong)?.keyPath(kernel: "kernels[7]") == "kernels[7][2]")
  }
}

@Suite struct AlphabetTests {
  @Test func tokensAreReadAsSymbolsOrNumbers() throws {
    let letters = try Alphabet(symbols: ["A", "C", "G", "T"])
    #expect(letters.token("G") == 2)
    #expect(letters.token("3") == 3)
    #expect(letters.token("4") == nil)
    #expect(letters.token("U") == nil)
    #expect(letters.name(1) == "C")
    let numbers = try Alphabet(size: 3)
    #expect(numbers.token("2") == 2)
    #expect(numbers.token("-1") == nil)
    #expect(numbers.name(1) == "1")
  }

  @Test func symbolsThatReadAsNumbersLeaveNoDoubleMeaning() throws {
    let digits = try Alphabet(symbols: ["1", "2"])
    #expect(digits.token("1") == 0)
    #expect(digits.token("0") == nil)
  }

  @Test func badSymbolsAreRefused() {
    #expect(throws: AlphabetError.size(1)) { try Alphabet(symbols: ["A"]) }
    #expect(throws: AlphabetError.size(1)) { try Alphabet(size: 1) }
    #expect(throws: AlphabetError.repeatedSymbol(index: 2, symbol: "A")) {
      try Alphabet(symbols: ["A", "B", "A"])
    }
    for symbol in ["", "a,b", " a", "a\n"] {
      #expect(throws: AlphabetError.symbol(index: 1, symbol: symbol)) {
        try Alphabet(symbols: ["A", symbol])
      }
    }
  }
}

@Suite struct PriorTests {
  /// E[−Σ p log p] under Dirichlet(α·1_d) is ψ(dα + 1) − ψ(α + 1); for d = 3 the values are exact to 5 digits.
  @Test(arguments: [(0.1, 0.25456), (1.0, 0.83333)])
  func meanRowEntropyIsThatOfTheDirichletLaw(concentration: Double, expected: Double) throws {
    let prior = try Prior(concentration: concentration, kernels: 10_000, seed: 7)
    let entropies = try prior.draw(tokens: 3, parents: [1]).flatMap { kernel in
      kernel.rows.map { row in -row.reduce(0) { $1 > 0 ? $0 + $1 * log($1) : $0 } }
    }
    let count = Double(entropies.count)
    let mean = entropies.reduce(0, +) / count
    let variance = entropies.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    #expect(abs(mean - expected) < 4 * (variance / count).squareRoot())
  }

  @Test(arguments: [1e-4, 1e-3, 0.01, 0.1, 1, 1e6])
  func rowsAreProbabilitiesAtEveryConcentration(concentration: Double) throws {
    let kernels = try Prior(concentration: concentration, kernels: 50, seed: 1).draw(
      tokens: 4, parents: [1, 2])
    for kernel in kernels {
      #expect(throws: Never.self) { try Kernel(rows: kernel.rows, tokens: 4, parents: [1, 2]) }
    }
  }

  @Test func seedsDecide() throws {
    func draw(_ seed: Int, _ kernels: Int) throws -> [Kernel] {
      try Prior(concentration: 0.5, kernels: kernels, seed: seed).draw(tokens: 3, parents: [1, 2])
    }
    #expect(try draw(3, 5) == draw(3, 5))
    #expect(try draw(3, 5) == Array(draw(3, 8).prefix(5)))
    #expect(try draw(3, 5) != draw(4, 5))
  }

  @Test func valuesOutOfRangeAreRefused() {
    #expect(throws: PriorError.concentration(0)) { try Prior(concentration: 0, kernels: 1, seed: 1) }
    #expect(throws: PriorError.kernels(0)) { try Prior(concentration: 1, kernels: 0, seed: 1) }
    #expect(throws: PriorError.seed(-1)) { try Prior(concentration: 1, kernels: 1, seed: -1) }
    #expect(throws: PriorError.self) { try Prior(concentration: .nan, kernels: 1, seed: 1) }
  }
}

@Suite struct EstimationTests {
  @Test func countsByHand() throws {
    // Lag 2: contexts 0, 1, 0, 1 before 0, 1, 1, 0; the second sequence adds context 1 before 1.
    let kernel = try Kernel(
      estimatedFrom: [[0, 1, 0, 1, 1, 0], [1, 0, 1]], tokens: 2, parents: [2], smoothing: 0)
    let (third, twoThirds) = (1.0 / 3, 2.0 / 3)
    #expect(kernel.rows == [[0.5, 0.5], [third, twoThirds]])
    let smooth = try Kernel(
      estimatedFrom: [[0, 1, 0, 1, 1, 0], [1, 0, 1]], tokens: 2, parents: [2], smoothing: 0.5)
    #expect(smooth.rows == [[0.5, 0.5], [0.375, 0.625]])
  }

  @Test func theKernelIsRecovered() throws {
    let seed: UInt64 = 11
    var generator = SeededGenerator(seed: seed)
    let kernel = try Prior(concentration: 1, kernels: 1, seed: 5).draw(tokens: 3, parents: [1, 3])[0]
    let sequences = (0..<20).map { _ in generator.sequence(kernel, length: 20_000) }
    let estimate = try Kernel(estimatedFrom: sequences, tokens: 3, parents: [1, 3], smoothing: 0)
    let worst = zip(kernel.probabilities, estimate.probabilities).map { abs($0 - $1) }.max() ?? 1
    #expect(worst < 0.02, "seed \(seed)")
  }

  @Test func whatCannotBeEstimatedIsNamed() {
    #expect(throws: EstimationError.unseenContext(lags: [1, 2], tokens: [1, 0])) {
      try Kernel(estimatedFrom: [[0, 0, 0]], tokens: 2, parents: [1, 2], smoothing: 0)
    }
    #expect(throws: EstimationError.token(sequence: 1, position: 2, found: 2, tokens: 2)) {
      try Kernel(estimatedFrom: [[0, 1], [0, 1, 2]], tokens: 2, parents: [1], smoothing: 1)
    }
    #expect(throws: EstimationError.kernel(.noParents)) {
      try Kernel(estimatedFrom: [[0, 1]], tokens: 2, parents: [], smoothing: 1)
    }
  }
}
