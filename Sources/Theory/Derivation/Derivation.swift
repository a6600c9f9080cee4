import Flows
import InductionModel
import ParameterSpaces
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
  /// The groups that train, nil for all; the parameters of the others stay.
  public let trained: [ParameterGroup]?
  public let start: Parameters
  public let title: String
  /// The command that the output says it was made by.
  public let command: String
  /// Of the program.
  public let version: String

  public init(
    trained: [ParameterGroup]? = nil, start: Parameters, title: String = "",
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
    let parts = trained.map { " Trained: \($0.map(\.rawValue).joined(separator: ", "))." } ?? ""
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
  var notation: Notation

  init(_ model: ModelExpressions) {
    self.model = model
    notation = model.parameters.notation
    if case .reduced(let weights, let shares) = model.coordinates {
      for (position, symbol) in weights.enumerated() {
        notation.write(symbol, as: "\\sigma^{(\(position + 1))}_{#1}")
      }
      for (symbol, set) in zip(shares, model.model.sets) { notation.write(symbol, as: "p_{\(set.latex)}") }
      return
    }
    let total = model.graph.sum(model.coefficients.map { model.graph($0).squared })
    if model.model.variant.coefficients == .square { notation.name(total, "C") }
    for (share, set) in zip(model.shares, model.model.sets) { notation.name(share, "p_{\(set.latex)}") }
  }

  /// θ' = −∂L/∂θ as equations of tensors.
  func flow(_ slope: [Expression]) -> [(left: String, right: Expression)] {
    zip(model.parameters.space.blocks, slope).map { block, slope in
      (Derivation.velocity(block.latexOfEntry), -slope)
    }
  }
}

extension ModelExpressions {
  /// The flow θ' = −∂L/∂θ of the trained groups; the other parameters stay.
  func flowSystem(_ slope: [Expression], _ request: DerivationRequest, constants: [Symbol: [Double]])
    -> FlowSystem
  {
    parameters.system(
      slope.map { -$0 }, trained: request.trained, start: request.start.flat, constants: constants,
      heading: request.heading)
  }
}
