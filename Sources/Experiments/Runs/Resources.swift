import Foundation
import InductionModel
import MarkovChains

/// What a computation would take, known before anything is allocated.
public struct Resources: Equatable, Sendable {
  /// N = d^W, windows that the infinite-context average runs over.
  public let windows: Int
  public let bytes: Int

  /// What one process may take: three quarters of what the machine has for it.
  public static var memory: Int { MachineMemory().bytes / 4 * 3 }
}

extension Resources {
  /// The laws of windows: kernels · (d + 1) · N numbers.
  ///
  /// - Throws: `ConfigurationError` that says how many windows there are and what to lower.
  public init(lawsOf experiment: Experiment, memory: Int = Self.memory) throws {
    let level = experiment.configuration.theory.level
    try self.init(
      experiment.configuration, memory: memory, for: "the laws of the windows",
      alsoFor: level == .finiteContext
        ? nil : ("level \(level.rawValue)", { Self.infiniteContextNumbers(experiment, windows: $0) })
    ) { Self.lawNumbers(experiment, windows: $0) }
  }

  /// The infinite-context loss with its gradient: laws and their adjoints, and N × N inner products of every head
  /// with their adjoints, similarities and weights.
  ///
  /// - Throws: `ConfigurationError` that says how many windows there are and what to lower.
  public init(infiniteContextOf experiment: Experiment, memory: Int = Self.memory) throws {
    try self.init(experiment.configuration, memory: memory, for: "the infinite-context loss") {
      Self.infiniteContextNumbers(experiment, windows: $0)
    }
  }

  /// The kernels that a prior is asked for.
  ///
  /// - Throws: `ConfigurationError` when they would not fit in memory.
  static func check(_ prior: Prior, tokens: Int, parents: Int, memory: Int = Self.memory) throws {
    try check(
      8 * Double(prior.kernels) * pow(Double(tokens), Double(parents + 1)), of: "source.prior.kernels",
      "\(prior.kernels) kernels of \(tokens)^\(parents + 1) numbers", lower: "source.prior.kernels",
      memory: memory)
  }

  /// - Throws: `ConfigurationError` for more bytes than memory has, which says what needs them and what to lower.
  static func check(
    _ bytes: Double, of key: String, _ found: String, lower: String, memory: Int = Self.memory
  ) throws {
    guard bytes <= Double(memory) else {
      throw ConfigurationError(
        .outOfRange, at: .configuration, keyPath: key, found: "\(found), which need \(size(bytes))",
        allowed: "at most \(size(Double(memory)))", suggestion: "lower \(lower)")
    }
  }

  /// Sizes in floating point: they may be far beyond what an Int holds.
  private static func lawNumbers(_ experiment: Experiment, windows: Double) -> Double {
    Double(experiment.source.kernels.count) * windows * Double(experiment.source.tokens + 1)
  }

  private static func infiniteContextNumbers(_ experiment: Experiment, windows: Double) -> Double {
    3 * lawNumbers(experiment, windows: windows)
      + windows * windows * Double(2 * experiment.model.heads + 4)
  }

  /// Numbers that something of so many windows needs.
  private typealias Numbers = (_ windows: Double) -> Double

  /// - Parameter larger: what else the configuration will need, so that a remedy is one for that too.
  private init(
    _ configuration: Configuration, memory: Int, for what: String,
    alsoFor larger: (name: String, numbers: Numbers)? = nil, numbers: Numbers
  ) throws {
    let (tokens, reach) = (configuration.source.tokens, configuration.model.reach)
    func bytes(_ lags: Int, _ numbers: Numbers) -> Double { 8 * numbers(pow(Double(tokens), Double(lags))) }
    let needed = bytes(reach, numbers)
    guard needed <= Double(memory), let windows = Self.power(tokens, reach) else {
      let span = reach - configuration.model.window
      func largestWindow(_ numbers: Numbers) -> Int? {
        (1..<max(reach, 2)).last { bytes($0, numbers) <= Double(memory) }.flatMap {
          $0 > span ? $0 - span : nil
        }
      }
      let remedy = largestWindow(numbers).map { window in
        "lower model.window to at most \(window)"
          + (larger.flatMap { larger in
            largestWindow(larger.numbers).map { ", \($0) for \(larger.name)" }
          } ?? "")
      }
      let suggestion =
        remedy ?? "lower source.tokens, model.window, model.heads or the number of kernels"
      throw ConfigurationError(
        .outOfRange, at: .configuration, keyPath: "model.window",
        found: "\(tokens)^\(reach) = \(Self.count(tokens, reach)) windows, for which \(what) needs about "
          + Self.size(needed),
        allowed: "at most \(Self.size(Double(memory))), three quarters of what there is for this process",
        suggestion: suggestion)
    }
    self.init(windows: windows, bytes: Int(needed))
  }

  private static func power(_ base: Int, _ exponent: Int) -> Int? {
    let value = pow(Double(base), Double(exponent))
    return value < 0x1p53 ? Int(value.rounded()) : nil
  }

  private static func count(_ base: Int, _ exponent: Int) -> String {
    power(base, exponent).map(String.init)
      ?? "about 10^\(Int((Double(exponent) * log10(Double(base))).rounded()))"
  }

  /// `1.5 GiB`.
  public static func size(_ bytes: Double) -> String {
    let units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    guard bytes.isFinite, bytes < 0x1p70 else { return "more than 10^21 bytes" }
    var (value, unit) = (bytes, 0)
    while value >= 1024 && unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    return unit == 0 ? "\(Int(value)) bytes" : String(format: "%.1f ", value) + units[unit]
  }
}
