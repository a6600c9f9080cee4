/// A tape as C: one statement an operation, in the tape's order. Long bodies are split into functions that pass
/// what later ones need through scratch memory, so that compile time stays linear in the number of operations.
struct CSource {
  /// What a value is: one number, or a vector of lanes.
  enum Element {
    case number
    case lanes

    fileprivate var type: String { self == .number ? "double" : "V" }
    fileprivate var prefix: String { self == .number ? "" : "v_" }
  }

  /// Declarations and functions; the last one is `static void NAME(const T *x, T *y, T *s)`.
  let text: String
  /// How many values `s` must hold.
  let scratch: Int

  /// Operations a function: larger ones compile in more than linear time, smaller ones pass more through memory.
  private static let chunk = 800

  init(_ tape: ScalarTape, name: String, element: Element) {
    let chunks = stride(from: 0, to: max(tape.operations.count, 1), by: Self.chunk).map {
      $0..<min($0 + Self.chunk, tape.operations.count)
    }
    let slots = Self.passed(tape)
    let (type, prefix) = (element.type, element.prefix)
    let arguments = "(const \(type) *restrict x, \(type) *restrict y, \(type) *restrict s)"
    func operand(_ operand: ScalarTape.Operand) -> String {
      switch operand {
      case .input(let position): "x[\(position)]"
      case .constant(let position): Self.literal(tape.constants[Int(position)])
      case .result(let position): "t\(position)"
      }
    }
    var outputs: [Int32: [Int]] = [:]
    for (position, output) in tape.outputs.enumerated() {
      if case .result(let result) = output { outputs[result, default: []].append(position) }
    }
    var parts: [String] = []
    for (number, range) in chunks.enumerated() {
      let isWhole = chunks.count == 1
      var lines = [
        isWhole
          ? "static void \(name)\(arguments) {"
          : "static __attribute__((noinline)) void \(name)_\(number)\(arguments) {"
      ]
      var loaded = Set<Int32>()
      for position in range {
        for case .result(let earlier) in tape.operations[position].operands
        where earlier < range.lowerBound && loaded.insert(earlier).inserted {
          lines.append("  const \(type) t\(earlier) = s[\(slots[earlier] ?? 0)];")
        }
        let value = Self.expression(tape.operations[position], prefix: prefix, operand)
        lines.append("  const \(type) t\(position) = \(value);")
        let result = Int32(position)
        if let slot = slots[result] { lines.append("  s[\(slot)] = t\(position);") }
        for output in outputs[result] ?? [] { lines.append("  y[\(output)] = t\(position);") }
      }
      if number == 0 {
        for (position, output) in tape.outputs.enumerated() {
          if case .result = output { continue }
          let zero = element == .number ? "" : "(V){0} + "
          lines.append("  y[\(position)] = \(zero)\(operand(output));")
        }
      }
      parts.append((lines + ["}", ""]).joined(separator: "\n"))
    }
    if chunks.count > 1 {
      let calls = chunks.indices.map { "  \(name)_\($0)(x, y, s);" }.joined(separator: "\n")
      parts.append("static void \(name)\(arguments) {\n\(calls)\n}\n")
    }
    text = parts.joined(separator: "\n")
    scratch = slots.count
  }

  /// Results that a later function needs, with their places in scratch memory.
  private static func passed(_ tape: ScalarTape) -> [Int32: Int] {
    var slots: [Int32: Int] = [:]
    for (position, operation) in tape.operations.enumerated() {
      for case .result(let earlier) in operation.operands
      where Int(earlier) / chunk != position / chunk && slots[earlier] == nil {
        slots[earlier] = slots.count
      }
    }
    return slots
  }

  private static func expression(
    _ operation: ScalarTape.Operation, prefix: String, _ operand: (ScalarTape.Operand) -> String
  ) -> String {
    let texts = operation.operands.map(operand)
    func call(_ name: String) -> String { "\(prefix)\(name)(\(texts.joined(separator: ", ")))" }
    return switch operation {
    case .add: "\(texts[0]) + \(texts[1])"
    case .subtract: "\(texts[0]) - \(texts[1])"
    case .multiply: "\(texts[0]) * \(texts[1])"
    case .divide: "\(texts[0]) / \(texts[1])"
    case .negate: "-\(texts[0])"
    case .squareRoot: call("sqrt")
    case .power: call("pow")
    case .exponential: call("exp")
    case .logarithm: call("log")
    case .absolute: call("fabs")
    case .sign: call("sign")
    case .rectifier: call("rectifier")
    case .step: call("step")
    case .unlessZero: call("unless_zero")
    case .maximum: call("maximum")
    }
  }

  /// Hexadecimal, so that no digit is lost; in parentheses, so that a sign meets no other.
  static func literal(_ value: Double) -> String {
    if value.isNaN { return "(0.0 / 0.0)" }
    if value.isInfinite { return value < 0 ? "(-1.0 / 0.0)" : "(1.0 / 0.0)" }
    let mantissa = value.significandBitPattern
    let digits = String(mantissa, radix: 16)
    let padded = String(repeating: "0", count: 13 - digits.count) + digits
    let sign = value.sign == .minus ? "-" : ""
    if value == 0 { return "(\(sign)0.0)" }
    return value.isNormal
      ? "(\(sign)0x1.\(padded)p\(value.exponent))" : "(\(sign)0x0.\(padded)p-1022)"
  }

  /// What one number's code calls.
  static let numberPrelude = """
    double exp(double), log(double), pow(double, double), sqrt(double), fabs(double);
    static inline double sign(double a) { return a > 0 ? 1 : a < 0 ? -1 : 0; }
    static inline double rectifier(double a) { return a > 0 ? a : 0; }
    static inline double step(double a) { return a > 0 ? 1 : 0; }
    static inline double unless_zero(double a, double b) { return a == 0 ? 0 : b; }
    static inline double maximum(double a, double b) { return a < b ? b : a; }

    """
}
