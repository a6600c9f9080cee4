import Foundation
import InductionModel
import TestSupport
import Testing
import Transformer

@Suite struct TensorExportTests {
  /// The Python package reads back every number; the test says so and passes where it is not installed.
  @Test func pythonReadsTheTensors() throws {
    let definition = try ModelDefinition(tokens: 3, window: 4, heads: 3, degree: 2)
    let model = DisentangledTransformer(definition, loss: Loss(epsilon: 1e-3))
    var generator = SeededGenerator(seed: 12)
    let parameters = Parameters.random(definition, using: &generator)
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).safetensors")
    defer { try? FileManager.default.removeItem(at: file) }
    try TensorExport.safetensors(parameters.flat, of: model, metadata: ["step": "7 \"seven\""]).write(
      to: file)
    let script = """
      import sys
      try:
          from safetensors import safe_open
          import numpy
      except ImportError:
          print("absent")
          sys.exit()
      with safe_open(sys.argv[1], "np") as file:
          assert file.metadata()["step"] == '7 "seven"', file.metadata()
          for name in ("attention", "coefficients", "scale"):
              tensor = file.get_tensor(name)
              assert tensor.dtype == numpy.float64
              print(name, *tensor.shape, ":", *(repr(float(x)) for x in tensor.ravel()))
      """
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script, file.path]
    let pipe = Pipe()
    process.standardOutput = pipe
    do { try process.run() } catch { return print("note: no python3, safetensors not read back") }
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    if output.hasPrefix("absent") || process.terminationStatus == 127 {
      return print("note: Python has no safetensors package, the file is not read back")
    }
    #expect(process.terminationStatus == 0)
    func line(_ name: String, _ shape: String, _ values: [Double]) -> String {
      "\(name) \(shape) : \(values.map { "\($0)" }.joined(separator: " "))"
    }
    #expect(
      output.split(separator: "\n").map(String.init) == [
        line("attention", "3 4", parameters.attention.flatMap { $0 }),
        line("coefficients", "7", parameters.coefficients), line("scale", "1", [parameters.scale]),
      ])
  }
}
