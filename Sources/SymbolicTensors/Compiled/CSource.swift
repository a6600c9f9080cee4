/// A scalar program as C: one statement a value, children before parents. Long bodies are split into functions that
/// pass what later ones need through scratch memory, so that compile time stays linear in the number of operations.
struct CSource {
  /// Declarations and functions; the last one is `static void NAME(const double *x, double *y, double *s)`.
  let text: String
  /// How many values `s` must hold.
  let scratch: Int
  /// Additions, multiplications, functions.
  let operations: Int

  /// Operations a function: larger ones compile in more than linear time, smaller ones pass more through memory.
  private static let chunk = 800

  /// - Parameters:
  ///   - program: of scalars.
  ///   - inputs: the positions of symbols in `x`.
  init(_ program: LoweredProgram, inputs: [Symbol: Int], name: String) {
    let values = CExpressions(program: program, inputs: inputs)
    let statements = program.order.filter { program[$0].isComputed }
    var chunks: [[ValueID]] = [[]]
    var chunkOf: [ValueID: Int] = [:]
    var (total, inChunk) = (0, 0)
    for id in statements {
      let cost = program[id].operationCount
      if inChunk > 0, inChunk + cost > Self.chunk {
        chunks.append([])
        inChunk = 0
      }
      chunks[chunks.count - 1].append(id)
      chunkOf[id] = chunks.count - 1
      (total, inChunk) = (total + cost, inChunk + cost)
    }
    operations = total
    var slots: [ValueID: Int] = [:]
    for id in statements {
      for earlier in program[id].operands where slots[earlier] == nil {
        if let chunk = chunkOf[earlier], chunk != chunkOf[id] { slots[earlier] = slots.count }
      }
    }
    scratch = slots.count
    var outputs: [ValueID: [Int]] = [:]
    for (position, output) in program.outputs.enumerated() { outputs[output, default: []].append(position) }

    let arguments = "(const double *restrict x, double *restrict y, double *restrict s)"
    var parts: [String] = []
    for (number, chunk) in chunks.enumerated() {
      var lines = [
        chunks.count == 1
          ? "static void \(name)\(arguments) {"
          : "static __attribute__((noinline)) void \(name)_\(number)\(arguments) {"
      ]
      var loaded = Set<ValueID>()
      for id in chunk {
        for earlier in program[id].operands where chunkOf[earlier].map({ $0 != number }) ?? false {
          guard loaded.insert(earlier).inserted, let slot = slots[earlier] else { continue }
          lines.append("  const double t\(earlier) = s[\(slot)];")
        }
        lines.append("  const double t\(id) = \(values.expression(program[id]));")
        if let slot = slots[id] { lines.append("  s[\(slot)] = t\(id);") }
        for output in outputs[id] ?? [] { lines.append("  y[\(output)] = t\(id);") }
      }
      if number == 0 {
        for (position, output) in program.outputs.enumerated() where chunkOf[output] == nil {
          lines.append("  y[\(position)] = \(values.text(output));")
        }
      }
      parts.append((lines + ["}", ""]).joined(separator: "\n"))
    }
    if chunks.count > 1 {
      let calls = chunks.indices.map { "  \(name)_\($0)(x, y, s);" }.joined(separator: "\n")
      parts.append("static void \(name)\(arguments) {\n\(calls)\n}\n")
    }
    text = parts.joined(separator: "\n")
  }

  /// What the code calls.
  static let prelude = """
    double exp(double), log(double), pow(double, double), sqrt(double), fabs(double);
    static inline double larger(double a, double b) { return a < b ? b : a; }
    static inline double whole_power(double a, int n) {
      double r = 1;
      for (; n > 0; n >>= 1, a *= a) if (n & 1) r *= a;
      return r;
    }

    """
}

extension LoweredValue {
  /// Whether a statement computes it.
  fileprivate var isComputed: Bool {
    switch operation {
    case .constant, .input: false
    default: true
    }
  }

  /// Additions, multiplications, functions.
  fileprivate var operationCount: Int {
    switch operation {
    case .add(let terms): max(1, terms.count - 1 + terms.count { abs($0.weight) != 1 })
    default: 1
    }
  }
}
