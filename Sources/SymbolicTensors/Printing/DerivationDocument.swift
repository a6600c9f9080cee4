/// A text with equations: headings, paragraphs with inline mathematics between dollar signs, displayed equations.
public struct DerivationDocument: Sendable {
  public enum Block: Sendable, Hashable {
    case heading(String)
    case text(String)
    case equations([LatexEquation])
  }

  public let title: String
  public private(set) var blocks: [Block] = []

  public init(title: String) { self.title = title }

  public mutating func add(_ block: Block) {
    if case .equations(let equations) = block, equations.isEmpty { return }
    blocks.append(block)
  }
}

extension DerivationDocument {
  /// A LaTeX article that needs amsmath and nothing else beyond the base distribution.
  public var latex: String {
    var text = """
      \\documentclass[10pt,a4paper]{article}
      \\usepackage{amsmath,amssymb}
      \\usepackage[margin=2cm]{geometry}
      \\allowdisplaybreaks
      \\sloppy
      \\setlength{\\parindent}{0pt}
      \\setlength{\\parskip}{0.6em}
      \\title{\(Self.escaped(title))}
      \\author{}
      \\date{}
      \\begin{document}
      \\maketitle

      """
    for block in blocks {
      switch block {
      case .heading(let heading): text += "\n\\section*{\(Self.escaped(heading))}\n"
      case .text(let paragraph): text += "\n\(Self.latexParagraph(paragraph))\n"
      case .equations(let equations):
        for rows in Self.displays(equations) { text += "\\begin{align*}\n\(rows)\n\\end{align*}\n" }
      }
    }
    return text + "\n\\end{document}\n"
  }

  /// Markdown whose mathematics GitHub and GitLab render.
  public var markdown: String {
    var text = "# \(title)\n"
    for block in blocks {
      switch block {
      case .heading(let heading): text += "\n## \(heading)\n"
      case .text(let paragraph): text += "\n\(paragraph)\n"
      case .equations(let equations):
        for rows in Self.displays(equations) {
          text += "\n$$\n\\begin{aligned}\n\(rows)\n\\end{aligned}\n$$\n"
        }
      }
    }
    return text
  }

  /// Letters that fit a line.
  private static let lineWidth = 84

  /// Lines after which a display ends with its equation: TeX holds a whole one in memory, some five words for each byte of
  /// its five million.
  private static let displayLines = 100

  /// The rows of each display.
  private static func displays(_ equations: [LatexEquation]) -> [String] {
    var displays: [[String]] = [[]]
    var lines = 0
    for equation in equations.map(rows) {
      if lines > displayLines {
        displays.append([])
        lines = 0
      }
      displays[displays.count - 1].append(equation.joined(separator: " \\\\\n&\\quad "))
      lines += equation.count
    }
    return displays.map { $0.joined(separator: " \\\\\n") }
  }

  /// An equation in lines.
  private static func rows(_ equation: LatexEquation) -> [String] {
    var lines: [String] = []
    var line = ""
    var width = LatexPiece.width(of: equation.left) + 2
    for piece in equation.right {
      let own = LatexPiece.width(of: piece)
      if !line.isEmpty, width + own > lineWidth {
        lines.append(line)
        (line, width) = ("", 4)
      }
      line += (line.isEmpty ? "" : " ") + piece
      width += own
    }
    lines.append(line)
    lines[0] = "\(equation.left) &= \(lines[0])"
    return lines
  }

  /// Text outside dollar signs without characters that LaTeX reads as commands; `code` in typewriter type.
  private static func latexParagraph(_ paragraph: String) -> String {
    var text = ""
    for (position, part) in paragraph.split(separator: "$", omittingEmptySubsequences: false).enumerated() {
      guard position % 2 == 0 else {
        text += "$\(part)$"
        continue
      }
      for (place, span) in part.split(separator: "`", omittingEmptySubsequences: false).enumerated() {
        text += place % 2 == 0 ? escaped(String(span)) : "\\texttt{\(breakable(String(span)))}"
      }
    }
    return text
  }

  /// Code that may break behind its punctuation.
  private static func breakable(_ code: String) -> String {
    code.map { escaped(String($0)) + (".,=:/".contains($0) ? "\\allowbreak{}" : "") }.joined()
  }

  private static func escaped(_ text: String) -> String {
    text.map { character in
      switch character {
      case "#", "%", "&", "_", "{", "}", "$": "\\\(character)"
      case "\\": "\\textbackslash{}"
      case "~": "\\textasciitilde{}"
      case "^": "\\textasciicircum{}"
      default: String(character)
      }
    }.joined()
  }
}
