import CSystem
import Foundation

/// What happens to a file that is there already.
public enum ExistingFile: Sendable {
  case refuse, replace
}

/// When the disk has what was written.
public enum Durability: Sendable {
  /// Before a file comes into its place: also after a power cut it is the old one or the new one.
  case forced
  /// When the file system sees fit, or all at once by `DurableFile.synchronize`. For many short runs whose files carry their
  /// proof: after a power cut what is incomplete is noticed.
  case together
}

/// Files that are whole at any moment, also after a crash of the machine: written under another name in the same folder,
/// forced to the disk, then renamed into their place.
enum DurableFile {
  /// Names of files on their way; what a killed process has left of them is removed when its folder is claimed.
  static let temporaryPrefix = ".writing-"

  /// - Throws: `RunFolderError.notWritable` with the system's reason; then the old file is as it was.
  static func write(_ data: Data, to path: String, _ durability: Durability = .forced) throws(RunFolderError)
  {
    try write([(path, data)], durability)
  }

  /// Several files of one folder; they come into their places in the order given, once all are written.
  static func write(_ files: [(path: String, data: Data)], _ durability: Durability = .forced)
    throws(RunFolderError)
  {
    var temporaries: [String] = []
    do throws(RunFolderError) {
      for (path, data) in files {
        let temporary = self.temporary(for: path)
        temporaries.append(temporary)
        try create(temporary, data, for: path, durability)
      }
      for (file, temporary) in zip(files, temporaries) {
        guard rename(temporary, file.path) == 0 else { throw RunFolderError.system(file.path) }
      }
    } catch {
      for temporary in temporaries { unlink(temporary) }
      throw error
    }
  }

  /// A file of the user's own, where one that is there is replaced only if asked.
  ///
  /// - Throws: `RunFolderError`.
  static func write(_ data: Data, to path: String, _ existing: ExistingFile) throws(RunFolderError) {
    if existing == .refuse, FileManager.default.fileExists(atPath: path) { throw .fileExists(path) }
    try write(data, to: path)
  }

  /// Makes a file unless one of the name is there.
  ///
  /// - Returns: whether it was made; of several processes that try, one is told so. It is not forced to the disk.
  static func writeIfAbsent(_ data: Data, to path: String) throws(RunFolderError) -> Bool {
    let temporary = self.temporary(for: path)
    defer { unlink(temporary) }
    try create(temporary, data, for: path, .together)
    // A link either is made or is not, on network file systems too.
    if link(temporary, path) == 0 { return true }
    guard errno == EEXIST else { throw RunFolderError.system(path) }
    return false
  }

  /// Which files on their way are taken for a killed process's.
  enum Remains {
    /// All but those of leases, which processes have for the blink of an eye.
    case whoeverLeftThem
    /// Those that nobody has written to for ten minutes.
    case old
  }

  /// Removes what killed processes were about to write into a folder, if it is there.
  static func removeRemains(in folder: String, _ remains: Remains) throws(RunFolderError) {
    guard FileManager.default.fileExists(atPath: folder) else { return }
    for name in try RunFolder.names(in: folder) where name.hasPrefix(temporaryPrefix) {
      let isSafe = remains == .whoeverLeftThem && !name.hasPrefix(Lease.temporaryPrefix)
      if isSafe || isOld("\(folder)/\(name)") { unlink("\(folder)/\(name)") }
    }
  }

  private static func isOld(_ path: String) -> Bool {
    let date = (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
    return date.map { -$0.timeIntervalSinceNow > 600 } ?? false
  }

  static func temporary(for path: String) -> String {
    let url = URL(fileURLWithPath: path)
    let token = "\(ProcessInfo.processInfo.processIdentifier)-\(UInt64.random(in: 0...UInt64.max))"
    return url.deletingLastPathComponent().path + "/\(temporaryPrefix)\(url.lastPathComponent)-\(token)"
  }

  /// Everything that was written to the file system of a folder is on the disk.
  static func synchronize(_ folder: String) throws(RunFolderError) {
    let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw RunFolderError.system(folder) }
    defer { close(descriptor) }
    guard file_system_synchronize(descriptor) == 0 else { throw RunFolderError.system(folder) }
  }

  private static func create(_ temporary: String, _ data: Data, for path: String, _ durability: Durability)
    throws(RunFolderError)
  {
    let file = try DescriptorFile(creating: temporary, named: path)
    try file.append(data)
    if durability == .forced { try file.synchronize() }
    try file.close()
  }
}

/// An open file whose every failure says why.
final class DescriptorFile {
  private var descriptor: Int32
  private let name: String

  /// - Parameter name: what errors call it; by default its path.
  init(creating path: String, named name: String? = nil) throws(RunFolderError) {
    self.name = name ?? path
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw RunFolderError.system(self.name) }
  }

  init(appendingTo path: String) throws(RunFolderError) {
    name = path
    descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
    guard descriptor >= 0 else { throw RunFolderError.system(path) }
  }

  /// All of the bytes, or an error.
  func append(_ data: Data) throws(RunFolderError) {
    var offset = 0
    while offset < data.count {
      let written = data.withUnsafeBytes { bytes in
        Foundation.write(descriptor, bytes.baseAddress.map { $0 + offset }, data.count - offset)
      }
      if written < 0 {
        guard errno == EINTR else { throw RunFolderError.system(name) }
      } else {
        offset += written
      }
    }
  }

  func synchronize() throws(RunFolderError) {
    // Pipes and some file systems cannot be forced.
    guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS else {
      throw RunFolderError.system(name)
    }
  }

  /// Some file systems tell of a write that failed only now.
  func close() throws(RunFolderError) {
    guard descriptor >= 0 else { return }
    defer { descriptor = -1 }
    guard Foundation.close(descriptor) == 0 || errno == EINTR else { throw RunFolderError.system(name) }
  }

  deinit { if descriptor >= 0 { _ = Foundation.close(descriptor) } }
}

extension RunFolderError {
  /// What the last system call said of a path.
  static func system(_ path: String) -> RunFolderError {
    let number = errno
    let text = String(cString: strerror(number))
    let reason = text.prefix(1).lowercased() + text.dropFirst()
    return [ENOSPC, EDQUOT, EFBIG, EIO].contains(number)
      ? .noRoom(path, reason: reason) : .notWritable(path, reason: reason)
  }
}
