import Foundation

/// A run folder that this process may write, and nobody else, until the claim is released.
public final class RunClaim {
  /// What happens to a run that is there already.
  public enum Existing: Sendable {
    /// The same run is gone on with; another is refused.
    case keep
    /// It gives way once the new one has begun. Files that are no run's are left alone.
    case replace
  }

  public let folder: RunFolder
  public let identity: RunIdentity
  /// The manifest of the run to go on with; nil for one that begins.
  public private(set) var stored: StoredManifest?
  private let lease: Lease
  private let durability: Durability
  private var replaced: ReplacedRun?

  /// Creates the folder, and those above it, and takes its lease.
  ///
  /// - Throws: `RunFolderError`; then the folder is as it was.
  public init(
    _ path: String, of identity: RunIdentity, _ existing: Existing = .keep,
    _ durability: Durability = .forced
  ) throws {
    self.durability = durability
    folder = RunFolder(unchecked: path)
    self.identity = identity
    try RunFolder.create(path)
    lease = try Lease(of: path)
    try ReplacedRun.recover(in: folder)
    // Nobody else writes here now, but for what asks for the lease.
    for place in [path, folder.checkpoints] { try DurableFile.removeRemains(in: place, .whoeverLeftThem) }
    let names = try RunFolder.names(in: path).filter { !$0.hasPrefix(".") }
    switch existing {
    case .replace: replaced = names.isEmpty ? nil : ReplacedRun(in: folder)
    case .keep: stored = try storedRun(names)
    }
  }

  /// nil where there is none.
  private func storedRun(_ names: [String]) throws -> StoredManifest? {
    if names.isEmpty { return nil }
    guard folder.has(.manifest) else { throw RunFolderError.exists(folder.path) }
    let stored = try StoredManifest(folder)
    // A run that was killed as it was about to become a longer one may go on as either.
    let contents = [identity.content, identity.predecessor].compactMap { $0 }
    guard stored.command == identity.kind.rawValue,
      contents.contains(stored.content) || stored.extends == identity.content
    else { throw RunFolderError.otherRun(folder.path, command: stored.command) }
    return stored
  }

  /// Writes a run's first files; only now does one that is to be replaced go.
  ///
  /// - Parameter yaml: the configuration. The manifest comes before it: it says which configurations may stand there.
  func begin(_ manifest: Manifest, _ yaml: String) throws {
    try replaced?.setAside()
    do {
      try write([(.manifest, Data(manifest.json.text.utf8)), (.configuration, Data(yaml.utf8))])
    } catch {
      try? replaced?.putBack()
      throw error
    }
    try replaced?.remove()
    replaced = nil
  }

  func write(_ text: String, to file: RunFolder.File) throws { try write([(file, Data(text.utf8))]) }

  /// Whole files; readers see the old ones or the new ones, the last of them last.
  func write(_ files: [(RunFolder.File, Data)]) throws {
    try lease.confirm()
    try DurableFile.write(files.map { (folder[$0], $1) }, durability)
  }

  /// Keeps the checkpoint of one step of training.
  func keepCheckpoint(_ data: Data, step: Int) throws {
    let digits = "\(step)"
    let name = "step-\(String(repeating: "0", count: max(0, 9 - digits.count)))\(digits).json"
    try lease.confirm()
    try RunFolder.create(folder.checkpoints)
    try DurableFile.write(data, to: "\(folder.checkpoints)/\(name)", durability)
  }

  /// Makes sure that the folder is still this process's own.
  func confirm() throws(RunFolderError) { try lease.confirm() }

  /// What was appended to a table is on the disk, if that is wanted.
  func synchronize(_ file: DescriptorFile) throws(RunFolderError) {
    if durability == .forced { try file.synchronize() }
  }

  public func release() { lease.release() }
}
