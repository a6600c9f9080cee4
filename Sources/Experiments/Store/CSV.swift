import Foundation

/// Fields of a row as RFC 4180 has them.
enum CSV {
  static func line(_ fields: [String]) -> String { fields.map(quoted).joined(separator: ",") + "\n" }

  private static func quoted(_ field: String) -> String {
    field.contains { ",\"\r\n".contains($0) } ? "\"\(field.replacing("\"", with: "\"\""))\"" : field
  }
}

/// A file that is written piece by piece and comes into its place when it is whole.
struct StreamedFile {
  private let path: String
  private let temporary: String
  private let file: DescriptorFile
  private var buffer = Data()

  init(_ path: String) throws {
    self.path = path
    temporary = DurableFile.temporary(for: path)
    file = try DescriptorFile(creating: temporary, named: path)
  }

  mutating func append(_ text: String) throws {
    buffer.append(contentsOf: text.utf8)
    if buffer.count > 1 << 16 { try flush() }
  }

  private mutating func flush() throws {
    do {
      try file.append(buffer)
      buffer.removeAll(keepingCapacity: true)
    } catch {
      unlink(temporary)
      throw error
    }
  }

  mutating func finish() throws {
    try flush()
    do {
      try file.synchronize()
      try file.close()
      guard rename(temporary, path) == 0 else { throw RunFolderError.system(path) }
    } catch {
      unlink(temporary)
      throw error
    }
  }
}
