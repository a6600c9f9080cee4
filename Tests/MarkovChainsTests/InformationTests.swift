import Foundation
import MarkovChains
import Testing

@Suite struct InformationTests {
  static let cases = ["two-parents", "gap-parents", "reference-code"]

  @Test(arguments: cases) func agreesWithTheReferenceCases(name: String) throws {
    let url = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../TheoryTests/ReferenceCases/\(name).json")
    let reference = try JSONDecoder().decode(ReferenceCase.self, from: Data(contentsOf: url))
    let kernels = try reference.source.kernels.map {
      try Kernel(rows: $0, tokens: reference.source.tokens, parents: reference.source.parents)
    }
    let widest = reference.information.keys.flatMap { LagSet(label: $0).members }.max() ?? 1
    for window in widest...widest + 1 {
      let information = try Information(WindowLaws(kernels: kernels, window: window))
      for (label, expected) in reference.information {
        let index = try #require(information.index(of: LagSet(label: label)))
        #expect(abs(information.modified[index].mean - expected) < 1e-10, "\(label)")
      }
    }
  }

  private struct ReferenceCase: Decodable {
    struct Chains: Decodable {
      let tokens: Int
      let parents: [Int]
      let kernels: [[[Double]]]
    }
    let source: Chains
    let information: [String: Double]

    enum CodingKeys: String, CodingKey {
      case source
      case information = "modified_chi2_information"
    }
  }

