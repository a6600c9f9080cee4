/// Where sequences come from: an alphabet, the chain's parents, the kernels that stand for the population, and
/// the law of the first tokens.
public struct Source: Hashable, Sendable {
  /// The law of the first r_n tokens.
  public enum Start: String, CaseIterable, Hashable, Sendable {
    /// Independent and uniform.
    case uniform
    /// The kernel's own stationary law.
    case stationary
  }

  public let alphabet: Alphabet
  /// Lags r_1 < ... < r_n.
  public let parents: [Int]
  /// At least one; a sequence has one of them, each with the same probability.
  public let kernels: [Kernel]
  /// What the kernels were drawn from; nil when they were given.
  public let prior: Prior?
  public let start: Start
  /// What the kernels were estimated from; nil when they were not.
  public let text: SourceText?

  /// Kernels drawn from a prior.
  ///
  /// - Throws: `KernelError` for parents that cannot have a kernel.
  public init(alphabet: Alphabet, parents: [Int], prior: Prior, start: Start = .uniform)
    throws(KernelError)
  {
    self.alphabet = alphabet
    self.parents = parents
    self.kernels = try prior.draw(tokens: alphabet.size, parents: parents)
    self.prior = prior
    self.start = start
    text = nil
  }

  /// Given kernels.
  public init(_ file: KernelsFile, start: Start = .uniform) {
    alphabet = file.alphabet
    parents = file.parents
    kernels = file.kernels
    prior = nil
    self.start = start
    text = nil
  }

  /// Kernels that were estimated.
  ///
  /// - Parameter kernels: at least one, all of these parents and as many tokens as the alphabet has.
  public init(
    alphabet: Alphabet, kernels: [Kernel], parents: [Int], start: Start = .uniform, text: SourceText
  ) {
    self.alphabet = alphabet
    self.parents = parents
    self.kernels = kernels
    prior = nil
    self.start = start
    self.text = text
  }

  /// d.
  public var tokens: Int { alphabet.size }
}
