import Foundation

/// The stationary laws of the window of the last W tokens, one per kernel, for any W: the expectations of the
/// infinite-context limit are sums over them.
///
/// A window's index is Σ_j x_{t−j} d^{j−1}, j = 1...W; N = d^W. Every kernel's chain is solved directly on the
/// r_n tokens that it looks back to; longer windows follow by the chain rule, shorter ones by marginalising.
public struct WindowLaws: Sendable {
  /// d.
  public let tokens: Int
  /// W.
  public let window: Int
  public let kernels: [Kernel]
  /// N = d^W.
  public let windows: Int
  /// μ(Z), row-major `[kernel][window]`.
  public let stationary: [Double]
  /// μ(e, Z), the next token with the window before it, row-major `[kernel][token][window]`.
  public let joint: [Double]
  /// μ(e), row-major `[kernel][token]`.
  public let tokenLaw: [Double]
  /// For each kernel, how many of the d^{r_n} windows of its chain are transient.
  public let transientWindows: [Int]

  /// - Parameters:
  ///   - kernels: at least one, all over the same tokens and parents.
  ///   - window: W ≥ 1; parents may lie outside it.
  ///   - memory: bytes that the tables may take; by default half of the machine's.
  ///   - threads: by default all processors. The laws do not depend on it.
  /// - Throws: `ChainError`, before anything large is allocated.
  /// - Complexity: O(kernels · d^{max(W, r_n) + 1}) beside the stationary solve.
  public init(kernels: [Kernel], window: Int, memory: Int? = nil, threads: Int? = nil) throws(ChainError) {
    guard let first = kernels.first else { throw .noKernels }
    let tokens = first.tokens
    let windows = try Self.check(
      tokens: tokens, window: window, kernels: kernels.count, memory: memory)
    let laws = try Kernel.stationaryLaws(kernels, threads: threads)
    let threads = threads ?? Concurrent.processors
    let chain = try WindowChain(tokens: tokens, parents: first.parents)

    var stationary = Array(repeating: 0.0, count: kernels.count * windows)
    Concurrent.fill(&stationary, rowLength: windows, threads: threads) { index, row in
      chain.extend(laws[index].probabilities, kernels[index], window: window, into: row)
    }
    var joint = Array(repeating: 0.0, count: kernels.count * tokens * windows)
    let marginals = stationary
    Concurrent.fill(&joint, rowLength: tokens * windows, threads: threads) { index, table in
      if window >= chain.length {
        let law = marginals[index * windows..<(index + 1) * windows]
        chain.join(law, kernels[index], windows: windows, into: table)
      } else {
        chain.join(laws[index].probabilities[...], kernels[index], windows: windows, into: table)
      }
    }
    self.tokens = tokens
    self.window = window
    self.kernels = kernels
    self.windows = windows
    self.stationary = stationary
    self.joint = joint
    self.tokenLaw = (0..<kernels.count * tokens).map { row in
      joint[row * windows..<(row + 1) * windows].reduce(0, +)
    }
    self.transientWindows = laws.map(\.transientWindows)
  }

  /// Bytes of the tables: kernels · (d + 1) · d^W numbers; nil beyond Int.
  public static func bytes(tokens: Int, window: Int, kernels: Int) -> Int? {
    guard let windows = power(tokens, window) else { return nil }
    let (table, tooWide) = windows.multipliedReportingOverflow(by: tokens + 1)
    let (numbers, tooMany) = table.multipliedReportingOverflow(by: kernels)
    let (bytes, tooLarge) = numbers.multipliedReportingOverflow(by: MemoryLayout<Double>.stride)
    return tooWide || tooMany || tooLarge ? nil : bytes
  }

  /// d^W if the tables fit in memory.
  ///
  /// - Throws: `ChainError.tooManyWindows`, or `window` for W < 1.
  @discardableResult
  public static func check(tokens: Int, window: Int, kernels: Int, memory: Int? = nil) throws(ChainError)
    -> Int
  {
    guard window >= 1 else { throw .window(window) }
    let memory = memory ?? Int(clamping: ProcessInfo.processInfo.physicalMemory / 2)
    let bytes = bytes(tokens: tokens, window: window, kernels: kernels)
    guard let bytes, bytes <= memory, let windows = power(tokens, window) else {
      throw .tooManyWindows(tokens: tokens, window: window, kernels: kernels, bytes: bytes, memory: memory)
    }
    return windows
  }
}

extension WindowChain {
  /// μ on windows of W tokens from μ on r_n. A longer window has its oldest tokens in the slowest digits:
  /// μ(e, Z) = μ(Z) π(e|Z) is μ on one more token, at index e + d·Z.
  fileprivate func extend(
    _ law: [Double], _ kernel: Kernel, window: Int, into result: UnsafeMutableBufferPointer<Double>
  ) {
    guard window > length else {
      for state in 0..<states { result[state % result.count] += law[state] }
      return
    }
    // Each step grows the table in place from its end: index e + d·Z ≥ Z, so that what is read is not yet
    // overwritten.
    for state in 0..<states { result[state] = law[state] }
    var count = states
    for _ in length..<window {
      for older in (0..<count).reversed() {
        let (weight, entries) = (result[older], row(older % states))
        for token in (0..<tokens).reversed() {
          result[older * tokens + token] = weight * kernel.probabilities[entries + token]
        }
      }
      count *= tokens
    }
  }

  /// μ(e, Z) from μ on max(W, r_n) tokens, summed over the tokens beyond W.
  fileprivate func join(
    _ law: ArraySlice<Double>, _ kernel: Kernel, windows: Int, into table: UnsafeMutableBufferPointer<Double>
  ) {
    for (long, weight) in law.enumerated() where weight > 0 {
      let (entries, short) = (row(long % states), long % windows)
      for token in 0..<tokens {
        table[token * windows + short] += weight * kernel.probabilities[entries + token]
      }
    }
  }
}
