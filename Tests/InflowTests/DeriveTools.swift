import Foundation
import Testing

/// Programs of other languages that judge what `inflow derive` writes.
enum DeriveTools {
  /// Runs a program found on the path; its status and standard output.
  static func run(_ program: String, _ arguments: [String], in folder: String) throws -> (
    status: Int32, output: String
  ) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }

  private static func works(_ program: String, _ arguments: [String]) -> Bool {
    (try? run(program, arguments, in: NSTemporaryDirectory()).status) == 0
  }

  static let hasPython = works("python3", ["--version"])
  static let hasSciPy = works("python3", ["-c", "import numpy, scipy.integrate"])
  static let hasLatex = works("pdflatex", ["--version"])
  static let hasSwift = works("swiftc", ["--version"])
  /// clang comes with Swift.
  static let compiler = ["clang", "cc"].first { works($0, ["--version"]) }

  /// Compiles C files with libm, and libgsl where asked for, and runs them.
  static func runC(_ files: [String], libraries: [String] = [], in place: Workplace) throws -> String {
    let compiler = try #require(self.compiler, "a C compiler comes with Swift")
    let flags = ["-std=c99", "-O2", "-Wall", "-Wextra", "-Werror", "-o", "program"]
    let built = try run(compiler, flags + files + libraries + ["-lm"], in: place.path)
    try #require(built.status == 0, "\(files) do not compile")
    let result = try run(place["program"], [], in: place.path)
    #expect(result.status == 0)
    return result.output
  }

  static func runPython(_ script: String, in place: Workplace) throws -> String {
    try place.write(script, to: "script.py")
    let result = try run("python3", ["script.py"], in: place.path)
    #expect(result.status == 0)
    return result.output
  }

  static func numbers(_ text: String) -> [Double] {
    text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
  }
}

func expectClose(_ found: [Double], _ expected: [Double], within bound: Double, _ what: String) {
  #expect(found.count == expected.count, "\(what)")
  let largest = zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
  #expect(largest <= bound, "\(what): \(found) against \(expected)")
}
