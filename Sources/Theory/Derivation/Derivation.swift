import InductionModel
import SymbolicTensors

/// What a level of theory derives from the model's definition: a document with every step, and the flow as a
/// system that can be written in other languages.
public struct Derivation {
  public let document: DerivationDocument
  /// θ' by component of the state, in the order of `Parameters.flat`.
  public let system: FlowSystem
  /// How the system's symbols and the components of the state are written in LaTeX.
  public let notation: Notation
  public let states: [String]

  /// θ' as the left side of an equation, by component of the state.
  public static func velocity(_ state: String) -> String {
    let head = state.prefix { $0 != "_" && $0 != "^" }
    return "\\dot{\(head)}\(state.dropFirst(head.count))"
  }
}

/// What a derivation is asked for.
public struct DerivationRequest: Sendable {
  /// The groups that train; the parameters of the others stay.
  public let trained: [ParameterGroup]
  public let start: Parameters
  public let title: String
  /// The command that the output says it was made by.
  public let command: String
  /// Of the program.
  public let version: String

  public init(
    trained: [ParameterGroup] = ParameterGroup.allCases, start: Parameters, title: String = "",
    command: String = "", version: String = ""
  ) {
    self.trained = trained
    self.start = start
    self.title = title
    self.command = command
    self.version = version
  }

  /// At the head of a source.
  var heading: [String] {
    let names = trained.map(\.rawValue).joined(separator: ", ")
    let parts = trained.count == ParameterGroup.allCases.count ? "" : " Trained: \(names)."
    return ["\(title).\(parts)", "Derived by inflow \(version): \(command)"]
  }

  var document: DerivationDocument {
    var document = DerivationDocument(title: title)
    document.add(.text("Made by `\(command)`."))
    return document
  }
}

/// How the parameters of the model are written, at every level.
struct ModelNotation {
  let model: ModelExpressions
  var notation = Notation()

  /// - Parameter indices: of the parameters' entries, one a symbol's axis.
  init(_ model: ModelExpressions) {
    self.model = model
    for (position, symbol) in model.attention.enumerated() {
      notation.write(symbol, as: "w^{(\(position + 1))}_{#1}")
    }
    for (symbol, set) in zip(model.coefficients, model.model.sets) {
      notation.write(symbol, as: "c_{\(Self.latex(set))}")
    }
    if case .reduced(let weights, let shares) = model.coordinates {
      for (position, symbol) in weights.enumerated() {
        notation.write(symbol, as: "\\sigma^{(\(position + 1))}_{#1}")
      }
      for (symbol, set) in zip(shares, model.model.sets) {
        notation.write(symbol, as: "p_{\(Self.latex(set))}")
      }
      return
    }
    let total = model.graph.sum(model.coefficients.map { model.graph($0).squared })
    if model.model.variant.coefficients == .square { notation.name(total, "C") }
    for (share, set) in zip(model.shares, model.model.sets) {
      notation.name(share, "p_{\(Self.latex(set))}")
    }
  }

  static func latex(_ set: HeadSet) -> String {
    set.count == 0
      ? "\\varnothing" : "\\lbrace \(set.members.map(String.init).joined(separator: ","))\\rbrace"
  }

  /// The left sides θ' of the flow by tensor.
  func velocities(lag: String) -> [String] {
    let weights = model.attention.indices.map { "w^{(\($0 + 1))}_{\(lag)}" }
    return (weights + others).map(Derivation.velocity)
  }

  /// The components of the state, in the order of `Parameters.flat`.
  var states: [String] {
    let weights = (1...model.model.heads).flatMap { head in
      model.model.lags(ofHead: head).map { "w^{(\(head))}_{\($0)}" }
    }
    return weights + others
  }

  private var others: [String] { model.model.sets.map { "c_{\(Self.latex($0))}" } + ["a"] }
}

extension ModelExpressions {
  /// The flow θ' = −∂L/∂θ of the trained groups; the other parameters stay.
  func flowSystem(
    _ slope: [Expression], lag: Index, _ request: DerivationRequest, constants: [Symbol: [Double]]
  ) -> FlowSystem {
    let groups: [ParameterGroup] =
      attention.map { _ in .attention } + coefficients.map { _ in .coefficients } + [.scale]
    let symbols = attention + coefficients + [scale]
    let components = zip(zip(symbols, groups), slope).map { owner, slope in
      FlowSystem.Component(
        symbol: owner.0, indices: graph.shape(of: owner.0).isEmpty ? [] : [lag],
        derivative: request.trained.contains(owner.1) ? -slope : graph.constant(0))
    }
    return FlowSystem(
      graph: graph, heading: request.heading, components: components, names: model.parameterNames,
      initial: request.start.flat, constants: constants)
  }
}
