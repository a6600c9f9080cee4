import Foundation
import MarkovChains
import StrictJSON

extension SourceConfiguration {
  /// Draws, reads or estimates the kernels.
  ///
  /// - Throws: `ConfigurationError` with the place in a file.
  func resolved() throws -> Source {
    switch kernels {
    case .prior(let prior):
      try Resources.check(prior, tokens: tokens, parents: parents.count)
      do {
        return try Source(alphabet: alphabet, parents: parents, prior: prior, start: start)
      } catch {
        throw Self.error(error)
      }
    case .file(let file): return Source(try kernelsFile(file), start: start)
    case .text(let text): return try text.source(parents: parents, start: start)
    }
  }

  /// With the alphabet of the configuration.
  private func kernelsFile(_ file: InputFile) throws -> KernelsFile {
    let read = try file.parsed("a kernels file") { (data) throws(DataFileError) in
      try KernelsFile(json: data)
    }
    func conflict(_ key: String, _ found: String, _ allowed: String) -> ConfigurationError {
      ConfigurationError(
        .conflict, at: .input(file), keyPath: key, found: found, allowed: allowed,
        suggestion: "let source.\(key) and the file agree")
    }
    guard read.alphabet.size == tokens else {
      throw conflict("tokens", "\(read.alphabet.size)", "\(tokens), which is source.tokens")
    }
    guard read.parents == parents else {
      throw conflict("parents", "\(read.parents)", "\(parents), which is source.parents")
    }
    if let symbols = read.alphabet.symbols, let own = alphabet.symbols, symbols != own {
      throw conflict("tokens", "\(symbols)", "\(own), which is source.tokens")
    }
    return try KernelsFile(alphabet: alphabet, kernels: read.kernels)
  }

  static func error(_ error: KernelError) -> ConfigurationError {
    ConfigurationError(
      .outOfRange, at: .configuration, keyPath: "source.\(error.keyPath())", found: error.found,
      allowed: error.allowed)
  }
}
