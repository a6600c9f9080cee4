import InductionModel
import MarkovChains
import SymbolicTensors

/// The infinite-context loss expanded in a, and the coefficient tensors of its first order.
struct ExpansionSteps {
  private let exact: InfiniteContext
  private let terms: [Expression]
  private var names: ModelNotation
  /// What the first order is to each set, if it is linear in the shares and quadratic in each head's weights.
  private let readings: [(set: HeadSet, coefficient: Expression, reading: MonomialReading)]?

  var isLinearInShares: Bool { readings != nil }

  /// - Throws: `TheoryError.noExpansion`.
  init(model: ModelDefinition, loss: Loss, laws: WindowLaws, order: Int, parts: DefinitionParts?) throws {
    exact = InfiniteContext(model: model, loss: loss, laws: laws, parts: parts, isReduced: true)
    guard let terms = series(of: [exact.loss], in: exact.model.scaleSymbol, order: order)[0] else {
      throw TheoryError.noExpansion
    }
    self.terms = terms
    names = exact.notation
    guard case .reduced(let weights, let shares) = exact.model.coordinates,
      let form = terms[1].polynomial(in: Set(weights + shares))
    else {
      readings = nil
      return
    }
    let graph = exact.graph
    let found = form.monomials.map { monomial in
      MonomialReading(monomial, weights: weights, shares: shares, of: graph).map {
        (set: model.sets[$0.set], coefficient: monomial.coefficient, reading: $0)
      }
    }
    let complete = found.compactMap { $0 }
    readings = complete.count == found.count ? complete.sorted { $0.set < $1.set } : nil
  }

  func write(to document: inout DerivationDocument) {
    var notation = names.notation
    var sides: [(left: String, right: Expression)] = []
    document.add(.heading("The loss"))
    document.add(.text(InfiniteContext.introduction(exact.model.model)))
    var printer = LatexPrinter(exact.graph, notation)
    document.add(.equations(printer.equations([("L", exact.loss)])))
    document.add(.heading("Expansion in the scale"))
    document.add(
      .text(
        "The series of $L$ in $a$ is $L=L_0+aL_1+\\ldots$, found by series arithmetic on the expression and "
          + "simplified by what is known of sums of the laws."))
    document.add(.equations(printer.equations(terms.enumerated().map { ("L_{\($0)}", $1) })))
    guard let readings else { return }
    document.add(.heading("Coefficient tensors"))
    let (tensors, forms) = coefficientTensors(readings, &notation)
    document.add(
      .text(
        "$L_1=-\\sum_S p_S I_S(\\sigma)$ is linear in the shares and a form in the weights of the heads of each set: "
          + "what does not depend on them is a tensor $G$ of the source. $i_n,j_n$ are the lags of the $n$-th head "
          + "of $S$. Sets without a form have $I_S=0$."))
    sides += tensors
    printer = LatexPrinter(exact.graph, notation)
    document.add(.equations(printer.equations(sides)))
    document.add(.equations(printer.equations(forms)))
  }

  private typealias Sides = [(left: String, right: Expression)]

  /// G by its definition, and I_S as a contraction with G: equal tensors have one name.
  private func coefficientTensors(
    _ readings: [(set: HeadSet, coefficient: Expression, reading: MonomialReading)],
    _ notation: inout Notation
  ) -> (tensors: Sides, forms: Sides) {
    let graph = exact.graph
    let window = exact.lag.extent
    let most = readings.map(\.set.count).max() ?? 0
    let lags = (1...max(1, most)).map { position in
      (
        graph.index("i\(position)", extent: window, latex: "i_{\(position)}"),
        graph.index("j\(position)", extent: window, latex: "j_{\(position)}")
      )
    }
    var symbols: [Expression: Symbol] = [:]
    let sizes = Dictionary(grouping: readings, by: \.set.count)
      .mapValues { Set($0.map(\.coefficient)).count }
    var tensors: Sides = []
    var forms: Sides = []
    for (set, coefficient, reading) in readings {
      if set.count == 0 {
        forms.append(("I_{\(set.latex)}", -coefficient))
        continue
      }
      let own = lags.prefix(set.count)
      let indices = own.flatMap { [$0.0, $0.1] }
      let symbol: Symbol
      if let known = symbols[coefficient] {
        symbol = known
      } else {
        symbol = graph.symbol(
          "G\(symbols.count)", shape: indices.map(\.extent), role: .coefficient)
        symbols[coefficient] = symbol
        let label = sizes[set.count] == 1 ? "\(set.count)" : set.latex
        let slots = (0..<set.count).map { "#\(2 * $0 + 1),#\(2 * $0 + 2)" }.joined(separator: ";")
        notation.write(symbol, as: "G_{\(label)}(\(slots))")
        var names: [Index: Index] = [:]
        for (pair, target) in zip(reading.lags, own) {
          (names[pair.0], names[pair.1]) = (target.0, target.1)
        }
        let arguments = own.map { "i_{\(Self.digits($0.0, graph))},j_{\(Self.digits($0.1, graph))}" }
        tensors.append(
          ("G_{\(label)}(\(arguments.joined(separator: ";")))", -coefficient.renaming(names)))
      }
      guard case .reduced(let weights, _) = exact.model.coordinates else { continue }
      let entries = zip(reading.heads, own).flatMap { head, pair in
        [graph(weights[head], pair.0), graph(weights[head], pair.1)]
      }
      let body = graph.product(entries + [graph(symbol, at: indices)])
      forms.append(("I_{\(set.latex)}", body.sum(over: indices)))
    }
    return (tensors, forms)
  }

  private static func digits(_ index: Index, _ graph: ExpressionGraph) -> String {
    String(graph.name(of: index).drop { !$0.isNumber })
  }
}
