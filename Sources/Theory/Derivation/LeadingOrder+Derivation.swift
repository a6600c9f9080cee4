import InductionModel
import MarkovChains
import SymbolicTensors

extension LeadingOrderLoss {
  /// The expansion in a, the coefficient tensors, the flow and its stages.
  ///
  /// - Throws: `TheoryError.noExpansion`.
  public func derivation(_ request: DerivationRequest) throws -> Derivation {
    var document = request.document
    let replaced = expressions.model.replaced
    let expansion = try ExpansionSteps(model: model, loss: loss, laws: laws, order: order, parts: replaced)
    expansion.write(to: &document)
    if order == 1, expansion.isLinearInShares {
      let stages = ReducedStages(model, parts: replaced)
      stages.writeFlow(to: &document)
      if replaced == nil {
        if model.variant.coefficients == .square { stages.writeFirstStage(to: &document) }
        if let selected = selectedSet { stages.writeSecondStage(selected, to: &document) }
        if let selected = selectedSet, model.variant == .paper {
          ScaleStage(model, loss, laws).write(selected, to: &document)
        }
      }
    }
    let names = ModelNotation(expressions.model)
    if order > 1 || !expansion.isLinearInShares {
      let slope = expressions.model.parameters.gradient(of: expressions.loss)
      var printer = LatexPrinter(expressions.graph, names.notation)
      document.add(.heading("Flow"))
      document.add(.text(GradientText.explanation))
      document.add(.equations(printer.equations(names.flow(slope))))
    }
    ConservationSteps(expressions.model.parameters, trained: request.trained).write(
      expressions.loss, start: request.start,
      rates: { [self] point in
        var slope = point
        gradient(point, into: &slope)
        return slope
      }, to: &document)
    return Derivation(
      document: document,
      system: flow(request), notation: names.notation, states: model.parameterSpace.latex)
  }

  /// The flow of the trained groups with its numbers.
  public func flow(_ request: DerivationRequest) -> FlowSystem {
    let slope = expressions.model.parameters.gradient(of: expressions.loss)
    return expressions.model.flowSystem(slope, request, constants: resources.constants)
  }

  /// S*, where heads stand for their own lags.
  private var selectedSet: HeadSet? {
    guard let information = try? Information(laws, largest: min(model.degree, laws.window)) else {
      return nil
    }
    let set = information.selectedSet(heads: model.heads, degree: model.degree).set
    return set.members.isEmpty ? nil : HeadSet(set.members)
  }
}
