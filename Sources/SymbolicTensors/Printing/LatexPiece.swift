/// A printed subexpression: its LaTeX, how it binds, and about how wide it comes out.
struct LatexPiece {
  enum Binding: Int {
    /// Terms side by side.
    case sum
    /// A sum sign or anything else that swallows what follows it.
    case open
    case product
    case atom
  }

  var text: String
  var binding: Binding
  /// About the number of letters that it takes in a line.
  var width: Int
  /// The terms of a sum with their signs, or the factors of a product, between which a line may break.
  var breaks: [String] = []

  init(_ text: String, _ binding: Binding, width: Int? = nil) {
    self.text = text
    self.binding = binding
    self.width = width ?? Self.width(of: text)
  }

  /// In parentheses unless it binds at least as tightly.
  func bound(_ binding: Binding) -> LatexPiece {
    self.binding.rawValue >= binding.rawValue ? self : parenthesized
  }

  var parenthesized: LatexPiece {
    LatexPiece("\\left(\(text)\\right)", .atom, width: width + 2)
  }

  /// A commanded letter counts as one, grouping and sizes as none.
  static func width(of text: String) -> Int {
    var width = 0
    var isCommand = false
    for character in text {
      if character == "\\" {
        isCommand = true
        width += 1
      } else if character.isLetter {
        width += isCommand ? 0 : 1
      } else {
        isCommand = false
        width += "{}_^& ".contains(character) ? 0 : 1
      }
    }
    return width
  }
}

extension LatexPiece {
  init(_ value: Number) {
    switch value {
    case .rational(let numerator, 1): self.init("\(numerator)", numerator < 0 ? .sum : .atom)
    case .rational(let numerator, let denominator):
      let sign = numerator < 0 ? "-" : ""
      self.init(
        "\(sign)\\tfrac{\(numerator.magnitude)}{\(denominator)}", numerator < 0 ? .sum : .atom, width: 3)
    case .real(let value):
      self.init(Self.decimal(value), value < 0 || "\(value)".contains("e") ? .sum : .atom)
    }
  }

  /// A double with all its digits.
  static func decimal(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "\\mathrm{nan}" : value < 0 ? "-\\infty" : "\\infty" }
    let parts = "\(value)".split(separator: "e")
    guard parts.count == 2, let exponent = Int(parts[1]) else { return "\(value)" }
    let mantissa = parts[0].hasSuffix(".0") ? parts[0].dropLast(2) : parts[0]
    return "\(mantissa)\\cdot 10^{\(exponent)}"
  }
}
