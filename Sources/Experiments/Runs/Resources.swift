import Foundation
import InductionModel
import MarkovChains
import Theory

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
      alsoFor: level.definition.average == .windows
        ? ("level \(level.rawValue)", { Self.bytes(level, experiment, reach: $0) }) : nil
    ) { Self.lawBytes(experiment, reach: $0) }
  }

  /// The loss of a level with its gradient, and the laws of windows where it averages over them.
  ///
  /// - Throws: `ConfigurationError` that says how many windows there are and what to lower.
  public init(_ level: TheoryLevel, of experiment: Experiment, memory: Int = Self.memory) throws {
    try self.init(
      experiment.configuration, memory: memory, for: "the \(level.rawValue) loss"
    ) { Self.bytes(level, experiment, reach: $0) }
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

  private static func lawBytes(_ experiment: Experiment, reach: Int) -> Double {
    experiment.configuration.lawBytes(kernels: experiment.source.kernels.count, reach: reach)
  }

  private static func bytes(_ level: TheoryLevel, _ experiment: Experiment, reach: Int) -> Double {
    let span = experiment.model.reach - experiment.model.window
    let kernels = experiment.source.kernels.count
    guard
      let sizes = try? experiment.configuration.levelSizes(level, kernels: kernels, window: reach - span)
    else { return .infinity }
    return lawBytes(experiment, reach: reach) + LevelMemory.shared.bytes(level, sizes)
  }

  /// Bytes for windows of so many lags.
  private typealias Bytes = (_ reach: Int) -> Double

  /// - Parameter larger: what else the configuration will need, so that a remedy is one for that too.
  private init(
    _ configuration: Configuration, memory: Int, for what: String,
    alsoFor larger: (name: String, bytes: Bytes)? = nil, bytes: Bytes
  ) throws {
    let (tokens, reach) = (configuration.source.tokens, configuration.model.reach)
    let needed = bytes(reach)
    guard needed <= Double(memory), let windows = Self.power(tokens, reach) else {
      let span = reach - configuration.model.window
      func largestWindow(_ bytes: Bytes) -> Int? {
        var (fits, fails) = (0, configuration.model.window)
        while fails - fits > 1 {
          let window = (fits + fails) / 2
          if bytes(window + span) <= Double(memory) { fits = window } else { fails = window }
        }
        return fits > 0 ? fits : nil
      }
      let remedy = largestWindow(bytes).map { window in
        "lower model.window to at most \(window)"
          + (larger.flatMap { larger in
            largestWindow(larger.bytes).map { ", \($0) for \(larger.name)" }
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
