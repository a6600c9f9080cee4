import Foundation
import StrictJSON

/// The kernels file: `{"format": 1, "tokens": 3, "parents": [1, 2], "kernels": [[[..], ..], ..]}`, where
/// `tokens` is d or the list of symbols, and `kernels[p]` has a row per context.
public struct KernelsFile: Hashable, Sendable {
  public let alphabet: Alphabet
  /// At least one; all have the same parents.
  public let kernels: [Kernel]

  /// - Throws: `DataFileError` for no kernels, or kernels that differ in parents or tokens.
  public init(alphabet: Alphabet, kernels: [Kernel]) throws(DataFileError) {
    guard let parents = kernels.first?.parents else {
      throw DataFileError(keyPath: "kernels", found: "an empty list", allowed: "at least one kernel")
    }
    for (index, kernel) in kernels.enumerated()
    where kernel.parents != parents || kernel.tokens != alphabet.size {
      throw DataFileError(
        keyPath: "kernels[\(index)]", found: "parents \(kernel.parents) over \(kernel.tokens) tokens",
        allowed: "the same for every kernel: parents \(parents) over \(alphabet.size) tokens")
    }
    self.alphabet = alphabet
    self.kernels = kernels
  }

  public var parents: [Int] { kernels.first?.parents ?? [] }

  /// Reads the file; `format` may be missing.
  ///
  /// - Throws: `DataFileError` with the key path, as in `kernels[3][1]` for row 1 of kernel 3, both from 0.
  public init(json data: Data) throws(DataFileError) {
    let shape = "a JSON object with tokens, parents and kernels"
    let root = try JSONCursor(parsing: data, allowed: shape)
      .members(["format", "tokens", "parents", "kernels"], allowed: shape)
    func member(_ key: String) throws(DataFileError) -> JSONCursor {
      guard let value = root[key] else { throw DataFileError(keyPath: key, found: "nothing", allowed: shape) }
      return value
    }
    try member("format").checkFormat()
    let alphabet = try Self.alphabet(member("tokens"))
    var parents: [Int] = []
    for lag in try member("parents").list(allowed: "a list of lags such as [1, 2]") {
      parents.append(try lag.integer(allowed: "a whole number from 1 on"))
    }
    do {
      _ = try Kernel.contexts(tokens: alphabet.size, parents: parents)
    } catch {
      throw DataFileError(error)
    }
    var kernels: [Kernel] = []
    for kernel in try member("kernels").list(allowed: "a list of kernels, each a list of rows") {
      kernels.append(try Self.kernel(kernel, tokens: alphabet.size, parents: parents))
    }
    try self.init(alphabet: alphabet, kernels: kernels)
  }

  private static func alphabet(_ value: JSONCursor) throws(DataFileError) -> Alphabet {
    let allowed = "a number of tokens or a list of symbols"
    do {
      guard value.isList else {
        return try Alphabet(size: value.integer(allowed: allowed))
      }
      let symbols = try value.list(allowed: allowed).map { (symbol) throws(DataFileError) -> String in
        guard let text = symbol.text else { throw symbol.refused(allowed: "a symbol in quotes") }
        return text
      }
      return try Alphabet(symbols: symbols)
    } catch let error as AlphabetError {
      throw DataFileError(keyPath: error.keyPath, found: error.found, allowed: error.allowed)
    } catch let error as DataFileError {
      throw error
    } catch {
      throw value.refused(allowed: allowed)
    }
  }

  private static func kernel(_ value: JSONCursor, tokens: Int, parents: [Int]) throws(DataFileError) -> Kernel
  {
    let contexts = power(tokens, parents.count) ?? 0
    var rows: [[Double]] = []
    for row in try value.list(allowed: "\(contexts) rows, one per context of the parents") {
      var entries: [Double] = []
      for entry in try row.list(allowed: "\(tokens) entries, one per token") {
        entries.append(try entry.number(allowed: "a finite number, 0 or more"))
      }
      rows.append(entries)
    }
    do {
      return try Kernel(rows: rows, tokens: tokens, parents: parents)
    } catch {
      throw DataFileError(error, kernel: value.keyPath)
    }
  }

  /// The file's text; numbers with all their digits.
  public var json: String {
    func list(_ elements: [String]) -> String { "[\(elements.joined(separator: ", "))]" }
    let tokens = alphabet.symbols.map { list($0.map(JSON.quoted)) } ?? "\(alphabet.size)"
    let tables = kernels.map { kernel in
      list(kernel.rows.map { row in list(row.map { "\($0)" }) })
    }
    return """
      {"format": 1, "tokens": \(tokens), "parents": \(list(parents.map { "\($0)" })), "kernels": [
      \(tables.joined(separator: ",\n"))
      ]}

      """
  }
}

extension DataFileError {
  init(_ error: KernelError, kernel: String = "kernels") {
    self.init(keyPath: error.keyPath(kernel: kernel), found: error.found, allowed: error.allowed)
  }
}
