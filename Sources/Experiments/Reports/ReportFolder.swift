import Foundation

/// Where a report is written: `report.ipynb`, its style, tables that the run has not, and what is made of them by Python.
public struct ReportFolder: Sendable {
  public let report: Report
  public let path: String

  static let notebook = "report.ipynb"
  static let page = "report.html"

  /// What pictures alone are written as.
  public enum Format: String, CaseIterable, Sendable {
    case png, svg, pdf
  }

  /// - Parameter path: nil for `report` in the run's folder.
  /// - Throws: `FigureError.foreign` for a folder that holds something else, unless it may be replaced.
  public init(_ report: Report, in path: String?, _ existing: RunClaim.Existing) throws {
    self.report = report
    self.path = path ?? report.place
    guard FileManager.default.fileExists(atPath: self.path), existing == .keep else { return }
    let names = try RunFolder.names(in: self.path)
    guard names.isEmpty || names.contains(Self.notebook) else { throw FigureError.foreign(self.path) }
  }

  /// Writes the notebook and what it reads beside the run's own files: all, or none.
  ///
  /// - Returns: the notebook's path.
  /// - Throws: `RunFolderError`.
  @discardableResult
  public func write() throws -> String {
    try RunFolder.create(path)
    try DurableFile.removeRemains(in: path, .old)
    let texts = [
      (FigureStyle.file, FigureStyle.text), (Self.notebook, report.notebook(run: run).text),
    ]
    let files = report.tables.map { ($0.file, $0.csv) } + texts.map { ($0.0, Data($0.1.utf8)) }
    try DurableFile.write(files.map { ("\(path)/\($0.0)", $0.1) })
    return "\(path)/\(Self.notebook)"
  }

  /// Executes the notebook and makes one self-contained page of it.
  ///
  /// - Returns: the page's path.
  /// - Throws: `PythonError`; then the notebook stands as it was written.
  public func execute(_ python: PythonEnvironment, _ isInterrupted: () -> Bool) throws -> String {
    let page = "\(path)/\(Self.page)"
    try python.execute("\(path)/\(Self.notebook)", page: page, isInterrupted)
    return page
  }

  /// Draws the pictures into files.
  ///
  /// - Returns: their paths.
  /// - Throws: `PythonError`.
  public func draw(_ format: Format, _ python: PythonEnvironment, _ isInterrupted: () -> Bool) throws
    -> [String]
  {
    let notebook = report.notebook(run: run, formats: [format.rawValue])
    try python.run(notebook.program, in: path, isInterrupted)
    return report.pictures.flatMap(\.names).map { "\(path)/\($0).\(format.rawValue)" }
      .filter(FileManager.default.fileExists(atPath:))
  }

  /// The run as seen from the notebook: above it, or anywhere.
  private var run: String {
    let own = URL(fileURLWithPath: path).standardizedFileURL.deletingLastPathComponent().path
    let whole = URL(fileURLWithPath: report.folder).standardizedFileURL.path
    return own == whole ? ".." : whole
  }
}
