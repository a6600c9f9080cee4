import Foundation

extension Data {
  /// Everything in a file or a pipe, piece by piece to the end: a pipe has no size to ask for, and some have no end.
  ///
  /// - Throws: `EndlessFile` for more bytes than the limit; errors of Foundation.
  init(wholeFile path: String, atMost limit: Int) throws {
    let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    defer { try? file.close() }
    try self.init(whole: file, atMost: limit)
  }

  /// The rest of what is open.
  init(whole file: FileHandle, atMost limit: Int) throws {
    self.init()
    while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty {
      append(piece)
      guard count <= limit else { throw EndlessFile() }
    }
  }
}

/// A file that is larger than what reads it would take, or that has no end.
struct EndlessFile: Error {}