  private func modified(_ information: Information, _ lags: Int...) throws -> Double {
    information.modified[try #require(information.index(of: LagSet(lags)))].mean
  }

  @Test func theBestSetCanBeAStrictSubsetOfTheParents() throws {
    let kernel = try Kernel(
      rows: [[0.4992, 0.5008], [0.8004, 0.1996], [0.0081, 0.9919], [0.1080, 0.8920]], tokens: 2,
      parents: [1, 2])
    let information = try Information(WindowLaws(kernels: [kernel], window: 3))
    // To what the kernel's four digits leave of them.
    #expect(abs(try modified(information, 1) - 0.0436) < 1e-4)
    #expect(abs(try modified(information, 2) - 0.2025) < 1e-4)
    #expect(abs(try modified(information, 1, 2) - 0.1506) < 1e-4)
    let selected = information.selectedSet(heads: 3, degree: 2)
    #expect(selected.set == LagSet([2]))
    #expect(selected.runnerUp == LagSet([1, 2]))
    #expect(abs((selected.gap?.mean ?? 0) - (0.2025 - 0.1506)) < 1e-4)
    #expect(selected.gap?.standardError == nil)
    #expect(selected.outOfReach == nil)
    let blind = information.selectedSet(heads: 1, degree: 1)
    #expect(blind.set == LagSet([1]))
    #expect(blind.runnerUp == .empty)
    #expect(blind.outOfReach?.set == LagSet([2]))
  }

  /// Monte Carlo values over Dirichlet kernels, standard errors up to 0.003.
  @Test(arguments: [
    (0.1, ["1 2": 0.1975, "1 2 3": 0.1752, "2 3": 0.1669, "2": 0.1639]),
    (1.0, ["1 2": 0.0607, "1": 0.0461, "2": 0.0457, "1 2 3": 0.0331]),
  ])
  func populationValues(concentration: Double, expected: [String: Double]) throws {
    let seed = 101
    let kernels = try Prior(concentration: concentration, kernels: 4000, seed: seed)
      .draw(tokens: 3, parents: [1, 2])
    let information = try Information(WindowLaws(kernels: kernels, window: 3))
    for (label, value) in expected {
      let index = try #require(information.index(of: LagSet(label: label)))
      let found = information.modified[index]
      let error = ((found.standardError ?? 1) * (found.standardError ?? 1) + 0.003 * 0.003).squareRoot()
      #expect(abs(found.mean - value) < 3.5 * error, "\(label), seed \(seed)")
      #expect((found.standardError ?? 1) < 0.005)
    }
    #expect(information.selectedSet(heads: 3, degree: 3).set == LagSet([1, 2]))
  }

  /// The next token depends on the lags {1, 2, 3} through the parents {1, 2} alone.
  @Test func ordinaryInformationIsThatOfTheParents() throws {
    let kernels = try Prior(concentration: 0.5, kernels: 20, seed: 4).draw(tokens: 3, parents: [1, 2])
    let information = try Information(WindowLaws(kernels: kernels, window: 4))
    func ordinary(_ lags: Int...) throws -> Double {
      information.ordinary[try #require(information.index(of: LagSet(lags)))].mean
    }
    #expect(relativeError(try ordinary(1, 2, 3), try ordinary(1, 2)) < 1e-12)
    #expect(relativeError(try ordinary(1, 2, 3, 4), try ordinary(1, 2)) < 1e-12)
    #expect(try ordinary(2, 3) < ordinary(1, 2))
  }

  /// From the definition, one set at a time, on a window shorter and longer than the parents reach.
  @Test(arguments: [2, 3, 4]) func agreesWithTheDefinition(window: Int) throws {
    let kernels = try Prior(concentration: 0.2, kernels: 3, seed: 8).draw(tokens: 3, parents: [1, 3])
    let laws = try WindowLaws(kernels: kernels, window: window)
    let information = try Information(laws)
    #expect(information.sets == LagSet.all(window: window, largest: window))
    for (slot, set) in information.sets.enumerated() {
      var (modified, ordinary) = (0.0, 0.0)
      for kernel in kernels.indices {
        var joint: [[Int]: [Double]] = [:]
        var unigram = [0.0, 0, 0]
        for z in 0..<laws.windows {
          let key = set.members.map { token(z, lag: $0, tokens: 3) }
          for e in 0..<3 {
            let weight = laws.joint[(kernel * 3 + e) * laws.windows + z]
            joint[key, default: [0, 0, 0]][e] += weight
            unigram[e] += weight
          }
        }
        for row in joint.values {
          let weight = row.reduce(0, +)
          let chi2 = zip(row, unigram).reduce(0) { $0 + ($1.0 / weight) * ($1.0 / weight) / $1.1 } - 1
          modified += weight * weight * chi2 / 3
          ordinary += weight * chi2 / 3
        }
      }
      #expect(abs(information.modified[slot].mean - modified) < 1e-14)
      #expect(abs(information.ordinary[slot].mean - ordinary) < 1e-13)
    }
  }

  /// A token that never comes and windows that never come add nothing, and no NaN.
  @Test func zeroProbabilities() throws {
    let two = Kernel(unchecked: [0.25, 0.75, 0.5, 0.5], tokens: 2, parents: [1])
    let three = Kernel(unchecked: [0.25, 0.75, 0, 0.5, 0.5, 0, 0.2, 0.3, 0.5], tokens: 3, parents: [1])
    let small = try Information(WindowLaws(kernels: [two], window: 3))
    let large = try Information(WindowLaws(kernels: [three], window: 3))
    for slot in small.sets.indices {
      #expect(abs(small.modified[slot].mean - large.modified[slot].mean) < 1e-15)
      #expect(abs(small.ordinary[slot].mean - large.ordinary[slot].mean) < 1e-15)
    }
    // Closed form: μ = (.4, .6), Σ_z μ(z)² (Σ_e μ(e|z)²/μ(e) − 1).
    let context0 = 0.25 * 0.25 / 0.4 + 0.75 * 0.75 / 0.6 - 1
    let context1 = 0.5 * 0.5 / 0.4 + 0.5 * 0.5 / 0.6 - 1
    #expect(abs(try modified(small, 1) - (0.16 * context0 + 0.36 * context1)) < 1e-15)
    #expect(try modified(small) == 0)
  }

  @Test func independentTokensCarryNothingButRounding() throws {
    let kernel = Kernel(
      unchecked: Array(repeating: [0.2, 0.3, 0.5], count: 9).flatMap { $0 }, tokens: 3, parents: [1, 2])
    for estimate in try Information(WindowLaws(kernels: [kernel], window: 4)).modified {
      #expect(estimate.mean >= 0)
      #expect(estimate.mean < 1e-30)
    }
  }

  @Test func setsAreLimitedInSizeAndNumber() throws {
    let kernels = try Prior(concentration: 1, kernels: 2, seed: 1).draw(tokens: 2, parents: [1])
    let laws = try WindowLaws(kernels: kernels, window: 6)
    let few = try Information(laws, largest: 2)
    #expect(few.sets == LagSet.all(window: 6, largest: 2))
    let all = try Information(laws)
    for (slot, set) in few.sets.enumerated() {
      #expect(few.modified[slot] == all.modified[try #require(all.index(of: set))])
    }
  }
}

extension LagSet {
  /// `[1 2]` or `1 2`.
  init(label: String) {
    self.init(label.split { $0 == "[" || $0 == "]" || $0 == " " }.compactMap { Int($0) })
  }
}
