import Foundation

/// Makes figures in a folder that this process alone writes, until it is released: a folder a figure, one style for all, and a
/// gallery of those that are there.
public final class FigureMaker {
  private let gallery: FigureGallery
  private let figures: [any Figure]
  private let extent: FigureExtent
  private let lease: Lease

  /// Looks at everything that would be written to, before anything is computed.
  ///
  /// - Parameters:
  ///   - names: none for all.
  ///   - existing: whether files that this program has not made give way.
  /// - Throws: `FigureError`, `RunFolderError`.
  public init(
    _ names: [String], in path: String, _ extent: FigureExtent, _ existing: RunClaim.Existing = .keep
  ) throws {
    figures = try Figures.named(names)
    self.extent = extent
    gallery = FigureGallery(path: path)
    try RunFolder.create(path)
    lease = try Lease(of: path)
    if existing == .keep { try gallery.checkOwn() }
    let folders = figures.map(gallery.folder)
    for folder in folders { try folder.check(existing) }
    for place in [path] + folders.map(\.path) { try DurableFile.removeRemains(in: place, .whoeverLeftThem) }
    if existing == .replace { try? FileManager.default.removeItem(atPath: gallery.work) }
  }

  public func release() { lease.release() }

  /// Executes the notebooks of figures that are made.
  ///
  /// - Parameter folders: as `make` returns them.
  /// - Throws: `PythonError`.
  public func execute(_ folders: [String], _ python: PythonEnvironment, _ observers: RunObservers) throws {
    for (index, folder) in folders.enumerated() {
      observers.progress(RunProgress(fraction: Double(index) / Double(folders.count)) { "drawing" })
      try python.execute("\(folder)/\(FigureFolder.notebook)", observers.isInterrupted)
      if observers.isInterrupted() { throw RunFailure(.interruption, "interrupted") }
    }
  }

  /// - Returns: the folders of the figures.
  /// - Throws: `RunFailure`; figures that were done before stand, runs that were done are not made again.
  @discardableResult
  public func make(threads: Int, _ observers: RunObservers = RunObservers()) throws -> [String] {
    let shares = ProgressShares(count: figures.count, observers)
    for (index, figure) in figures.enumerated() {
      let work = "\(gallery.work)/\(figure.name)-\(extent.rawValue)"
      let workshop = FigureWorkshop(
        figure, extent, in: work, threads: threads, shares.part(index, figure.name))
      do {
        try gallery.folder(of: figure).write(figure.tables(in: workshop), extent)
      } catch let failure as RunFailure {
        throw RunFailure(
          failure.cause,
          "figure \(figure.name): "
            + (failure.isInterruption ? "interrupted; the same command goes on with it" : failure.description)
        )
      }
      try lease.confirm()
      try gallery.write()
      try? FileManager.default.removeItem(atPath: work)
    }
    // Holds what other figures were interrupted in, or nothing.
    rmdir(gallery.work)
    return figures.map { gallery.folder(of: $0).path }
  }
}
