import CKernels
import Foundation
import Numerics

/// All that the module knows of a function: a new one is a row here and a case of its value.
struct FunctionRow {
  /// What the textual form calls it.
  let keyword: String
  /// Of a number where the result is exact; nil leaves it symbolic.
  let folded: (Number) -> Number?
  /// f'(x) of the argument's node, written with the node of f's own value where that is cheaper.
  let slope: (_ graph: ExpressionGraph, _ argument: NodeID, _ value: NodeID) -> NodeID
  /// What plans run.
  let tile: tile_operation
  /// Of a name or an array's entry.
  let c, swift, numpy: (String) -> String
  /// What stands around the argument in LaTeX.
  let latex: (left: String, right: String)
}

extension Function {
  var row: FunctionRow {
    switch self {
    case .exp:
      FunctionRow(
        keyword: "exp", folded: { $0.isZero ? .one : nil }, slope: { _, _, value in value }, tile: TILE_EXP,
        c: { "exp(\($0))" }, swift: { "exp(\($0))" }, numpy: { "np.exp(\($0))" },
        latex: ("\\exp\\left(", "\\right)"))
    case .log:
      FunctionRow(
        keyword: "log", folded: { $0.isOne ? .zero : nil },
        slope: { graph, argument, _ in graph.power(argument, -1) }, tile: TILE_LOG,
        c: { "log(\($0))" }, swift: { "log(\($0))" }, numpy: { "np.log(\($0))" },
        latex: ("\\log\\left(", "\\right)"))
    case .absolute:
      FunctionRow(
        keyword: "abs", folded: { $0.isNegative ? -$0 : $0 },
        slope: { graph, argument, _ in graph.apply(.sign, to: argument) }, tile: TILE_ABSOLUTE,
        c: { "fabs(\($0))" }, swift: { "abs(\($0))" }, numpy: { "np.abs(\($0))" },
        latex: ("\\left\\lvert ", "\\right\\rvert"))
    case .sign:
      FunctionRow(
        keyword: "sign", folded: { $0.isZero ? .zero : $0.isNegative ? -1 : 1 }, slope: Self.flat,
        tile: TILE_SIGN, c: Self.signText, swift: Self.signText, numpy: { "np.sign(\($0))" },
        latex: ("\\operatorname{sgn}\\left(", "\\right)"))
    case .rectifier:
      FunctionRow(
        keyword: "rectifier", folded: { $0.isNegative ? .zero : $0 },
        slope: { graph, argument, _ in graph.apply(.step, to: argument) }, tile: TILE_RECTIFIER,
        c: { "(\($0) > 0.0 ? \($0) : 0.0)" }, swift: { "(\($0) > 0.0 ? \($0) : 0.0)" },
        numpy: { "np.maximum(\($0), 0.0)" }, latex: ("\\max\\left(0, ", "\\right)"))
    case .step:
      FunctionRow(
        keyword: "step", folded: { $0 > .zero ? .one : .zero }, slope: Self.flat, tile: TILE_STEP,
        c: { "(\($0) > 0.0 ? 1.0 : 0.0)" }, swift: { "(\($0) > 0.0 ? 1.0 : 0.0)" },
        numpy: { "np.heaviside(\($0), 0.0)" }, latex: ("\\operatorname{step}\\left(", "\\right)"))
    case .guardedPower(let exponent):
      FunctionRow(
        keyword: "guarded_power", folded: { $0.isZero ? .zero : $0.raised(to: exponent) },
        slope: { graph, argument, _ in
          graph.scaled(graph.apply(.guardedPower(exponent - 1), to: argument), by: exponent)
        }, tile: TILE_GUARDED_POWER,
        c: { "(\($0) == 0.0 ? 0.0 : \(SourceDialect.c.power($0, exponent)))" },
        swift: { "(\($0) == 0.0 ? 0.0 : \(SourceDialect.swift.power($0, exponent)))" },
        numpy: { "_guarded_power(\($0), \(SourceDialect.python.literal(exponent)))" },
        latex: ("\\left(", "\\right)_{\\circ}^{\(LatexPiece(exponent).text)}"))
    }
  }

  /// Functions that a keyword alone names.
  static let byKeyword: [String: Function] = Dictionary(
    uniqueKeysWithValues: [Function.exp, .log, .absolute, .sign, .rectifier, .step]
      .map { ($0.row.keyword, $0) })

  private static func flat(_: ExpressionGraph, _: NodeID, _: NodeID) -> NodeID { ExpressionGraph.zero }

  private static func signText(_ x: String) -> String { "(\(x) > 0.0 ? 1.0 : \(x) < 0.0 ? -1.0 : 0.0)" }

  /// f(x) in any real type.
  @_specialize(where Scalar == Double)
  func value<Scalar: Real>(_ x: Scalar) -> Scalar {
    switch self {
    case .exp: .exp(x)
    case .log: .log(x)
    case .absolute: x < 0 ? -x : x
    case .sign: x > 0 ? 1 : x < 0 ? -1 : 0
    case .rectifier: x > 0 ? x : 0
    case .step: x > 0 ? 1 : 0
    case .guardedPower(let exponent): x == 0 ? 0 : exponent.power(of: x)
    }
  }
}

extension Number {
  /// The number in a real type, rationals divided there.
  func value<Scalar: Real>(as type: Scalar.Type) -> Scalar {
    switch self {
    case .rational(let numerator, let denominator): Scalar(numerator) / Scalar(denominator)
    case .real(let value): Scalar(value)
    }
  }

  /// base^self: whole powers and roots as such.
  func power<Scalar: Real>(of base: Scalar) -> Scalar {
    switch integer {
    case 1: return base
    case 2: return base * base
    case -1: return 1 / base
    case let integer?: return .pow(base, integer)
    case nil: break
    }
    return self == Number(1, over: 2) ? .sqrt(base) : .pow(base, value(as: Scalar.self))
  }
}
