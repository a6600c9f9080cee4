import InductionModel
import ParameterSpaces

/// One point of the full model, or a vector of its tangent space; matrices row-major, acting on row vectors.
public struct FullParameters: Hashable, Sendable {
  /// w, [head][lag that it sees].
  public var position: [Double]
  /// Q^h, [head][token][column].
  public var query: [Double]
  /// K^h, [head][token][column].
  public var key: [Double]
  /// V^h, [head][token][feature].
  public var value: [Double]
  /// γ of LayerNorm, [feature].
  public var gain: [Double]
  /// β of LayerNorm, [feature].
  public var bias: [Double]
  /// c, one per set in the order of `ModelDefinition.sets`.
  public var coefficients: [Double]
  /// a.
  public var scale: Double

  public static func zero(_ model: ModelDefinition) -> FullParameters {
    let maps = Array(repeating: 0.0, count: model.heads * model.tokens * model.tokens)
    let features = Array(repeating: 0.0, count: model.tokens)
    return FullParameters(
      position: Array(repeating: 0, count: model.heads * model.window), query: maps, key: maps, value: maps,
      gain: features, bias: features, coefficients: Array(repeating: 0, count: model.sets.count), scale: 0)
  }

  /// In the order of `FullTransformer.space`.
  public var flat: [Double] { position + query + key + value + gain + bias + coefficients + [scale] }

  /// The inverse of `flat`.
  public init(flat: some Collection<Double>, model: ModelDefinition) {
    self = .zero(model)
    precondition(flat.count == self.flat.count, "a flat vector has a number for every parameter")
    var rest = Array(flat)[...]
    func take(_ count: Int) -> [Double] {
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
    position = take(position.count)
    query = take(query.count)
    key = take(key.count)
    value = take(value.count)
    gain = take(gain.count)
    bias = take(bias.count)
    coefficients = take(coefficients.count)
    scale = rest.first ?? 0
  }

  private init(
    position: [Double], query: [Double], key: [Double], value: [Double], gain: [Double], bias: [Double],
    coefficients: [Double], scale: Double
  ) {
    (self.position, self.query, self.key, self.value) = (position, query, key, value)
    (self.gain, self.bias, self.coefficients, self.scale) = (gain, bias, coefficients, scale)
  }
}

extension ParameterGroup {
  /// w, the relative positional logits of all heads.
  public static let position: ParameterGroup = "position"
  public static let query: ParameterGroup = "query"
  public static let key: ParameterGroup = "key"
  public static let value: ParameterGroup = "value"
  /// γ and β of LayerNorm.
  public static let norm: ParameterGroup = "norm"
}

extension ModelDefinition {
  /// What trains in the full model of these sizes: w, Q, K and V by head, γ, β, then c by set, then a.
  var fullParameterSpace: ParameterSpace {
    let places = (0..<tokens).map(String.init)
    func maps(_ letter: String, _ group: ParameterGroup) -> [ParameterBlock] {
      (1...heads).map { head in
        ParameterBlock(
          "\(letter)\(head)", name: "\(letter)[\(head) #1 #2]", latex: "\(letter)^{(\(head))}_{#1 #2}",
          group: group, axes: [.init("r", labels: places), .init("s", labels: places)])
      }
    }
    let own = parameterSpace.blocks
    let position = own.filter { $0.group == .attention }.map {
      ParameterBlock($0.symbol, name: $0.name, latex: $0.latex, group: .position, axes: $0.axes)
    }
    let norm = [("gain", "\\gamma"), ("bias", "\\beta")].map { name, latex in
      ParameterBlock(
        name, name: "\(name)[#1]", latex: "\(latex)_{#1}", group: .norm,
        axes: [.init("s", labels: places)])
    }
    return ParameterSpace(
      position + maps("Q", .query) + maps("K", .key) + maps("V", .value) + norm
        + own.filter { $0.group != .attention })
  }
}
