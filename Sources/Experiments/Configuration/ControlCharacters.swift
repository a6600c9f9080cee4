extension String {
  /// Which control characters do not stay.
  public enum EscapedControls: Sendable {
    /// Of what is one line.
    case all
    /// Of what may have several: all but line ends and tabs.
    case butLines
  }

  /// Control characters, which a terminal would obey, as `\u{1B}`.
  ///
  /// - Parameter escaped: which of them. O(bytes).
  public func escapingControls(_ escaped: EscapedControls) -> String {
    func isEscaped(_ scalar: Unicode.Scalar) -> Bool {
      switch scalar.value {
      case 0x0A, 0x09: escaped == .all
      case ..<0x20, 0x7F..<0xA0: true
      default: false
      }
    }
    guard unicodeScalars.contains(where: isEscaped) else { return self }
    return unicodeScalars.reduce(into: "") { text, scalar in
      if isEscaped(scalar) {
        text += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
  }

  /// Whether a terminal would obey some of it.
  var hasControls: Bool { escapingControls(.all) != self }
}
