/// Options that go through to `sbatch` as they are: partition, account, time limit, memory, processors a task.
public struct SbatchOptions: Hashable, Sendable {
  public let words: [String]

  /// - Parameter text: as on a command line, `--partition=short --time=1:00:00`, with quotes as a shell has them.
  /// - Throws: `SlurmError.badOption` for what is no option, and for those that this program has to give itself.
  public init(_ text: String = "") throws(SlurmError) {
    guard let words = ShellWords.split(text) else {
      throw .badOption(text, found: "a quote that is not closed", allowed: "quotes in pairs")
    }
    try self.init(words: words)
  }

  public init(words: [String]) throws(SlurmError) {
    for (place, word) in words.enumerated() {
      guard !word.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
        // The options stand in a comment of the script.
        throw .badOption(word, found: "a control character", allowed: "options on one line")
      }
      if let reason = Self.reserved[Self.name(word)] {
        throw .badOption(word, found: "an option that inflow gives itself", allowed: reason)
      }
      // A word that belongs to no option would be taken as the script.
      let isValue = place > 0 && words[place - 1].hasPrefix("-") && !words[place - 1].contains("=")
      guard word.hasPrefix("-") && word.count > 1 || isValue else {
        throw .badOption(word, found: "no option", allowed: "options of sbatch, such as --partition=short")
      }
    }
    self.words = words
  }

  private static func name(_ word: String) -> String {
    guard word.hasPrefix("--") else { return String(word.prefix(2)) }
    return String(word.prefix { $0 != "=" })
  }

  private static let reserved = [
    "-a": arrays, "--array": arrays, "-W": waiting, "--wait": waiting, "--wrap": script,
    "--test-only": script,
    "-h": script, "--help": script, "--usage": script, "-V": script, "--version": script, "--": script,
  ]
  private static let arrays = "--max-array N for the length of an array, --cells to choose cells"
  private static let waiting = "--wait of inflow sweep"
  private static let script = "options that say where and how the tasks of the script run"
}
