/// `figure.ipynb`: a notebook that reads the tables beside it and draws them.
struct FigureNotebook {
  private let figure: any Figure
  private let tables: [FigureTable]

  init(_ figure: any Figure, _ tables: [FigureTable]) { (self.figure, self.tables) = (figure, tables) }

  /// Without outputs.
  var text: String {
    Notebook(cells: [
      ("about", .text("# \(figure.title)\n\n\(figure.caption)\n\n\(Self.origin)")), ("data", .code(reading)),
      ("picture", .code(figure.drawing + "\n" + Self.showing)), ("files", .code(Self.saving)),
    ]).text
  }

  private static let origin = "The tables beside this notebook are described in `figure.json`."

  private var reading: String {
    (["import matplotlib.pyplot as plt", "import numpy as np", "import pandas as pd", ""]
      + ["plt.style.use([\"default\", \"../style.mplstyle\"])"]
      + tables.map { "\($0.name) = pd.read_csv(\"\($0.file)\")" })
      .joined(separator: "\n")
  }

  /// The cell's value is nothing: the picture is all that is to be seen.
  private static let showing = "plt.show()"

  /// Files without a date in them are the same every time.
  private static let saving = """
    fig.savefig("figure.svg", metadata={"Date": None})
    fig.savefig("figure.pdf", metadata={"CreationDate": None})
    """
}
