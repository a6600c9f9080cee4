import Foundation

/// Standard output carries results, standard error everything else.
enum Terminal {
  static var isErrorTerminal: Bool { isatty(STDERR_FILENO) != 0 }

  static func result(_ text: String) {
    FileHandle.standardOutput.write(Data((text.hasSuffix("\n") ? text : text + "\n").utf8))
  }

  static func complain(_ text: String) { log("inflow: \(text)\n") }

  static func log(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
