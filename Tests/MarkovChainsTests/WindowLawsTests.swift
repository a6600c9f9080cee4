import MarkovChains
import Testing

@Suite struct WindowLawsTests {
  /// Window laws of every length against plain iteration on max(W, r_n) tokens and sums from the definition.
  @Test(arguments: [
    (2, [1, 3], 1...6), (3, [1, 2], 1...5), (3, [3], 1...4), (4, [2, 4], 1...4), (2, [1], 1...5),
  ])
  func agreeWithIteration(tokens: Int, parents: [Int], windows: ClosedRange<Int>) throws {
    let kernels = try Prior(concentration: 2, kernels: 3, seed: 9).draw(tokens: tokens, parents: parents)
    for window in windows {
      let laws = try WindowLaws(kernels: kernels, window: window)
      let count = integerPower(tokens, window)
      #expect(laws.windows == count)
      #expect(laws.stationary.count == 3 * count)
      #expect(laws.joint.count == 3 * count * tokens)
      for (index, kernel) in kernels.enumerated() {
        let length = max(window, kernel.memory)
        let law = stationaryByIteration(kernel, length: length)
        var stationary = Array(repeating: 0.0, count: count)
        var joint = Array(repeating: 0.0, count: count * tokens)
        var tokenLaw = Array(repeating: 0.0, count: tokens)
        for long in law.indices {
          var context = 0
          for (digit, lag) in parents.enumerated() {
            context += token(long, lag: lag, tokens: tokens) * integerPower(tokens, digit)
          }
          stationary[long % count] += law[long]
          for (e, probability) in kernel.row(context).enumerated() {
            joint[e * count + long % count] += law[long] * probability
            tokenLaw[e] += law[long] * probability
          }
        }
        func worst(_ found: ArraySlice<Double>, _ expected: [Double]) -> Double {
          zip(found, expected).map { abs($0 - $1) }.max() ?? 1
        }
        #expect(worst(laws.stationary[index * count..<(index + 1) * count], stationary) < 1e-14)
        let table = count * tokens
        #expect(worst(laws.joint[index * table..<(index + 1) * table], joint) < 1e-14)
        #expect(worst(laws.tokenLaw[index * tokens..<(index + 1) * tokens], tokenLaw) < 1e-14)
      }
    }
  }

  @Test func doNotDependOnTheNumberOfThreads() throws {
    let kernels = try Prior(concentration: 0.5, kernels: 7, seed: 3).draw(tokens: 3, parents: [1, 3])
    let one = try WindowLaws(kernels: kernels, window: 4, threads: 1)
    let three = try WindowLaws(kernels: kernels, window: 4, threads: 3)
    #expect(one.stationary == three.stationary)
    #expect(one.joint == three.joint)
    #expect(try Information(one, threads: 1).modified == Information(three, threads: 4).modified)
  }

  @Test func whatDoesNotFitIsRefusedWithItsSize() throws {
    let kernel = Kernel(unchecked: [0.5, 0.5, 0.5, 0.5], tokens: 2, parents: [1])
    func refusal(_ kernels: [Kernel], _ window: Int, memory: Int? = nil) -> ChainError? {
      do throws(ChainError) {
        _ = try WindowLaws(kernels: kernels, window: window, memory: memory)
        return nil
      } catch { return error }
    }
    #expect(refusal([], 2) == .noKernels)
    #expect(refusal([kernel], 0) == .window(0))
    let bytes = 3 * 1024 * 8
    #expect(refusal([kernel], 10, memory: bytes) == nil)
    #expect(
      refusal([kernel], 10, memory: bytes - 1)
        == .tooManyWindows(tokens: 2, window: 10, kernels: 1, bytes: bytes, memory: bytes - 1))
    #expect(
      refusal([kernel], 70, memory: 1)
        == .tooManyWindows(tokens: 2, window: 70, kernels: 1, bytes: nil, memory: 1))
    let other = Kernel(unchecked: [0.5, 0.5, 0.5, 0.5], tokens: 2, parents: [2])
    #expect(refusal([kernel, other], 2) == .mixedKernels(kernel: 1))
  }
}

@Suite struct ChainDiagnosticsTests {
  private func diagnostics(_ kernels: [Kernel]) throws -> [ChainDiagnostics] {
    try WindowLaws(kernels: kernels, window: 1).diagnostics()
  }

  /// Two tokens, one parent: λ₂ = 1 − a − b.
  @Test(arguments: [(0.3, 0.2), (0.9, 0.8), (1e-6, 1e-7), (1, 1)])
  func twoTokensHaveAClosedForm(up: Double, down: Double) throws {
    let kernel = Kernel(unchecked: [1 - up, up, down, 1 - down], tokens: 2, parents: [1])
    let found = try diagnostics([kernel])[0]
    #expect(abs(found.secondEigenvalue - abs(1 - up - down)) < 1e-14)
    #expect(found.smallestEntry == min(up, down, 1 - up, 1 - down))
  }

  /// A parent that does not matter adds only eigenvalues 0: 256 windows are too many for all eigenvalues.
  @Test(arguments: [(0.3, 0.2), (0.9, 0.8), (0.001, 0.002)])
  func longWindowsAddOnlyZeros(up: Double, down: Double) throws {
    let rows = [1 - up, up, down, 1 - down]
    let kernel = Kernel(unchecked: rows + rows, tokens: 2, parents: [1, 8])
    let found = try diagnostics([kernel])[0]
    #expect(abs(found.secondEigenvalue - abs(1 - up - down)) < 1e-3)
  }

  /// x_t depends on x_{t−8} alone: eight interleaved chains, whose eigenvalues are eighth roots of 1 − a − b.
  @Test func interleavedChainsMixEightTimesSlower() throws {
    let kernel = Kernel(unchecked: [0.8, 0.2, 0.3, 0.7], tokens: 2, parents: [8])
    let found = try diagnostics([kernel])[0]
    let root = 0.5.squareRoot().squareRoot().squareRoot()
    #expect(abs(found.secondEigenvalue - root) < 1e-3)
  }

  @Test func warningsComeOncePerKind() throws {
    let good = Kernel(unchecked: [0.6, 0.4, 0.5, 0.5], tokens: 2, parents: [1])
    let flip = Kernel(unchecked: [0, 1, 1, 0], tokens: 2, parents: [1])
    let slow = Kernel(unchecked: [0.999, 0.001, 0.001, 0.999], tokens: 2, parents: [1])
    let leaving = Kernel(unchecked: [1, 0, 0.5, 0.5], tokens: 2, parents: [1])
    #expect(ChainWarning.warnings(try diagnostics([good])) == [])
    let warnings = ChainWarning.warnings(try diagnostics([good, flip, slow, leaving]))
    guard warnings.count == 3, case .slowMixing(let kernels, let largest) = warnings[0] else {
      Issue.record("found \(warnings)")
      return
    }
    #expect(kernels == [1, 2])
    #expect(abs(largest - 1) < 1e-14)
    #expect(warnings[1] == .smallEntries(kernels: [1, 3], smallest: 0))
    #expect(warnings[2] == .transientWindows(kernels: [3], most: 1))
  }
}
