/// The transition kernel π of an n-gram Markov chain: x_t ~ π(· | x_{t−r_1}, ..., x_{t−r_n}).
///
/// Rows are indexed by context, Σ_i x_{t−r_i} d^{i−1}: the nearest parent is the fastest digit.
public struct Kernel: Hashable, Sendable {
  /// d; tokens are 0..<d.
  public let tokens: Int
  /// Lags r_1 < ... < r_n, counted from 1; not necessarily contiguous.
  public let parents: [Int]
  /// π, row-major, dⁿ contexts × d next tokens.
  public let probabilities: [Double]

  /// The caller vouches for shape, order of the parents and rows that sum to 1.
  public init(unchecked probabilities: [Double], tokens: Int, parents: [Int]) {
    self.tokens = tokens
    self.parents = parents
    self.probabilities = probabilities
  }

  /// A kernel from its rows, `rows[context][next token]`. A row whose sum misses 1 by more than rounding is divided by
  /// it: what is derived relies on sums that are known.
  ///
  /// - Throws: `KernelError` for d < 2, parents that are not ascending lags from 1 on, a wrong number of
  ///   rows or entries, an entry that is no probability, a row whose sum is off 1 by more than `sumTolerance`.
  public init(rows: [[Double]], tokens: Int, parents: [Int]) throws(KernelError) {
    let contexts = try Self.contexts(tokens: tokens, parents: parents)
    guard rows.count == contexts else {
      throw .rowCount(found: rows.count, expected: contexts)
    }
    var probabilities: [Double] = []
    for (context, row) in rows.enumerated() {
      guard row.count == tokens else {
        throw .rowLength(context: context, found: row.count, expected: tokens)
      }
      for (token, entry) in row.enumerated() where !(entry >= 0 && entry.isFinite) {
        throw .entry(context: context, token: token, value: entry)
      }
      let sum = row.reduce(0, +)
      guard abs(sum - 1) <= Self.sumTolerance else { throw .rowSum(context: context, sum: sum) }
      let isRounding = abs(sum - 1) <= Double(tokens) * 0x1p-53
      probabilities += isRounding ? row : row.map { $0 / sum }
    }
    self.init(unchecked: probabilities, tokens: tokens, parents: parents)
  }

  /// How far a row's sum may be from 1.
  public static let sumTolerance = 1e-9
  public static let largestAlphabet = 1 << 16
  /// No kernel has more entries than this (1 GiB of them).
  public static let mostEntries = 1 << 27

  /// dⁿ for an alphabet and lags that can have a kernel.
  ///
  /// - Throws: `KernelError` for an alphabet, lags or a number of contexts out of range.
  public static func contexts(tokens: Int, parents: [Int]) throws(KernelError) -> Int {
    guard (2...largestAlphabet).contains(tokens) else { throw .tokens(tokens) }
    guard let first = parents.first else { throw .noParents }
    guard first >= 1 else { throw .parent(index: 0, lag: first) }
    for index in parents.indices.dropFirst() where parents[index] <= parents[index - 1] {
      if parents[index] < 1 { throw .parent(index: index, lag: parents[index]) }
      throw .parentOrder(index: index, lag: parents[index], previous: parents[index - 1])
    }
    guard let entries = power(tokens, parents.count + 1), entries <= mostEntries else {
      throw .tooManyEntries(tokens: tokens, parents: parents.count)
    }
    return entries / tokens
  }

  /// dⁿ.
  public var contexts: Int { probabilities.count / tokens }

  /// r_n, the largest lag that the chain looks back to.
  public var memory: Int { parents.last ?? 0 }

  /// π(· | context).
  public func row(_ context: Int) -> ArraySlice<Double> {
    probabilities[context * tokens..<(context + 1) * tokens]
  }

  /// π by rows, `[context][next token]`.
  public var rows: [[Double]] { (0..<contexts).map { Array(row($0)) } }
}

/// base^exponent, or nil where Int is too small.
package func power(_ base: Int, _ exponent: Int) -> Int? {
  var result = 1
  for _ in 0..<exponent {
    let (product, overflow) = result.multipliedReportingOverflow(by: base)
    guard !overflow else { return nil }
    result = product
  }
  return result
}
