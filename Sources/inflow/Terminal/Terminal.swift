import Experiments
import Foundation

/// Standard output carries results, standard error everything else. Neither shows a control character that a name, a file or
/// a symbol holds: a terminal would obey it.
enum Terminal {
  static var isErrorTerminal: Bool { isatty(STDERR_FILENO) != 0 }

  /// To be called before any file is opened, which would take the place of a closed stream: what is written to it would
  /// then stand in that file. Reading from what is held open for writing fails as a closed stream would, and the other way about.
  static func holdClosedStreams() {
    for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(stream, F_GETFD) == -1 {
      _ = open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }

  /// - Throws: `OutputError` where standard output does not take all of it.
  static func result(_ text: String) throws(OutputError) {
    let line = text.isEmpty || text.hasSuffix("\n") ? text : text + "\n"
    guard write(line.escapingControls(.butLines), to: STDOUT_FILENO) else {
      throw OutputError(reason: String(cString: strerror(errno)))
    }
  }

  static func complain(_ text: String) { log("inflow: \(text)\n") }

  /// What standard error does not take is lost: there is no other place to say so.
  static func log(_ text: String) { _ = write(text.escapingControls(.butLines), to: STDERR_FILENO) }

  /// One line of standard error that is drawn over and over.
  static func draw(_ line: String) {
    _ = write("\r\(line.escapingControls(.all))\u{1B}[K", to: STDERR_FILENO)
  }

  /// All of the bytes; false with `errno` where that is not possible.
  private static func write(_ text: String, to descriptor: Int32) -> Bool {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if written >= 0 {
        rest = rest.dropFirst(written)
      } else if errno == EAGAIN {
        var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&ready, 1, -1)
      } else if errno != EINTR {
        return false
      }
    }
    return true
  }
}

/// Results that nobody could be given.
struct OutputError: Error, CustomStringConvertible {
  /// The system's.
  let reason: String

  var description: String {
    "standard output: cannot be written (\(reason)); allowed: a terminal, pipe or file that is open and has room; "
      + "what went to a folder or file of its own is there"
  }
}
