import Foundation

/// The folder of one figure: its tables, `figure.json`, which describes them, and `figure.ipynb`, which draws them.
struct FigureFolder {
  let figure: any Figure
  let path: String

  /// What the notebook leaves beside itself when it is executed.
  static let pictures = ["figure.svg", "figure.pdf"]

  static let description = "figure.json"
  static let notebook = "figure.ipynb"

  var isThere: Bool { FileManager.default.fileExists(atPath: "\(path)/\(Self.description)") }

  /// - Throws: `FigureError.foreign` for a folder of something else, unless it may be replaced.
  func check(_ existing: RunClaim.Existing) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return }
    guard isFolder.boolValue else { throw RunFolderError.notAFolder(path) }
    guard try existing == .replace || isThere || RunFolder.names(in: path).isEmpty else {
      throw FigureError.foreign(path)
    }
  }

  /// All files, or none: the same bytes whenever and wherever the tables are the same. What an older notebook has drawn goes.
  ///
  /// - Throws: `RunFolderError`.
  func write(_ tables: [FigureTable], _ extent: FigureExtent) throws {
    try RunFolder.create(path)
    let texts = [
      (Self.description, try json(tables, extent).text), (Self.notebook, FigureNotebook(figure, tables).text),
    ]
    let files = tables.map { ($0.file, $0.csv) } + texts.map { ($0.0, Data($0.1.utf8)) }
    try DurableFile.write(files.map { ("\(path)/\($0.0)", $0.1) })
    let kept = Set(tables.map(\.file))
    for name in try RunFolder.names(in: path)
    where Self.pictures.contains(name) || name.hasSuffix(".csv") && !kept.contains(name) {
      unlink("\(path)/\(name)")
    }
  }

  /// Neither times nor the machine are in it.
  private func json(_ tables: [FigureTable], _ extent: FigureExtent) throws -> JSON {
    let configuration = try ConfigurationTree(yaml: figure.configuration(extent), at: .configuration)
    return .object([
      "format": .integer(Configuration.format), "name": .string(figure.name), "title": .string(figure.title),
      "description": .string(figure.caption), "extent": .string(extent.rawValue),
      "command": .string(command(extent)), "configuration": configuration.json,
      "tables": .array(tables.map(\.json)), "versions": Provenance.portableVersions,
    ])
  }

  func command(_ extent: FigureExtent) -> String {
    "inflow figures \(figure.name) --out DIR" + (extent == .quick ? " --quick" : "")
  }
}

extension ConfigurationTree {
  /// Numbers and truth values as such, all else as text.
  fileprivate var json: JSON {
    switch content {
    case .null: .null
    case .plain("true"): .boolean(true)
    case .plain("false"): .boolean(false)
    case .plain(let text): Int(text).map { .integer($0) } ?? Double(text).map { .number($0) } ?? .string(text)
    case .quoted(let text): .string(text)
    case .list(let entries): .array(entries.map(\.json))
    case .map(let entries): .object(entries.map { (key: $0, value: $1.json) })
    }
  }
}
