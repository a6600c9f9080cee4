import Foundation

/// A shared library in the process, unloaded with its last owner. Nothing of it changes once it is loaded.
final class LoadedLibrary: @unchecked Sendable {
  private let handle: UnsafeMutableRawPointer

  /// - Throws: `CompilationError.notLoadable`.
  init(_ url: URL) throws {
    guard let handle = dlopen(url.path, RTLD_NOW | RTLD_LOCAL) else {
      throw CompilationError.notLoadable(reason: dlerror().map { String(cString: $0) } ?? url.path)
    }
    self.handle = handle
  }

  deinit { dlclose(handle) }

  /// - Throws: `CompilationError.notLoadable`.
  func symbol(_ name: String) throws -> UnsafeMutableRawPointer {
    guard let symbol = dlsym(handle, name) else {
      throw CompilationError.notLoadable(reason: "\(name) is missing")
    }
    return symbol
  }
}
