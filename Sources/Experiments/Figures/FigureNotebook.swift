/// `figure.ipynb`: a Jupyter notebook, format 4.5, that reads the tables beside it and draws them.
struct FigureNotebook {
  private let figure: any Figure
  private let tables: [FigureTable]

  init(_ figure: any Figure, _ tables: [FigureTable]) { (self.figure, self.tables) = (figure, tables) }

  /// Without outputs.
  var text: String {
    JSON.object([
      "cells": .array([
        cell("markdown", "about", "# \(figure.title)\n\n\(figure.caption)\n\n\(Self.origin)"),
        cell("code", "data", reading), cell("code", "picture", figure.drawing + "\n" + Self.showing),
        cell("code", "files", Self.saving),
      ]),
      "metadata": .object([
        "kernelspec": .object([
          "display_name": .string("Python 3"), "language": .string("python"), "name": .string("python3"),
        ]),
        "language_info": .object(["name": .string("python")]),
      ]),
      "nbformat": .integer(4), "nbformat_minor": .integer(5),
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

  private func cell(_ kind: String, _ id: String, _ source: String) -> JSON {
    let source = source.hasSuffix("\n") ? String(source.dropLast()) : source
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
    let texts = lines.indices.map { $0 == lines.indices.last ? String(lines[$0]) : "\(lines[$0])\n" }
    let execution: [(key: String, value: JSON)] =
      kind == "code" ? [("execution_count", .null), ("outputs", .array([]))] : []
    return .object(
      [("cell_type", .string(kind)), ("id", .string(id)), ("metadata", .object([:]))] + execution
        + [("source", .array(texts.map { .string($0) }))])
  }
}
