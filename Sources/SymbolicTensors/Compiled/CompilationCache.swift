import Foundation

/// Compiled libraries by the hash of what they were made from, in a folder of the user's.
///
/// A library `HASH.so` stands beside `HASH.sum`, the hash of its bytes: one that was cut short or changed is made
/// again. Both arrive by renaming, so any number of processes may write at once.
public struct CompilationCache: Hashable, Sendable {
  public let folder: URL

  public init(folder: URL) { self.folder = folder }

  /// `inductionflow` in `$XDG_CACHE_HOME`, or in `~/.cache`.
  public static var standard: CompilationCache {
    let chosen = ProcessInfo.processInfo.environment["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : $0 }
    let base =
      chosen.map { URL(fileURLWithPath: $0) }
      ?? FileManager.default.homeDirectoryForCurrentUser.appendingPathComponent(".cache")
    return CompilationCache(folder: base.appendingPathComponent("inductionflow"))
  }

  /// The library made from a C source, compiled unless it is there.
  ///
  /// - Throws: `CompilationError`.
  func library(_ source: String, compiler: CCompiler) throws -> (library: LoadedLibrary, isCached: Bool) {
    let description = ([compiler.identity, Self.processor] + CCompiler.flags + [source]).joined(
      separator: "\n")
    let key = SHA256.hash(description.utf8)
    let library = folder.appendingPathComponent("\(key).so")
    if isWhole(library), let loaded = try? LoadedLibrary(library) { return (loaded, true) }
    do {
      return (try make(source, key: key, in: folder, compiler: compiler), false)
    } catch CompilationError.noFolder {
      // A cache that cannot be written is no reason not to compile.
      let temporary = FileManager.default.temporaryDirectory
        .appendingPathComponent("inductionflow-\(UUID().uuidString)")
      defer { try? FileManager.default.removeItem(at: temporary) }
      return (try make(source, key: key, in: temporary, compiler: compiler), false)
    }
  }

  private func make(
    _ source: String, key: String, in folder: URL, compiler: CCompiler
  ) throws -> LoadedLibrary {
    let work = folder.appendingPathComponent("\(key).\(UUID().uuidString)")
    do {
      try FileManager.default.createDirectory(
        at: work, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw CompilationError.noFolder(reason: "\(error)")
    }
    defer { try? FileManager.default.removeItem(at: work) }
    let (file, made) = (work.appendingPathComponent("system.c"), work.appendingPathComponent("system.so"))
    let sum = work.appendingPathComponent("system.sum")
    do { try Data(source.utf8).write(to: file) } catch {
      throw CompilationError.noFolder(reason: "\(error)")
    }
    try compiler.compile(file, to: made)
    let library = folder.appendingPathComponent("\(key).so")
    do {
      try Data(SHA256.hash(try Data(contentsOf: made)).utf8).write(to: sum)
    } catch {
      throw CompilationError.noFolder(reason: "\(error)")
    }
    guard rename(made.path, library.path) == 0, rename(sum.path, Self.sum(of: library).path) == 0 else {
      throw CompilationError.noFolder(reason: String(cString: strerror(errno)))
    }
    return try LoadedLibrary(library)
  }

  private func isWhole(_ library: URL) -> Bool {
    guard let expected = try? String(contentsOf: Self.sum(of: library), encoding: .utf8),
      let bytes = try? Data(contentsOf: library)
    else { return false }
    return SHA256.hash(bytes) == expected
  }

  private static func sum(of library: URL) -> URL {
    library.deletingPathExtension().appendingPathExtension("sum")
  }

  /// What `-march=native` means here: a cache may be shared by different machines.
  private static let processor: String = {
    guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else {
      return ProcessInfo.processInfo.operatingSystemVersionString
    }
    let keys = ["vendor_id", "cpu family", "model", "flags", "CPU part", "Features"]
    var seen = Set<Substring>()
    for line in text.split(separator: "\n") where keys.contains(where: line.hasPrefix) { seen.insert(line) }
    return seen.sorted().joined(separator: "\n")
  }()
}
