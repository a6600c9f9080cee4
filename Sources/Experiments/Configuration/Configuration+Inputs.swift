import Foundation
import SymbolicTensors

extension Configuration {
  /// The files that the configuration names.
  public var inputs: [InputFile] {
    var files: [InputFile] = []
    _ = mapInputs { file in
      files.append(file)
      return file
    }
    return files
  }

  /// The same configuration with each file that it names replaced.
  func mapInputs(_ replacement: (InputFile) throws -> InputFile) rethrows -> Configuration {
    var result = self
    switch source.kernels {
    case .prior: break
    case .file(let file): result.source.kernels = .file(try replacement(file))
    case .text(var text):
      text.files = try text.files.map(replacement)
      result.source.kernels = .text(text)
    }
    if case .file(let file) = initial { result.initial = .file(try replacement(file)) }
    if case .file(let file) = theory.sequences { result.theory.sequences = .file(try replacement(file)) }
    if case .file(let file, let batch)? = training?.data.sequences {
      result.training?.data.sequences = .file(try replacement(file), batch: batch)
    }
    if let file = training?.heldOut.file { result.training?.heldOut.file = try replacement(file) }
    return result
  }
}

extension InputFile {
  /// What is read of a file: one without an end would fill the memory.
  private static let mostBytes = 1 << 30

  /// - Throws: `ConfigurationError` that names the key and the file.
  public func read(_ what: String) throws -> Data {
    do {
      return try Data(wholeFile: path, atMost: Self.mostBytes)
    } catch is EndlessFile {
      throw ConfigurationError(
        .unreadable, at: .input(self), keyPath: "",
        found: "more than \(Resources.size(Double(Self.mostBytes)))", allowed: what)
    } catch {
      let isThere = FileManager.default.fileExists(atPath: path)
      throw ConfigurationError(
        .unreadable, at: .input(self), keyPath: "",
        found: isThere ? "a file that cannot be read" : "no such file", allowed: what)
    }
  }
}

/// SHA-256 of files, each read once: the cells of a sweep share their inputs.
public final class InputHashes: @unchecked Sendable {
  private let lock = NSLock()
  private var hashes: [String: String] = [:]

  public init() {}

  /// Of the content that the file had when it was first asked for.
  ///
  /// - Throws: `ConfigurationError` that names the key and the file.
  public func hash(of file: InputFile) throws -> String {
    if let known = lock.withLock({ hashes[file.path] }) { return known }
    let hash = SHA256.hash(try file.read("a file that can be read"))
    lock.withLock { hashes[file.path] = hash }
    return hash
  }
}
