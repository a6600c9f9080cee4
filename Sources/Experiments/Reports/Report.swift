import Foundation

/// The pictures that a researcher draws first, of a folder that this program has written: of a run over time, of theory beside
/// training, of a map, a sweep or a survey.
public struct Report: Sendable {
  /// A heading.
  let title: String
  /// Markdown: what the folder holds and how it stands.
  let about: [String]
  /// Functions of `ReportPython`.
  let library: [String]
  let pictures: [Picture]
  /// What the run's own files do not hold.
  var tables: [FigureTable] = []
  /// Where it is made unless said otherwise.
  let place: String
  /// Of the run: a folder, or that of its table.
  let folder: String

  /// One cell of the notebook.
  struct Picture: Sendable {
    /// Names of the files that it is saved to.
    let names: [String]
    /// Markdown.
    let caption: String
    /// Python.
    let drawing: String
  }
}

extension Report {
  /// Reads what the folder holds, and gathers the tables of a sweep anew.
  ///
  /// - Parameter path: a folder of `integrate`, `train`, `compare`, `map`, `survey` or `sweep`, or the table of `generalize`.
  /// - Throws: `ReportError`, `RunFolderError`, `ConfigurationError`.
  public init(of path: String, threads: Int) throws {
    let path = URL(fileURLWithPath: path).relativePath
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw RunFolderError.notARun(path, missing: "such file or folder")
    }
    if !isFolder.boolValue {
      try self.init(ofTable: path)
    } else if Sweep.isThere(path) {
      try self.init(Sweep(of: path), threads: threads)
    } else if FileManager.default.fileExists(atPath: "\(path)/\(FigureFolder.description)") {
      throw ReportError.figure(path)
    } else {
      let folder = RunFolder(unchecked: path)
      guard folder.has(.manifest), folder.has(.configuration) else { throw ReportError.unknown(path) }
      try self.init(RunFolder(of: path))
    }
  }

  /// What `inflow generalize --out` has written.
  private init(ofTable path: String) throws {
    let text = String(decoding: try RunFolder.read(path), as: UTF8.self)
    guard text.hasPrefix("alpha,context,predictor,") else { throw ReportError.unknown(path) }
    guard text.split(separator: "\n").count > 1 else { throw ReportError.noRows(path) }
    let url = URL(fileURLWithPath: path)
    self.init(
      title: "\(url.lastPathComponent): other lengths and priors", about: [],
      library: [ReportPython.generalization],
      pictures: [
        Picture(
          names: ["generalization"],
          caption:
            "The model beside the induction head and the true kernel; bars are standard errors over the sequences.",
          drawing: "lengths(\"generalization\", read(\"\(url.lastPathComponent)\"))")
      ],
      place: (path.hasSuffix(".csv") ? String(path.dropLast(4)) : path) + "-report",
      folder: url.deletingLastPathComponent().path)
  }

  /// - Parameters:
  ///   - run: where the run is, as seen from the notebook.
  ///   - formats: of files to save pictures to; none to show them.
  func notebook(run: String, formats: [String] = []) -> Notebook {
    var cells: [(id: String, cell: Notebook.Cell)] = [
      ("about", .text((["# \(title)"] + about).joined(separator: "\n\n"))),
      ("data", .code(ReportPython.setting(run: run, formats: formats))),
    ]
    for (index, functions) in library.enumerated() {
      cells.append(("functions-\(index + 1)", .code(functions)))
    }
    for (index, picture) in pictures.enumerated() {
      cells.append(("caption-\(index + 1)", .text(picture.caption)))
      cells.append(("picture-\(index + 1)", .code(picture.drawing)))
    }
    return Notebook(cells: cells)
  }
}
