import CGSL
import GSLSupport

/// A prior over kernels: every row independently Dirichlet(α·1_d). Drawn kernels stand for the population.
public struct Prior: Hashable, Sendable {
  /// α.
  public let concentration: Double
  /// How many kernels are drawn.
  public let kernels: Int
  /// Seeds GSL's mt19937, which takes 32 bits.
  public let seed: Int

  /// - Throws: `PriorError` for a value outside its range.
  public init(concentration: Double, kernels: Int, seed: Int) throws(PriorError) {
    guard Self.concentrations.contains(concentration) else { throw .concentration(concentration) }
    guard kernels >= 1 else { throw .kernels(kernels) }
    guard Self.seeds.contains(seed) else { throw .seed(seed) }
    self.concentration = concentration
    self.kernels = kernels
    self.seed = seed
  }

  /// Beyond these rows are one-hot, or uniform, to double precision.
  public static let concentrations = 1e-4...1e6
  public static let seeds = 0...Int(UInt32.max)

  /// The kernels, the same for the same seed. O(kernels · dⁿ⁺¹).
  ///
  /// At small α entries underflow to 0, and then a chain may have several closed classes.
  ///
  /// - Throws: `KernelError` for an alphabet or parents that cannot have a kernel.
  public func draw(tokens: Int, parents: [Int]) throws(KernelError) -> [Kernel] {
    let contexts = try Kernel.contexts(tokens: tokens, parents: parents)
    let generator = Generator(seed: seed)
    let concentrations = Array(repeating: concentration, count: tokens)
    return (0..<kernels).map { _ in
      var probabilities = Array(repeating: 0.0, count: contexts * tokens)
      for context in 0..<contexts {
        generator.dirichlet(concentrations, into: &probabilities, at: context * tokens)
      }
      return Kernel(unchecked: probabilities, tokens: tokens, parents: parents)
    }
  }
}

/// A prior that cannot be.
public enum PriorError: Error, Hashable {
  case concentration(Double)
  case kernels(Int)
  case seed(Int)
}

extension PriorError: CustomStringConvertible {
  /// The key of the configuration's `prior`.
  public var key: String {
    switch self {
    case .concentration: "dirichlet"
    case .kernels: "kernels"
    case .seed: "seed"
    }
  }

  public var found: String {
    switch self {
    case .concentration(let value): "\(value)"
    case .kernels(let value), .seed(let value): "\(value)"
    }
  }

  public var allowed: String {
    switch self {
    case .concentration:
      "a number from \(Prior.concentrations.lowerBound) to \(Prior.concentrations.upperBound)"
    case .kernels: "at least 1 kernel"
    case .seed: "a whole number from 0 to \(Prior.seeds.upperBound)"
    }
  }

  public var description: String { "\(key): found \(found), allowed \(allowed)" }
}

/// GSL's Mersenne twister, freed with its owner.
private final class Generator {
  private let state: UnsafeMutablePointer<gsl_rng>?

  init(seed: Int) {
    GSL.prepare()
    state = gsl_rng_alloc(cgsl_rng_mt19937())
    gsl_rng_set(state, UInt(seed))
  }

  deinit { gsl_rng_free(state) }

  /// One row, written at `offset`. GSL draws again with logarithms where the gammas underflow; should even
  /// that give no numbers, the row is the limit at α → 0, one-hot on a uniform token.
  func dirichlet(_ concentrations: [Double], into row: inout [Double], at offset: Int) {
    let range = offset..<offset + concentrations.count
    row.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      gsl_ran_dirichlet(state, concentrations.count, concentrations, base + offset)
    }
    guard row[range].contains(where: { !$0.isFinite }) else { return }
    let token = Int(gsl_rng_uniform_int(state, UInt(concentrations.count)))
    for index in range { row[index] = index - offset == token ? 1 : 0 }
  }
}
