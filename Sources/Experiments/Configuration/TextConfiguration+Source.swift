import Foundation
import MarkovChains
import StrictJSON

extension TextConfiguration {
  /// Reads the files and estimates a kernel for each block.
  ///
  /// - Parameter parents: empty for those that explain the held-out tokens best.
  /// - Throws: `ConfigurationError` with file, line and column, or the key that is out of range.
  func source(parents: [Int], start: Source.Start) throws -> Source {
    let records = try files.map { try self.records($0) }
    let blocks = TextBlocks(records, blocks, heldOut: heldOut, tokens: alphabet.size)
    try checkMemory(blocks, parents)
    let choice = parents.isEmpty ? try choice(blocks) : nil
    let chosen = choice?.best.members ?? parents
    try checkLengths(blocks, lags: chosen.last ?? 0)
    let kernels = try estimated { () throws(EstimationError) in
      try blocks.kernels(parents: chosen, smoothing: smoothing)
    }
    return Source(
      alphabet: alphabet, kernels: kernels, parents: chosen, start: start,
      text: SourceText(blocks: blocks, choice: choice))
  }

  /// - Throws: `ConfigurationError`.
  private func estimated<Value>(_ body: () throws(EstimationError) -> Value) throws -> Value {
    do {
      return try body()
    } catch {
      if case .kernel(let problem) = error { throw SourceConfiguration.error(problem) }
      throw ConfigurationError(
        .outOfRange, at: .configuration, keyPath: "source.text", found: "\(error)",
        allowed: "a text that kernels can be estimated from")
    }
  }

  /// The stretches of each record of a file.
  private func records(_ file: InputFile) throws -> [[[UInt16]]] {
    let symbols: TextSymbols
    switch self.symbols {
    case .dna: symbols = .dna
    case .letters: symbols = .letters
    case .own(let alphabet):
      if format == .columns {
        // One sequence may be short where there are others.
        return try file.sequences(alphabet, shortest: 1).map { [$0.map { UInt16($0) }] }
      }
      symbols = try TextSymbols(alphabet)
    }
    let form: TextFile.Form = format == .fasta ? .fasta : blocks == .record ? .paragraphs : .whole
    return try file.parsed("a text") { (data) throws(DataFileError) in
      try TextFile(data, form, symbols, unknown: unknown)
    }.records.map(\.stretches)
  }

  /// Before any kernel is estimated.
  private func checkMemory(_ blocks: TextBlocks, _ parents: [Int]) throws {
    let lags = parents.isEmpty ? Array(1...candidates.most) : parents
    do {
      _ = try Kernel.contexts(tokens: alphabet.size, parents: lags)
    } catch {
      if parents.isEmpty {
        throw ConfigurationError(
          .outOfRange, at: .configuration, keyPath: "source.text.candidates.most", found: error.found,
          allowed: error.allowed)
      }
      throw SourceConfiguration.error(error)
    }
    try Resources.check(
      8 * Double(blocks.blocks.count) * pow(Double(alphabet.size), Double(lags.count + 1)),
      of: "source.text.blocks",
      "\(blocks.blocks.count) kernels of \(alphabet.size)^\(lags.count + 1) numbers",
      lower: "the number of blocks, by source.text.blocks, or of parents")
  }

  private func choice(_ blocks: TextBlocks) throws -> ParentChoice {
    let sets = LagSet.all(window: candidates.lags, largest: candidates.most).filter { $0.count > 0 }
    let choice = try estimated { () throws(EstimationError) in
      try ParentChoice(of: blocks, among: sets, smoothing: smoothing)
    }
    if let choice { return choice }
    throw ConfigurationError(
      .outOfRange, at: .configuration, keyPath: "source.text.held-out", found: "no held-out token",
      allowed: "at least one behind the first \(candidates.lags) of its stretch, to choose the parents by",
      suggestion: "raise source.text.held-out, give source.parents, or larger blocks")
  }

  private func checkLengths(_ blocks: TextBlocks, lags: Int) throws {
    for (index, block) in blocks.blocks.enumerated()
    where blocks.positions(ofBlock: index, after: lags) == 0 {
      let longest = block.map(\.trained).max() ?? 0
      throw ConfigurationError(
        .outOfRange, at: .input(files[0]), keyPath: "block \(index + 1) of \(blocks.blocks.count)",
        found: "\(longest) token\(longest == 1 ? "" : "s") to estimate from without a gap",
        allowed: "at least \(lags + 1), one more than the largest lag",
        suggestion:
          "a longer text, source.text.blocks=file, nearer source.parents, or a smaller source.text.held-out")
    }
  }
}
