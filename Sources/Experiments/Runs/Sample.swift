import Foundation
import MarkovChains
import Transformer

/// The data that a run uses, drawn or read as the run does it: sequences, or the kernels behind them.
public struct Sample: Sendable {
  public enum Content: Sendable {
    case sequences(TokenSequences)
    case kernels([Kernel])
  }

  public let content: Content
  public let alphabet: Alphabet

  /// - Throws: `ConfigurationError` for more than memory holds or a file has; `SamplerError`, `ChainError`.
  public init(_ experiment: Experiment, _ request: SampleRequest, threads: Int) throws {
    alphabet = experiment.source.alphabet
    let origin = request.origin ?? (experiment.configuration.training == nil ? .theory : .training)
    let plan = try SamplePlan(experiment, origin, request, pool: WorkerPool(threads: threads))
    content =
      switch request.content {
      case .sequences: .sequences(try plan.sequences())
      case .kernels: .kernels(try plan.kernels())
      }
  }

  /// Rows that the file will have.
  public var count: Int {
    switch content {
    case .sequences(let sequences): sequences.count
    case .kernels(let kernels): kernels.count
    }
  }

  /// Writes a file whose ending says how: `.json`, `.csv`, `.tsv` or `.npy`.
  ///
  /// - Throws: `RunFolderError` for a file that is there already or cannot be written; `ConfigurationError` for another ending.
  public func write(to path: String, existing: ExistingFile) throws {
    try DurableFile.write(try data(as: path), to: path, existing)
  }

  private func data(as path: String) throws -> Data {
    let ending = URL(fileURLWithPath: path).pathExtension.lowercased()
    guard ["json", "csv", "tsv", "npy"].contains(ending) else {
      throw ConfigurationError(
        .outOfRange, at: .configuration, keyPath: "--out", found: path,
        allowed: "a name that ends in .json, .csv, .tsv or .npy")
    }
    switch content {
    case .sequences(let sequences):
      if ending == "npy" {
        return NumPyFile(sequences.storage, shape: [sequences.count, sequences.length]).data
      }
      let file = try SequencesFile((0..<sequences.count).map { sequences[$0].map(Int.init) })
      return Data(file.text(.init(ofFile: path), alphabet).utf8)
    case .kernels(let kernels):
      switch ending {
      case "npy":
        let contexts = kernels.first?.rows.count ?? 0
        return NumPyFile(
          kernels.lazy.flatMap(\.probabilities), shape: [kernels.count, contexts, alphabet.size]
        ).data
      case "json": return Data(try KernelsFile(alphabet: alphabet, kernels: kernels).json.utf8)
      default: return Data(table(kernels, separator: ending == "tsv" ? "\t" : ",").utf8)
      }
    }
  }

  /// A row for each context of each kernel.
  private func table(_ kernels: [Kernel], separator: String) -> String {
    let header = ["kernel", "context"] + (0..<alphabet.size).map(alphabet.name)
    let rows = kernels.enumerated().flatMap { number, kernel in
      kernel.rows.enumerated().map { ["\(number)", "\($0)"] + $1.map { "\($0)" } }
    }
    return ([header] + rows).map { $0.joined(separator: separator) + "\n" }.joined()
  }
}
