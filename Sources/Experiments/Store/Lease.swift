import Foundation

/// The right of one process to write a folder, kept alive by a heartbeat.
///
/// A lease is a file `.lease-N`, made by linking, which succeeds for one process only, on network file systems too. A
/// holder that is gone (its process on this host, or its heartbeat for `patience`) is succeeded by `.lease-N+1`; whoever
/// finds a lease beside its own that it has not succeeded gives way. Ages are differences of the file server's own times,
/// so that clocks of hosts need not agree.
final class Lease: @unchecked Sendable {
  /// Seconds between two beats.
  static let beat = 5.0
  /// Seconds without a beat after which a holder that cannot be asked counts as gone.
  static let patience = 120.0

  private let folder: String
  private let path: String
  private let lock = NSLock()
  private var lastBeat = Date()
  private var isReleased = false

  /// Takes the lease of a folder that exists.
  ///
  /// - Throws: `RunFolderError.inUse` with the holder, or `.notWritable`.
  init(of folder: String) throws(RunFolderError) {
    self.folder = folder
    let own = Data(ProcessIdentity.current.text.utf8)
    let others = try Self.leases(in: folder)
    for number in others {
      if let holder = try Self.liveHolder(of: folder, number) { throw .inUse(folder, by: holder) }
    }
    let number = (others.max() ?? 0) + 1
    path = Self.path(folder, number)
    guard try DurableFile.writeIfAbsent(own, to: path) else {
      throw .inUse(folder, by: try Self.liveHolder(of: folder, number) ?? "a process that began just now")
    }
    // Somebody who came in between has looked before this lease was there.
    for rival in try Self.leases(in: folder) where rival != number && !others.contains(rival) {
      unlink(path)
      throw .inUse(folder, by: try Self.liveHolder(of: folder, rival) ?? "a process that began just now")
    }
    for old in others { unlink(Self.path(folder, old)) }
    Heart.shared.add(self)
  }

  /// Makes sure that the folder is still this process's own: a process that was stopped for long may have been succeeded.
  func confirm() throws(RunFolderError) {
    guard lock.withLock({ -lastBeat.timeIntervalSinceNow }) > Self.patience / 4 else { return }
    guard touch() else { throw .lost(folder) }
  }

  func release() {
    let isFirst = lock.withLock {
      defer { isReleased = true }
      return !isReleased
    }
    guard isFirst else { return }
    Heart.shared.remove(self)
    unlink(path)
  }

  deinit { release() }

  /// Who writes a folder now; nil where nobody does.
  static func holder(of folder: String) throws(RunFolderError) -> String? {
    for number in try leases(in: folder) {
      if let holder = try liveHolder(of: folder, number) { return holder }
    }
    return nil
  }

  /// - Returns: false where the lease is gone.
  @discardableResult fileprivate func touch() -> Bool {
    guard utimes(path, nil) == 0 else { return false }
    lock.withLock { lastBeat = Date() }
    return true
  }

  // MARK: Other holders

  private static let prefix = ".lease-"
  /// Of what asking for a lease writes for a moment.
  static let temporaryPrefix = DurableFile.temporaryPrefix + prefix

  private static func path(_ folder: String, _ number: Int) -> String { "\(folder)/\(prefix)\(number)" }

  private static func leases(in folder: String) throws(RunFolderError) -> [Int] {
    let names = try RunFolder.names(in: folder)
    return names.compactMap { $0.hasPrefix(prefix) ? Int($0.dropFirst(prefix.count)) : nil }.sorted()
  }

  /// What to call the holder of a lease; nil where it is gone.
  private static func liveHolder(of folder: String, _ number: Int) throws(RunFolderError) -> String? {
    let path = path(folder, number)
    guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)) else { return nil }
    let holder = ProcessIdentity(text: data)
    if holder?.isGone == true { return nil }
    if holder?.isGone == nil, let age = try age(of: path, in: folder), age > patience { return nil }
    return holder?.description ?? "a process that does not say which"
  }

  /// Seconds since a file was touched, by the clock that touches files there.
  private static func age(of path: String, in folder: String) throws(RunFolderError) -> Double? {
    let probe = "\(folder)/\(temporaryPrefix)clock-\(UInt64.random(in: 0...UInt64.max))"
    try DescriptorFile(creating: probe).close()
    defer { unlink(probe) }
    func touched(_ path: String) -> Date? {
      (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
    }
    guard let now = touched(probe), let then = touched(path) else { return nil }
    return now.timeIntervalSince(then)
  }
}

/// One thread that touches all leases of the process.
private final class Heart: @unchecked Sendable {
  static let shared = Heart()

  private struct Entry {
    weak var lease: Lease?
  }

  private let condition = NSCondition()
  private var leases: [ObjectIdentifier: Entry] = [:]
  private var isBeating = false

  func add(_ lease: Lease) {
    condition.withLock {
      leases[ObjectIdentifier(lease)] = Entry(lease: lease)
      guard !isBeating else { return }
      isBeating = true
      Thread.detachNewThread { [self] in beat() }
    }
  }

  func remove(_ lease: Lease) { condition.withLock { leases[ObjectIdentifier(lease)] = nil } }

  private func beat() {
    while true {
      Thread.sleep(forTimeInterval: Lease.beat)
      for lease in condition.withLock({ leases.values.map(\.lease) }) { lease?.touch() }
    }
  }
}

extension ProcessIdentity: CustomStringConvertible {
  var description: String { "process \(process) on \(host)" }

  fileprivate var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) + "\n" } ?? "{}\n"
  }

  fileprivate init?(text: Data) {
    guard let identity = try? JSONDecoder().decode(ProcessIdentity.self, from: text) else { return nil }
    self = identity
  }
}
