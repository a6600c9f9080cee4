import Foundation

/// A folder of figures: what they have in common.
struct FigureGallery {
  let path: String

  private static let readme = "README.md"
  /// Where runs are made.
  var work: String { "\(path)/.work" }

  func folder(of figure: any Figure) -> FigureFolder {
    FigureFolder(figure: figure, path: "\(path)/\(figure.name)")
  }

  /// - Throws: `FigureError.foreign` where one of the files is somebody else's.
  func checkOwn() throws {
    for (name, mark) in [(FigureStyle.file, FigureStyle.mark), (Self.readme, Self.readmeMark)] {
      let file = "\(path)/\(name)"
      guard FileManager.default.fileExists(atPath: file) else { continue }
      guard let data = try? RunFolder.read(file), data.starts(with: mark.utf8) else {
        throw FigureError.foreign(file)
      }
    }
  }

  /// The style and a README of all figures that are there.
  func write() throws {
    try DurableFile.write([
      ("\(path)/\(FigureStyle.file)", Data(FigureStyle.text.utf8)),
      ("\(path)/\(Self.readme)", Data(readmeText.utf8)),
    ])
  }

  private static let readmeMark = "<!-- Written by inflow figures. -->\n"

  private var readmeText: String {
    let figures = Figures.all.filter { folder(of: $0).isThere }
    let entries = figures.map { figure in
      """
      ## \(figure.title)

      ![\(figure.title)](\(figure.name)/\(FigureFolder.pictures[0]))

      \(figure.caption)

      [Notebook](\(figure.name)/\(FigureFolder.notebook)) ·
      [data and how it was made](\(figure.name)/\(FigureFolder.description)) ·
      `\(folder(of: figure).command(.full))`

      """
    }
    return Self.readmeMark + """
      # Figures

      Each folder holds the numbers behind a figure as CSV, `figure.json`, which says what the columns are and how they were
      made, and `figure.ipynb`, which draws them with NumPy, pandas and matplotlib and nothing else. `make figures` makes
      them all anew and executes the notebooks; `inflow figures --out DIR` makes the numbers and the notebooks without
      Python.

      \(entries.joined(separator: "\n"))
      """
  }
}
