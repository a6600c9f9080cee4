/// The tokens of the textual form.
struct TextScanner {
  enum Token: Equatable {
    case word(String)
    /// `%3`: what a `let` line named.
    case reference(String)
    case number(Number)
    case mark(Unicode.Scalar)
    case lineEnd
  }

  struct Place {
    let token: Token
    let line: Int
    let column: Int
  }

  /// - Throws: `TextFormError` at a character that begins no token.
  static func tokens(_ text: String) throws(TextFormError) -> [Place] {
    var scanner = TextScanner(text)
    var places: [Place] = []
    while let place = try scanner.next() { places.append(place) }
    return places
  }

  private let scalars: [Unicode.Scalar]
  private var position = 0
  private var line = 1
  private var lineStart = 0

  private init(_ text: String) { scalars = Array(text.unicodeScalars) }

  private var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  private mutating func next() throws(TextFormError) -> Place? {
    while let scalar = current, scalar == " " || scalar == "\t" || scalar == "\r" { position += 1 }
    guard let scalar = current else { return nil }
    let (line, column) = (self.line, position - lineStart + 1)
    let token: Token
    switch scalar {
    case "\n":
      position += 1
      self.line += 1
      lineStart = position
      token = .lineEnd
    case "%":
      position += 1
      token = .reference(digits())
    case "\"": token = .word(try quotedName() + suffix())
    case _ where TextNames.isDigit(scalar): token = .number(try number())
    case _ where TextNames.isLetter(scalar):
      let start = position
      while let letter = current,
        TextNames.isLetter(letter) || TextNames.isDigit(letter) || letter == "'"
      {
        position += 1
      }
      token = .word(String(String.UnicodeScalarView(scalars[start..<position])) + suffix())
    case "+", "-", "*", "^", "(", ")", "[", "]", ",", "=":
      position += 1
      token = .mark(scalar)
    default:
      throw TextFormError(line: line, column: column, found: "\"\(scalar)\"", allowed: "an expression")
    }
    return Place(token: token, line: line, column: column)
  }

  private mutating func digits() -> String {
    let start = position
    while let digit = current, TextNames.isDigit(digit) { position += 1 }
    return String(String.UnicodeScalarView(scalars[start..<position]))
  }

  /// `#12` behind an ambiguous name.
  private mutating func suffix() -> String {
    guard current == "#" else { return "" }
    position += 1
    return "#" + digits()
  }

  /// With its quotes and escapes, as it is printed.
  private mutating func quotedName() throws(TextFormError) -> String {
    let start = position
    position += 1
    while let scalar = current, scalar != "\"", scalar != "\n" { position += scalar == "\\" ? 2 : 1 }
    guard current == "\"" else {
      throw TextFormError(
        line: line, column: start - lineStart + 1, found: "a name without its closing quote",
        allowed: "\"name\"")
    }
    position += 1
    return String(String.UnicodeScalarView(scalars[start..<position]))
  }

  private mutating func number() throws(TextFormError) -> Number {
    let start = position
    func failure(_ found: String) -> TextFormError {
      TextFormError(line: line, column: start - lineStart + 1, found: found, allowed: "a 64-bit number")
    }
    var text = digits()
    var isReal = false
    if current == "." {
      position += 1
      text += "." + digits()
      isReal = true
    }
    if current == "e" {
      position += 1
      text += "e"
      if let sign = current, sign == "-" || sign == "+" {
        position += 1
        text += String(sign)
      }
      text += digits()
      isReal = true
    }
    if isReal {
      guard let value = Double(text) else { throw failure(text) }
      return .real(value)
    }
    guard let numerator = Int(text) else { throw failure(text) }
    guard position + 1 < scalars.count, current == "/", TextNames.isDigit(scalars[position + 1]) else {
      return Number(numerator)
    }
    position += 1
    guard let denominator = Int(digits()), denominator != 0 else { throw failure("a fraction over 0") }
    return Number(numerator, over: denominator)
  }
}

/// Text that is no expression of the graph.
public struct TextFormError: Error, Equatable, CustomStringConvertible {
  /// Counted from 1.
  public let line: Int
  public let column: Int
  public let found: String
  public let allowed: String

  public var description: String { "line \(line), column \(column): found \(found); allowed: \(allowed)" }
}
