import SymbolicTensors
import Theory

extension DerivationRun {
  /// One explicit equation for each component.
  ///
  /// - Throws: `DerivationError` for equations that are too many for what reads the format; nothing is written then.
  public func scalarForm(_ format: Format, _ coefficients: FlowSystem.ScalarCoefficients) throws
    -> ScalarDerivation
  {
    try ScalarDerivation(self, format, coefficients)
  }
}

/// A flow in explicit scalar equations whose size is known, and allowed, before they are written.
public struct ScalarDerivation {
  /// What the length of the text and the time of its reader are proportional to: operands of all statements.
  public let operands: Int

  private let system: FlowSystem
  private let notation: Notation
  private let run: DerivationRun
  private let format: DerivationRun.Format

  /// Entries of tensors that are written out in some seconds.
  static let mostEntries = 4_000_000

  fileprivate init(
    _ run: DerivationRun, _ format: DerivationRun.Format, _ coefficients: FlowSystem.ScalarCoefficients
  ) throws {
    (self.run, self.format) = (run, format)
    let derivation = run.derivation
    do {
      (system, notation) = try derivation.system.unrolled(
        coefficients, notation: derivation.notation, states: derivation.states,
        softmax: format.isRun ? .shifted : .plain, limit: Self.mostEntries)
    } catch ScalarSystemError.tooLarge(let entries, let limit) {
      throw DerivationError.tooManyEntries(entries, limit: limit)
    }
    let most = format.mostOperands
    var operands = format.operands(of: system.flowSize)
    // A Jacobian is not derived for a flow that is too large already.
    if operands <= most, format.hasJacobian { operands += format.operands(of: system.jacobianSize) }
    guard operands <= most else { throw DerivationError.tooLarge(operands: operands, format) }
    self.operands = operands
  }

  /// Bytes of text, within some tens of percent.
  public var expectedSize: Int { operands * format.bytesOfOperand }

  public var source: ExportedSource {
    switch format {
    case .python: system.pythonModule(dataFile: DerivationRun.dataFileName)
    case .c: system.cFile(dataFile: DerivationRun.dataFileName)
    case .swift: system.swiftFile(dataFile: DerivationRun.dataFileName)
    case .latex: ExportedSource(text: document.latex)
    case .markdown: ExportedSource(text: document.markdown)
    }
  }

  private var document: DerivationDocument {
    var document = DerivationDocument(title: run.derivation.document.title)
    var printer = LatexPrinter(system.graph, notation)
    document.add(.text("Made by `\(run.command)`."))
    document.add(
      .text(
        "The flow written out by component. $T_1, T_2, \\ldots$ are results that occur more than once or are too "
          + "long for a line."))
    let sides = zip(run.derivation.states, system.components).map {
      (left: Derivation.velocity($0), right: $1.derivative)
    }
    document.add(.equations(printer.equations(sides)))
    return document
  }
}

extension DerivationRun.Format {
  /// Beyond it what reads the format takes too long, or gives up. docs/derivation-speed.md has the measurements.
  var mostOperands: Int {
    switch self {
    case .python: 200_000
    case .c: 50_000
    case .swift: 20_000
    case .latex, .markdown: 30_000
    }
  }

  /// What the limit stands for.
  var reader: String {
    switch self {
    case .python: "CPython imports in some 3 s"
    case .c: "clang -O2 compiles in some 10 s"
    case .swift: "swiftc -O compiles in some 10 s"
    case .latex, .markdown: "fill some 150 pages, within the memory of TeX"
    }
  }

  fileprivate var bytesOfOperand: Int {
    switch self {
    case .python, .c, .swift: 20
    case .latex, .markdown: 20
    }
  }

  fileprivate var hasJacobian: Bool { self == .python || self == .c }

  /// Long sums are tables in what is run, and stand in full in what is read.
  fileprivate func operands(of size: ScalarSize) -> Int { isRun ? size.tabulated : size.written }
}

/// Equations that cannot be written as asked.
public enum DerivationError: Error, Equatable, CustomStringConvertible {
  /// Scalar equations of more operands than their reader takes.
  case tooLarge(operands: Int, DerivationRun.Format)
  /// Scalar equations over more entries of tensors than are written out.
  case tooManyEntries(Int, limit: Int)

  public var description: String {
    switch self {
    case .tooLarge(let operands, let format):
      "--form: found scalar equations of \(operands) operands; allowed: at most \(format.mostOperands) in "
        + "\(format.rawValue), which \(format.reader); \(Self.remedy)"
    case .tooManyEntries(let entries, let limit):
      "--form: found scalar equations over \(entries == .max ? "more than 10^18" : "\(entries)") entries of "
        + "tensors; allowed: at most \(limit); \(Self.remedy)"
    }
  }

  private static let remedy =
    "take --form tensor, which does not grow with the sizes, or --level leading-order, or lower model.window, "
    + "model.heads or the number of kernels"
}
