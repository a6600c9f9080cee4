import InductionModel

/// `model`: architecture, sizes and variant. It is read straight into the definition.
enum ModelConfiguration {
  private static func section(_ cursor: Cursor) throws -> Section {
    try cursor.section("architecture", "window", "heads", "degree", "variant")
  }

  static func architecture(_ cursor: Cursor) throws -> Architecture {
    guard let cursor = try section(cursor)["architecture"] else { return Architectures.standard }
    let all = Architectures.all
    let name = try cursor.choice(among: all.map(\.name))
    return all.first { $0.name == name }.map(Architecture.init) ?? Architectures.standard
  }

  static func read(_ cursor: Cursor, tokens: Int, _ architecture: Architecture) throws -> ModelDefinition {
    let definition = try read(cursor, tokens: tokens, variant: architecture.definition.variant)
    do {
      try architecture.definition.check(definition)
    } catch {
      throw ConfigurationError(
        .conflict, at: cursor.tree.place, keyPath: "\(cursor.path).\(error.key)", found: error.found,
        allowed: "\(error.allowed), of model.architecture \(architecture.name)")
    }
    return definition
  }

  private static func read(_ cursor: Cursor, tokens: Int, variant standard: Variant) throws
    -> ModelDefinition
  {
    let section = try section(cursor)
    let window = try section.required("window", "M, how many lags a head sees")
      .integer(in: 1...ModelDefinition.largestWindow)
    let heads = try section.required("heads", "H, how many heads there are")
      .integer(in: 1...ModelDefinition.largestHeads)
    let degreeCursor = try section.required("degree", "D, the largest set of heads: from 1 to model.heads")
    let degree = try degreeCursor.integer(in: 1...heads)
    let variant = try section["variant"].map(Variant.init) ?? standard
    do {
      return try ModelDefinition(
        tokens: tokens, window: window, heads: heads, degree: degree, variant: variant)
    } catch ModelError.tooManySets(let heads, _, let most) {
      throw degreeCursor.error(
        .outOfRange, allowed: "at most \(most) sets of the \(heads) heads",
        suggestion: "lower model.degree or model.heads")
    }
  }

  static func tree(_ model: ModelDefinition, _ architecture: Architecture) -> ConfigurationTree {
    .map([
      "architecture": .word(architecture.name), "window": .integer(model.window),
      "heads": .integer(model.heads), "degree": .integer(model.degree),
      "variant": model.variant.tree,
    ])
  }
}

extension Variant {
  private static let presets: KeyValuePairs<String, Variant> = [
    "paper": .paper, "reference-code": .referenceCode,
  ]

  /// A preset's name, or a map of choices where those left out are the paper's.
  init(_ cursor: Cursor) throws {
    if let word = cursor.word {
      let names = Self.presets.map(\.key)
      guard let preset = Self.presets.first(where: { $0.key == word }) else {
        throw cursor.error(
          .outOfRange, allowed: names.joined(separator: ", ") + ", or a map of choices",
          suggestion: nearest(to: word, among: names).map { "did you mean \($0)?" })
      }
      self = preset.value
      return
    }
    let section = try cursor.section(
      "windows", "normalization", "keys", "feature-norm", "coefficients", "second-layer")
    let paper = Variant.paper
    self.init(
      windows: try section["windows"]?.choice(Windows.self) ?? paper.windows,
      normalization: try section["normalization"]?.choice(Normalization.self) ?? paper.normalization,
      keys: try section["keys"]?.choice(Keys.self) ?? paper.keys,
      featureNorm: try section["feature-norm"]?.choice(FeatureNorm.self) ?? paper.featureNorm,
      coefficients: try section["coefficients"]?.choice(Coefficients.self) ?? paper.coefficients,
      secondLayer: try section["second-layer"]?.choice(SecondLayer.self) ?? paper.secondLayer)
  }

  /// Every choice spelled out, so that a resolved configuration does not change with the presets.
  var tree: ConfigurationTree {
    .map([
      "windows": .word(windows.rawValue), "normalization": .word(normalization.rawValue),
      "keys": .word(keys.rawValue), "feature-norm": .word(featureNorm.rawValue),
      "coefficients": .word(coefficients.rawValue), "second-layer": .word(secondLayer.rawValue),
    ])
  }
}

extension Loss {
  /// `loss`: criterion and ε.
  init(_ cursor: Cursor?) throws {
    let section = try cursor?.section("criterion", "epsilon")
    self.init(
      criterion: try section?["criterion"]?.choice(Criterion.self) ?? .crossEntropy,
      epsilon: try section?["epsilon"]?.number(.nonNegative) ?? 0)
  }

  var tree: ConfigurationTree {
    .map(["criterion": .word(criterion.rawValue), "epsilon": .number(epsilon)])
  }
}
