import Foundation
import Testing

@testable import Experiments

/// Notebooks as nbformat 4.5 and Python have them.
@Suite struct FigureNotebookTests {
  private func cells(_ figure: any Figure) throws -> [[String: Any]] {
    let text = FigureNotebook(figure, [FigureTable("data", [])]).text
    let notebook = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(notebook["nbformat"] as? Int == 4 && notebook["nbformat_minor"] as? Int == 5)
    #expect(notebook["metadata"] is [String: Any])
    return try #require(notebook["cells"] as? [[String: Any]])
  }

  private func source(_ cell: [String: Any]) throws -> String {
    try #require(cell["source"] as? [String]).joined()
  }

  @Test(arguments: Figures.all.map(\.name))
  func cellsHaveWhatTheFormatAsksFor(name: String) throws {
    let cells = try cells(try #require(try Figures.named([name]).first))
    let ids = try cells.map { try #require($0["id"] as? String) }
    #expect(Set(ids).count == ids.count)
    #expect(ids.allSatisfy { $0.range(of: "^[a-zA-Z0-9-_]{1,64}$", options: .regularExpression) != nil })
    for cell in cells {
      #expect(cell["metadata"] is [String: Any])
      guard cell["cell_type"] as? String == "code" else { continue }
      #expect((cell["outputs"] as? [Any])?.isEmpty == true && cell["execution_count"] is NSNull)
    }
    let imports = try cells.flatMap { try source($0).split(separator: "\n") }.map { String($0) }.filter {
      $0.hasPrefix("import ") || $0.hasPrefix("from ")
    }
    let allowed = [
      "import matplotlib.pyplot as plt", "import numpy as np", "import pandas as pd", "import os",
    ]
    #expect(imports.starts(with: allowed.prefix(3)) && imports.allSatisfy { allowed.contains($0) })
  }

  @Test(arguments: Figures.all.map(\.name))
  func codeCompilesInPython(name: String) throws {
    guard let python = Self.python else {
      return print("no python3 here: the code of \(name) was not compiled")
    }
    let code = try cells(try #require(try Figures.named([name]).first))
      .filter { $0["cell_type"] as? String == "code" }.map(source).joined(separator: "\n")
    let process = Process()
    process.executableURL = python
    process.arguments = ["-c", "import sys; compile(sys.stdin.read(), 'figure', 'exec')"]
    let (input, error) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardError = error
    try process.run()
    input.fileHandleForWriting.write(Data(code.utf8))
    try input.fileHandleForWriting.close()
    let message = error.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(String(decoding: message, as: UTF8.self))")
  }

  private static let python = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":")
    .map { URL(fileURLWithPath: "\($0)/python3") }
    .first { FileManager.default.isExecutableFile(atPath: $0.path) }
}
