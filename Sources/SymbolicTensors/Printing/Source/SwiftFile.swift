extension FlowSystem {
  /// A self-contained Swift file: a class `Flow` with `names`, `initialState` and the derivative at a state.
  ///
  /// - Parameter dataFile: the name of the data file, read by the initializer.
  public func swiftFile(dataFile: String) -> ExportedSource {
    let functions = FlowFunctions(self, .swift, reserved: SwiftWriter.reserved, jacobian: nil)
    let text = SwiftWriter(system: self, functions: functions, dataFile: dataFile).text
    return ExportedSource(text: text, data: functions.constants.data)
  }
}

private struct SwiftWriter {
  let system: FlowSystem
  let functions: FlowFunctions
  let dataFile: String

  static let reserved: Set = [
    "as", "break", "case", "catch", "class", "continue", "default", "defer", "deinit", "do", "else", "enum",
    "extension", "fallthrough", "false", "for", "func", "guard", "if", "import", "in", "init", "inout",
    "internal",
    "is", "let", "nil", "operator", "private", "protocol", "public", "repeat", "rethrows", "return", "self",
    "static", "struct", "subscript", "super", "switch", "throw", "throws", "true", "try", "typealias", "var",
    "where", "while", "exp", "log", "abs", "sqrt", "pow", "state", "derivative", "time", "workspace", "total",
    "largest", "names", "initialState", "data", "Flow", "multiply",
  ]

  var text: String {
    let hasData = !functions.constants.data.isEmpty
    let names = system.names.map { "\"\($0)\"" }.wrapped(indentation: "    ")
    let initial = system.initial.map(SourceDialect.swift.literal(_:)).wrapped(indentation: "    ")
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
      \(functions.flow.lines.map { "  " + $0 }.joined(separator: "\n"))
        }
      \(functions.flow.helpers.contains(.multiply) ? SwiftParts.multiply : "")\(functions.flow.definitions)}

      """
  }

  private var constants: String {
    var identifiers = functions.identifiers
    var text = ""
    for entry in functions.constants.entries {
      let name = identifiers.identifier(entry.symbol, in: system.graph)
      if entry.offset != nil {
        text += "  private let \(name): [Double]\n"
      } else if entry.shape.isEmpty {
        text += "  private let \(name): Double = \(SourceDialect.swift.literal(entry.values[0]))\n"
      } else {
        text += """
            private let \(name): [Double] = [
          \(entry.values.map(SourceDialect.swift.literal(_:)).wrapped(indentation: "    ")),
            ]

          """
      }
    }
    return text
  }

  private func initializer(_ hasData: Bool) -> String {
    let allocation = "workspace = .allocate(capacity: \(max(1, functions.flow.workspace)))"
    guard hasData else {
      return """

          init() { \(allocation) }

        """
    }
    var identifiers = functions.identifiers
    let parts = functions.constants.entries.compactMap { entry in
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
          guard bytes.count == \(functions.constants.data.count * 8) else {
            throw CocoaError(.fileReadCorruptFile)
          }
          let numbers = bytes.withUnsafeBytes { bytes in
            (0..<\(functions.constants.data.count)).map {
              Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self)))
            }
          }
      \(parts)    \(allocation)
        }

      """
  }
}
