import Foundation

extension Data {
  /// Everything in a file or a pipe. Through a handle, to the end: a pipe has no size to ask for.
  init(wholeFile path: String) throws {
    let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    defer { try? file.close() }
    self = try file.readToEnd() ?? Data()
  }
}
