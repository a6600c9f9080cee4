/// Values of a scalar program as C expressions in the names of those before them: `x[3]`, `t12`, or a number.
struct CExpressions {
  let program: LoweredProgram
  /// Positions in `x`.
  let inputs: [Symbol: Int]

  func text(_ id: ValueID) -> String {
    switch program[id].operation {
    case .constant(let number): Self.literal(number)
    case .input(let symbol, _): "x[\(inputs[symbol] ?? 0)]"
    default: "t\(id)"
    }
  }

  func expression(_ value: LoweredValue) -> String {
    switch value.operation {
    case .add(let terms): sum(terms)
    case .multiply(let factors): factors.map(text).joined(separator: " * ")
    case .power(let base, let exponent): Self.power(text(base), exponent)
    case .larger(let left, let right): "larger(\(text(left)), \(text(right)))"
    case .function(let function, let argument): function.row.c(text(argument))
    // Scalars have no axes to run along.
    case .constant, .input, .delta, .softmax, .reduce, .matrixProduct: Self.literal(.nan)
    }
  }

  /// By halves: an error of log n roundings, and independent additions side by side.
  private func sum(_ terms: [LoweredValue.Weighted]) -> String {
    var level = terms.map { term -> (text: String, isNegative: Bool) in
      if case .constant(let number) = program[term.value].operation {
        return (Self.literal(term.weight * number), false)
      }
      switch term.weight {
      case 1: return (text(term.value), false)
      case -1: return (text(term.value), true)
      default: return ("\(Self.literal(term.weight)) * \(text(term.value))", false)
      }
    }
    while level.count > 1 {
      level = stride(from: 0, to: level.count, by: 2).map { first in
        guard first + 1 < level.count else { return level[first] }
        let (left, right) = (level[first], level[first + 1])
        return switch (left.isNegative, right.isNegative) {
        case (false, true): ("(\(left.text) - \(right.text))", false)
        case (true, false): ("(\(right.text) - \(left.text))", false)
        case (let negative, _): ("(\(left.text) + \(right.text))", negative)
        }
      }
    }
    return (level[0].isNegative ? "-" : "") + level[0].text
  }

  private static func power(_ base: String, _ exponent: Number) -> String {
    if exponent.isNegative {
      return exponent == -1 ? "1.0 / \(base)" : "1.0 / (\(power(base, -exponent)))"
    }
    if let integer = exponent.integer, integer <= 64 { return "whole_power(\(base), \(integer))" }
    return exponent == Number(1, over: 2)
      ? "sqrt(\(base))" : "pow(\(base), \(literal(exponent.doubleValue)))"
  }

  /// Hexadecimal, so that no digit is lost; in parentheses, so that a sign meets no other.
  static func literal(_ value: Double) -> String {
    if value.isNaN { return "(0.0 / 0.0)" }
    if value.isInfinite { return value < 0 ? "(-1.0 / 0.0)" : "(1.0 / 0.0)" }
    let digits = String(value.significandBitPattern, radix: 16)
    let padded = String(repeating: "0", count: 13 - digits.count) + digits
    let sign = value.sign == .minus ? "-" : ""
    if value == 0 { return "(\(sign)0.0)" }
    return value.isNormal
      ? "(\(sign)0x1.\(padded)p\(value.exponent))" : "(\(sign)0x0.\(padded)p-1022)"
  }
}
