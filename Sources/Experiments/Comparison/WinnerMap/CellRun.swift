import Foundation
import InductionModel

/// One half of a cell, the flow or the training, in a run folder that may be there already.
struct CellRun {
  /// Of the run folder.
  let path: String
  let configuration: Configuration
  /// Checks everything that the run needs; what it returns runs into a folder, or goes on in one.
  let prepare: () throws -> (RunFolder) throws -> Void

  private enum Standing {
    case done(Parameters)
    /// Interrupted or killed after its first checkpoint.
    case begun(RunFolder)
    /// Not there, failed, damaged, or of inputs that have changed.
    case absent
  }

  /// The point at the end of the run, which is run as far as it is not there.
  ///
  /// - Throws: `RunFailure` or input errors.
  func end(_ existing: WinnerMap.Existing) throws -> Parameters {
    let standing = existing == .keep ? self.standing : .absent
    if case .done(let end) = standing { return end }
    let run = try prepare()
    if case .begun(let folder) = standing {
      do {
        try run(folder)
        return try trajectory().end(configuration.model)
      } catch let failure as RunFailure {
        throw failure
      } catch {
        // What was saved cannot be gone on with: the run begins anew.
      }
    }
    try run(RunFolder(creating: path, existing: .replace))
    return try trajectory().end(configuration.model)
  }

  private var standing: Standing {
    guard let folder = try? RunFolder(of: path), let manifest = try? StoredManifest(folder),
      (try? manifest.check(configuration, in: folder)) != nil,
      (try? folder.read(.configuration) == Data(configuration.yaml().utf8)) == true
    else { return .absent }
    switch Manifest.Status(rawValue: manifest.status) {
    case .done: return (try? storedEnd(folder)).map { .done($0) } ?? .absent
    case .running, .interrupted: return folder.has(.checkpoint) ? .begun(folder) : .absent
    case .failed, nil: return .absent
    }
  }

  private struct Summary: Decodable {
    let time: Double
  }

  /// nil unless the trajectory reaches as far as the run did.
  private func storedEnd(_ folder: RunFolder) throws -> Parameters? {
    let time = try JSONDecoder().decode(Summary.self, from: folder.read(.summary)).time
    let table = try trajectory()
    return table.times.last == time ? try table.end(configuration.model) : nil
  }

  private func trajectory() throws -> TrajectoryTable {
    try TrajectoryTable(contentsOf: "\(path)/\(RunFolder.File.trajectory.rawValue)")
  }
}
