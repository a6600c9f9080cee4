import ArgumentParser
import Experiments
import Foundation

/// The manual page in the language of man(7), made from the commands' own help.
enum ManualPage {
  static func text() throws -> String {
    let tool = try JSON(parsing: Data(Inflow._dumpHelp().utf8))
    guard let command = tool["command"] else { return "" }
    let name = command["commandName"]?.word ?? ""
    var page = Roff()
    page.add(".TH \(name.uppercased()) 1 \"\" \"\(Provenance.version)\" \"User Commands\"")
    page.add(".SH NAME")
    page.text("\(name) - \(command["abstract"]?.word ?? "")")
    page.add(".SH SYNOPSIS")
    page.text("\(name) COMMAND [ARGUMENTS]")
    page.add(".SH DESCRIPTION")
    page.paragraphs(command["discussion"]?.word ?? "")
    page.add(".SH COMMANDS")
    for command in command["subcommands"]?.entries ?? [] { describe(command, after: name, on: &page) }
    return page.text
  }

  private static func describe(_ command: JSON, after parent: String, on page: inout Roff) {
    guard command["shouldDisplay"]?.truth ?? true, let own = command["commandName"]?.word, own != "help"
    else { return }
    let name = "\(parent) \(own)"
    let arguments = (command["arguments"]?.entries ?? []).filter {
      $0["shouldDisplay"]?.truth ?? true && !["help", "version"].contains($0.spelling)
    }
    page.add(".SS \(Roff.escaped(([name] + arguments.map(\.usage)).joined(separator: " ")))")
    page.text(command["abstract"]?.word ?? "")
    page.add(".PP")
    page.paragraphs(command["discussion"]?.word ?? "")
    for argument in arguments {
      page.add(".TP")
      page.text(argument.signature)
      page.text(argument.explanation)
    }
    for inner in command["subcommands"]?.entries ?? [] { describe(inner, after: name, on: &page) }
  }
}

extension JSON {
  fileprivate var entries: [JSON] { if case .array(let entries) = self { entries } else { [] } }

  fileprivate var truth: Bool? { if case .boolean(let value) = self { value } else { nil } }
}

/// Of an argument as the parser describes it.
extension JSON {
  fileprivate var spelling: String { self["preferredName"]?["name"]?.word ?? self["valueName"]?.word ?? "" }

  /// `--out <dir>`.
  fileprivate var signature: String {
    let value = self["valueName"]?.word.map { "<\($0)>" } ?? ""
    switch self["kind"]?.word {
    case "positional": return value
    case "flag": return "--\(spelling)"
    default: return "--\(spelling) \(value)"
    }
  }

  fileprivate var usage: String {
    let repeats = self["isRepeating"]?.truth ?? false
    let text = signature + (repeats ? " ..." : "")
    return self["isOptional"]?.truth ?? false ? "[\(text)]" : text
  }

  fileprivate var explanation: String {
    let values = self["allValues"]?.entries.compactMap(\.word) ?? []
    return [
      self["abstract"]?.word, values.isEmpty ? nil : "One of \(values.joined(separator: ", ")).",
      self["defaultValue"]?.word.map { "By default \($0)." },
    ].compactMap { $0 }.joined(separator: " ")
  }
}

/// Text that man(7) sets.
private struct Roff {
  private(set) var text = ""

  mutating func add(_ request: String) { text += request + "\n" }

  /// A line that is filled.
  mutating func text(_ line: String) { text += Self.escaped(line) + "\n" }

  /// Paragraphs between blank lines; indented lines stay as they are.
  mutating func paragraphs(_ discussion: String) {
    var isExample = false
    for line in discussion.split(separator: "\n", omittingEmptySubsequences: false) {
      let indented = line.hasPrefix("  ")
      if indented != isExample {
        add(indented ? ".PP\n.nf" : ".fi")
        isExample = indented
      }
      if line.isEmpty { add(".PP") } else { text(String(line)) }
    }
    if isExample { add(".fi") }
  }

  static func escaped(_ line: String) -> String {
    let safe = line.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    return safe.hasPrefix(".") || safe.hasPrefix("'") ? "\\&\(safe)" : safe
  }
}
