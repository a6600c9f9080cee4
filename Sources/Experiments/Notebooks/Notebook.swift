/// A Jupyter notebook, format 4.5, without outputs.
struct Notebook {
  enum Cell {
    case text(String)
    case code(String)
  }

  let cells: [(id: String, cell: Cell)]

  var text: String {
    JSON.object([
      "cells": .array(cells.map { Self.json($0.cell, $0.id) }),
      "metadata": .object([
        "kernelspec": .object([
          "display_name": .string("Python 3"), "language": .string("python"), "name": .string("python3"),
        ]),
        "language_info": .object(["name": .string("python")]),
      ]),
      "nbformat": .integer(4), "nbformat_minor": .integer(5),
    ]).text
  }

  /// What its cells of code say, as one program.
  var program: String {
    cells.compactMap { if case .code(let source) = $0.cell { source } else { nil } }.joined(separator: "\n")
  }

  private static func json(_ cell: Cell, _ id: String) -> JSON {
    switch cell {
    case .text(let source):
      .object([
        "cell_type": .string("markdown"), "id": .string(id), "metadata": .object([:]),
        "source": lines(source),
      ])
    case .code(let source):
      .object([
        "cell_type": .string("code"), "id": .string(id), "metadata": .object([:]), "execution_count": .null,
        "outputs": .array([]), "source": lines(source),
      ])
    }
  }

  private static func lines(_ source: String) -> JSON {
    let source = source.hasSuffix("\n") ? String(source.dropLast()) : source
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
    return .array(
      lines.indices.map { .string($0 == lines.indices.last ? String(lines[$0]) : "\(lines[$0])\n") })
  }
}
