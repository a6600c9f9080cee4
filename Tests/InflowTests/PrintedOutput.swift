/// A command that a document shows in a block marked `console`, with the lines that it shows of what was printed.
struct PrintedOutput {
  let command: String
  /// Without empty ones and those that stand for others (`...`).
  let lines: [String]

  /// The blocks of a document in Markdown, in its order.
  static func all(in document: String) -> [PrintedOutput] {
    document.components(separatedBy: "```console\n").dropFirst().flatMap { block in
      block.components(separatedBy: "```")[0].replacing("\\\n", with: " ")
        .components(separatedBy: "\n$ ").map(PrintedOutput.init)
    }
  }

  private init(block: String) {
    var lines = block.split(separator: "\n").map(String.init)
    let isCommand = block.hasPrefix("$ ") || lines.first?.hasPrefix("inflow ") == true
    let first = isCommand ? lines.removeFirst() : ""
    command = first.hasPrefix("$ ") ? String(first.dropFirst(2)) : first
    self.lines = lines.filter { $0 != "..." }
  }

  /// The first shown line that was not printed after those before it; nil when all were.
  func missing(in printed: String) -> String? {
    var rest = printed.split(separator: "\n")[...]
    for line in lines {
      guard let place = rest.firstIndex(where: { Self.agree(line, String($0)) }) else { return line }
      rest = rest[(place + 1)...]
    }
    return nil
  }

  /// The same words, and numbers that differ by what another machine's rounding may do to a run: 2 % or three units of the last
  /// digit.
  static func agree(_ shown: String, _ printed: String) -> Bool {
    let (shown, printed) = (words(shown), words(printed))
    return shown.count == printed.count
      && zip(shown, printed).allSatisfy { first, second in
        guard let (a, b) = pair(Double(first), Double(second)) else { return first == second }
        return abs(a - b) <= max(0.02 * abs(a), 3.5 * unit(first))
      }
  }

  /// Of a line, without the punctuation that ends numbers.
  private static func words(_ line: String) -> [String] {
    line.split(whereSeparator: { " ,;:()".contains($0) }).map(String.init)
  }

  private static func pair(_ first: Double?, _ second: Double?) -> (Double, Double)? {
    guard let first, let second else { return nil }
    return (first, second)
  }

  /// Of the last digit of a number as it is written.
  private static func unit(_ number: String) -> Double {
    let parts = number.lowercased().split(separator: "e")
    let digits = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    let power = exponent - (digits.count > 1 ? digits[1].count : 0)
    return Double("1e\(power)") ?? 0
  }
}
