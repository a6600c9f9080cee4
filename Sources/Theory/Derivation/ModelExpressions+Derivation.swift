import InductionModel
import SymbolicTensors

/// What the derivations of all losses of the whole model have in common.
extension ModelExpressions {
  /// The loss in named steps, its flow, what the flow conserves, and the flow's numbers.
  ///
  /// - Parameters:
  ///   - introduction: says what the letters of the definition mean.
  ///   - constants: the numbers of all symbols but the parameters.
  func derivation(
    of loss: Expression, introduction: String, notation: ModelNotation,
    constants: [Symbol: [Double]], _ request: DerivationRequest
  ) -> Derivation {
    var printer = LatexPrinter(graph, notation.notation)
    var document = request.document
    document.add(.heading("Definition"))
    document.add(.text(introduction))
    document.add(.equations(printer.equations([("L", loss)])))
    document.add(.heading("Flow"))
    document.add(.text(GradientText.explanation))
    let slope = parameters.gradient(of: loss)
    document.add(.equations(printer.equations(notation.flow(slope))))
    ConservationSteps(parameters, trained: request.trained)
      .write(loss, start: request.start, to: &document)
    return Derivation(
      document: document, system: flowSystem(slope, request, constants: constants),
      notation: notation.notation, states: parameters.space.latex)
  }
}

extension ModelDefinition {
  /// The lags that head h sees, as a text says it.
  var lagsInWords: String {
    variant.windows == .shared
      ? "lags $j=1,\\ldots,\(window)$"
      : "lags $h,\\ldots,h+\(window - 1)$, of which $j$ counts from 1"
  }
}
