import Foundation

/// The C compiler of the machine.
public struct CCompiler: Hashable, Sendable {
  public let path: String

  public init(path: String) { self.path = path }

  /// clang beside the Swift toolchain that is on the path, else clang, cc or gcc on the path; nil without any.
  public static func found(
    searching path: String = ProcessInfo.processInfo.environment["PATH"] ?? ""
  ) -> CCompiler? {
    let folders = path.split(separator: ":").map(String.init)
    func executable(_ name: String) -> String? {
      folders.lazy.map { "\($0)/\(name)" }.first(where: FileManager.default.isExecutableFile(atPath:))
    }
    if let swift = executable("swift") {
      let folder = URL(fileURLWithPath: swift).resolvingSymlinksInPath().deletingLastPathComponent()
      let clang = folder.appendingPathComponent("clang").path
      if FileManager.default.isExecutableFile(atPath: clang) { return CCompiler(path: clang) }
    }
    return ["clang", "cc", "gcc"].lazy.compactMap(executable).first.map(CCompiler.init(path:))
  }

  /// No contraction and no reassociation: the bits are those of the source as it stands.
  static let flags = ["-O2", native, "-ffp-contract=off", "-fno-math-errno", "-fPIC", "-shared", "-w"]

  #if arch(x86_64)
    private static let native = "-march=native"
  #else
    private static let native = "-mcpu=native"
  #endif

  /// Changes when another compiler stands at the path.
  var identity: String {
    let attributes = try? FileManager.default.attributesOfItem(
      atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
    let size = (attributes?[.size] as? NSNumber)?.stringValue ?? ""
    let date = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
    return "\(path) \(size) \(date)"
  }

  /// Makes a shared library of a C file.
  ///
  /// - Throws: `CompilationError`.
  func compile(_ source: URL, to library: URL) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = Self.flags + ["-o", library.path, source.path, "-lm"]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    // Into a file: a pipe that nobody reads would stop a compiler that complains at length.
    let complaints = library.appendingPathExtension("log")
    _ = FileManager.default.createFile(atPath: complaints.path, contents: nil)
    defer { try? FileManager.default.removeItem(at: complaints) }
    let log = try FileHandle(forWritingTo: complaints)
    process.standardError = log
    do { try process.run() } catch {
      throw CompilationError.compilerDidNotStart(path: path, reason: "\(error)")
    }
    process.waitUntilExit()
    try? log.close()
    guard process.terminationStatus == 0 else {
      let message = (try? String(contentsOf: complaints, encoding: .utf8)) ?? ""
      throw CompilationError.compilerFailed(path: path, message: String(message.prefix(2000)))
    }
  }
}

/// Why code could not be compiled and loaded.
public enum CompilationError: Error, Hashable, CustomStringConvertible {
  case noCompiler
  case compilerDidNotStart(path: String, reason: String)
  case compilerFailed(path: String, message: String)
  case notLoadable(reason: String)
  case noFolder(reason: String)

  public var description: String {
    switch self {
    case .noCompiler: "no C compiler found: neither clang beside swift, nor clang, cc or gcc on PATH"
    case .compilerDidNotStart(let path, let reason): "\(path) did not start: \(reason)"
    case .compilerFailed(let path, let message): "\(path) failed: \(message)"
    case .notLoadable(let reason): "the compiled library could not be loaded: \(reason)"
    case .noFolder(let reason): "no folder to compile in: \(reason)"
    }
  }
}
