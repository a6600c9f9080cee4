import Foundation
import Testing

@testable import Experiments

@Suite struct LeaseTests {
  /// The lease of a process that is not this one.
  private func write(_ number: Int, host: String? = nil, process: Int32, in folder: TemporaryFolder) throws {
    let here = ProcessIdentity.current
    let other = ProcessIdentity(
      host: host ?? here.host, process: process, space: here.space, started: here.started)
    try JSONEncoder().encode(other).write(to: URL(fileURLWithPath: folder[".lease-\(number)"]))
  }

  @Test func oneHolderAtATime() throws {
    let folder = try TemporaryFolder()
    let lease = try Lease(of: folder.path)
    let error = try #require(throws: RunFolderError.self) { try Lease(of: folder.path) }
    #expect("\(error)".contains("process \(ProcessInfo.processInfo.processIdentifier) on "), "\(error)")
    #expect(try Lease.holder(of: folder.path) != nil)
    lease.release()
    #expect(try folder.names() == [])
    try Lease(of: folder.path).release()
  }

  /// Many that ask at once: never two holders, and no file is left.
  @Test func threadsThatAskAtOnce() throws {
    let folder = try TemporaryFolder()
    let lock = NSLock()
    nonisolated(unsafe) var (holders, most, served) = (0, 0, 0)
    let path = folder.path
    DispatchQueue.concurrentPerform(iterations: 200) { _ in
      guard let lease = try? Lease(of: path) else { return }
      lock.withLock {
        holders += 1
        served += 1
        most = max(most, holders)
      }
      lock.withLock { holders -= 1 }
      lease.release()
    }
    #expect(most == 1 && served > 0)
    #expect(try folder.names() == [])
  }

  @Test func aProcessThatIsGoneIsSucceededAtOnce() throws {
    let folder = try TemporaryFolder()
    // Beyond what Linux numbers processes with.
    try write(3, process: 1 << 30, in: folder)
    let lease = try Lease(of: folder.path)
    #expect(try folder.names() == [".lease-4"])
    lease.release()
    // The same number, but of a process that began at another time.
    try write(1, process: 1, in: folder)
    try Lease(of: folder.path).release()
  }

  @Test func anotherHostIsGoneWhenItsHeartHasStopped() throws {
    let folder = try TemporaryFolder()
    try write(1, host: "elsewhere", process: 7, in: folder)
    let error = try #require(throws: RunFolderError.self) { try Lease(of: folder.path) }
    #expect(error == .inUse(folder.path, by: "process 7 on elsewhere"))
    let long = Date(timeIntervalSinceNow: -Lease.patience - 10)
    try FileManager.default.setAttributes([.modificationDate: long], ofItemAtPath: folder[".lease-1"])
    let lease = try Lease(of: folder.path)
    #expect(try folder.names() == [".lease-2"])
    lease.release()
  }
}
