extension FlowSystem {
  /// A self-contained Swift file: a class `Flow` with `names`, `initialState` and the derivative at a state.
  ///
  /// - Parameter dataFile: the name of the data file, read by the initializer.
  public func swiftFile(dataFile: String) -> ExportedSource {
    let program = LoopProgram(self, .swift, reserved: SwiftWriter.reserved)
    let text = SwiftWriter(system: self, program: program, dataFile: dataFile).text
    return ExportedSource(text: text, data: program.constants.data)
  }
}

private struct SwiftWriter {
  let system: FlowSystem
  let program: LoopProgram
  let dataFile: String

  static let reserved: Set = [
    "as", "break", "case", "catch", "class", "continue", "default", "defer", "deinit", "do", "else", "enum",
    "extension", "fallthrough", "false", "for", "func", "guard", "if", "import", "in", "init", "inout",
    "internal",
    "is", "let", "nil", "operator", "private", "protocol", "public", "repeat", "rethrows", "return", "self",
    "static", "struct", "subscript", "super", "switch", "throw", "throws", "true", "try", "typealias", "var",
    "where", "while", "exp", "log", "abs", "sqrt", "pow", "state", "derivative", "time", "workspace", "total",
    "largest", "names", "initialState", "data", "Flow",
  ]

  var text: String {
    let hasData = !program.constants.data.isEmpty
    let names = system.names.map { "\"\($0)\"" }.wrapped(indentation: "    ")
    let initial = system.initial.map(LoopDialect.swift.literal(_:)).wrapped(indentation: "    ")
    return """
      \(system.heading.map { "// \($0)".trimmingTrailingSpace }.joined(separator: "\n"))
      import Foundation

      /// The flow; one thread at a time, for intermediate results lie in one workspace.
      final class Flow {
        /// Components of the state.
        static let names: [String] = [
      \(names),
        ]

        static let initialState: [Double] = [
      \(initial),
        ]

        private let workspace: UnsafeMutablePointer<Double>
      \(constants)\(initializer(hasData))
        deinit { workspace.deallocate() }

        /// The derivative of a state.
        func callAsFunction(_ time: Double, _ state: [Double]) -> [Double] {
          var result = [Double](repeating: 0, count: state.count)
          result.withUnsafeMutableBufferPointer { derivative in
            state.withUnsafeBufferPointer { evaluate($0, derivative) }
          }
          return result
        }

        private func evaluate(
          _ state: UnsafeBufferPointer<Double>, _ derivative: UnsafeMutableBufferPointer<Double>
        ) {
      \(program.lines.map { "  " + $0 }.joined(separator: "\n"))
        }
      }

      """
  }

  private var constants: String {
    var identifiers = program.identifiers
    var text = ""
    for entry in program.constants.entries {
      let name = identifiers.identifier(entry.symbol, in: system.graph)
      if entry.offset != nil {
        text += "  private let \(name): [Double]\n"
      } else if entry.shape.isEmpty {
        text += "  private let \(name): Double = \(LoopDialect.swift.literal(entry.values[0]))\n"
      } else {
        text += """
            private let \(name): [Double] = [
          \(entry.values.map(LoopDialect.swift.literal(_:)).wrapped(indentation: "    ")),
            ]

          """
      }
    }
    return text
  }

  private func initializer(_ hasData: Bool) -> String {
    let allocation = "workspace = .allocate(capacity: \(max(1, program.workspace)))"
    guard hasData else {
      return """

          init() { \(allocation) }

        """
    }
    var identifiers = program.identifiers
    let parts = program.constants.entries.compactMap { entry in
      entry.offset.map {
        let name = identifiers.identifier(entry.symbol, in: system.graph)
        return "    \(name) = Array(numbers[\($0)..<\($0 + entry.values.count)])\n"
      }
    }.joined()
    return """

        /// Reads the constants, little-endian doubles; by default from beside this file.
        init(data path: String? = nil) throws {
          let file =
            path.map(URL.init(fileURLWithPath:))
            ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("\(dataFile)")
          let bytes = try Data(contentsOf: file)
          guard bytes.count == \(program.constants.data.count * 8) else {
            throw CocoaError(.fileReadCorruptFile)
          }
          let numbers = bytes.withUnsafeBytes { bytes in
            (0..<\(program.constants.data.count)).map {
              Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self)))
            }
          }
      \(parts)    \(allocation)
        }

      """
  }
}
