/// A file of kernels, parameters or sequences that cannot be read as such.
public struct DataFileError: Error, Hashable, Sendable {
  /// `kernels[3][1]` in JSON, `row 4, column 2` in CSV, `line 4, column 17` in what is no JSON; empty for the whole file.
  public let keyPath: String
  public let found: String
  public let allowed: String

  public init(keyPath: String, found: String, allowed: String) {
    self.keyPath = keyPath
    self.found = found
    self.allowed = allowed
  }
}

extension DataFileError: CustomStringConvertible {
  public var description: String {
    "\(keyPath.isEmpty ? "" : keyPath + ": ")found \(found), allowed \(allowed)"
  }
}
