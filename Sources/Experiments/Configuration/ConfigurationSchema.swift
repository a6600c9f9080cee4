import InductionModel
import MarkovChains
import ODESolvers
import ParameterSpaces
import Theory

/// The configuration as a JSON schema (draft 2020-12), for editors: names, types, ranges and what they mean. What depends on
/// several keys at once is the reader's to refuse.
public enum ConfigurationSchema {
  public static var text: String { json.text }

  static var json: JSON {
    var members: [(key: String, value: JSON)] = [
      ("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
      ("title", .string("A configuration of inflow")),
    ]
    if case .object(let map) = configuration { members += map }
    return .object(members)
  }

  private static var configuration: JSON {
    map(
      "What a run depends on.", required: ["source", "model"],
      [
        (
          "format",
          .object(["const": .integer(Configuration.format), "description": .string("Of this file.")])
        ),
        ("name", word("What messages and files call the run.")),
        ("source", source), ("model", model), ("loss", loss), ("initial", initial), ("theory", theory),
        ("training", training),
      ])
  }

  private static var source: JSON {
    map(
      "Where sequences come from.",
      [
        (
          "tokens",
          either(
            "d, or the list of symbols.",
            [
              integer("d", 2, ModelDefinition.largestAlphabet),
              list("Symbols.", .object(["type": .string("string")]), least: 2),
            ])
        ),
        ("parents", list("The chain's lags, ascending.", integer("A lag.", 1), least: 1)),
        (
          "prior",
          map(
            "Kernels with independent Dirichlet rows.",
            [
              ("dirichlet", positive("α of every row.")), ("kernels", integer("How many are drawn.", 1)),
              ("seed", integer("Of the draw.", 0)),
            ])
        ),
        ("kernels", word("A kernels file, in place of prior.")),
        ("text", ownText),
        ("start", choice("Law of the first tokens.", Source.Start.allCases.map(\.rawValue))),
      ])
  }

  private static var ownText: JSON {
    let alphabet = either(
      "What its tokens are.",
      [
        choice("A known one.", ["dna", "letters"]),
        integer("d, of columns", 2, ModelDefinition.largestAlphabet),
        list("Symbols.", .object(["type": .string("string")]), least: 2),
      ])
    return map(
      "Sequences that kernels are estimated from, in place of prior and tokens.", required: ["file"],
      [
        ("file", either("Of the text.", [word("A file."), list("Files.", word("A file."), least: 1)])),
        ("format", choice("Of the files.", TextConfiguration.Format.allCases.map(\.rawValue))),
        ("alphabet", alphabet),
        (
          "blocks",
          either(
            "What a kernel is estimated from.",
            [choice("A part.", ["file", "record"]), integer("Tokens.", 2)])
        ),
        ("smoothing", positive("α of the estimate.")), ("held-out", unit("Share of each block's end.")),
        (
          "unknown",
          choice("What becomes of other characters.", TextFile.Unknown.allCases.map(\.rawValue))
        ),
        (
          "candidates",
          map(
            "Sets of lags that may be the parents.",
            [("lags", integer("The farthest.", 1, 16)), ("most", integer("Of a set.", 1, 16))])
        ),
      ])
  }

  private static var model: JSON {
    let choices = map(
      "Choices that differ from the paper's.",
      [
        ("windows", choice("Which lags a head sees.", Variant.Windows.allCases.map(\.rawValue))),
        ("normalization", choice("Of a head's output.", Variant.Normalization.allCases.map(\.rawValue))),
        ("keys", choice("What the second layer attends to.", Variant.Keys.allCases.map(\.rawValue))),
        ("feature-norm", choice("Of the features.", Variant.FeatureNorm.allCases.map(\.rawValue))),
        ("coefficients", choice("How shares come from c.", Variant.Coefficients.allCases.map(\.rawValue))),
        ("second-layer", choice("How scores become weights.", Variant.SecondLayer.allCases.map(\.rawValue))),
      ])
    return map(
      "The transformer.", required: ["window", "heads", "degree"],
      [
        (
          "architecture",
          choice(
            Architectures.all.map { "\($0.name): \($0.meaning)." }.joined(separator: " "),
            Architectures.all.map(\.name))
        ),
        ("window", integer("M, how many lags a head sees.", 1, ModelDefinition.largestWindow)),
        ("heads", integer("H.", 1, ModelDefinition.largestHeads)),
        ("degree", integer("D, the largest set of heads that has a coefficient, at most H.", 1)),
        (
          "variant",
          either("Of the definition.", [choice("A known one.", ["paper", "reference-code"]), choices])
        ),
      ])
  }

  private static var loss: JSON {
    map(
      "What is minimised.",
      [
        ("criterion", choice("−log(y + ε), or −log softmax(y).", Loss.Criterion.allCases.map(\.rawValue))),
        ("epsilon", nonNegative("ε; above 0 at finite context.")),
      ])
  }

  private static var initial: JSON {
    // An architecture refuses the keys of others by itself.
    let keys = Architectures.all.flatMap(\.initialKeys).reduce(into: [InitialKey]()) { keys, key in
      if !keys.contains(where: { $0.name == key.name }) { keys.append(key) }
    }
    return map(
      "Where theory and training start.",
      keys.map { (key: $0.name, value: initialValue($0)) } + [
        ("parameters", word("A parameters file, in place of the others."))
      ])
  }

  private static func initialValue(_ key: InitialKey) -> JSON {
    switch key.domain {
    case .number: number("\(key.meaning).")
    case .seed: integer("\(key.meaning).", 0)
    case .numberOrNormal:
      either(
        "\(key.meaning).",
        [
          number("The same for all."),
          map(
            "Independent normal numbers.", required: ["normal"],
            [("normal", nonNegative("Their standard deviation."))]),
        ])
    }
  }

  private static var theory: JSON {
    let set = map(
      "Of a set of heads.", required: ["set", "above"],
      [("set", list("Heads.", integer("A head.", 1))), ("above", unit("The share."))])
    let until = map(
      "The first to hold ends the stage.", required: ["time"],
      [
        ("time", positive("The longest that it lasts.")),
        ("share", either("Of S*.", [unit("The share."), set])),
        ("attention", unit("Least own-lag weight of the heads of S*.")),
        ("gradient-norm", positive("Of the groups that train.")),
        ("loss-rate", positive("Fall of the loss, by time.")),
      ])
    return map(
      "The flow and how it is integrated.",
      [
        ("level", choice("How exact the theory is.", TheoryLevel.allCases.map(\.rawValue))),
        ("order", integer("In a, of the leading-order level.", 1, 16)),
        ("sequences", sequences),
        (
          "stages",
          list("One after the other.", stage(.theory, required: ["until"], [("until", until)]), least: 1)
        ),
        (
          "solver",
          map(
            "Of the differential equation.",
            [
              ("stepper", choice("The method.", Stepper.allCases.map(\.rawValue))),
              ("relative", nonNegative("Tolerance.")), ("absolute", nonNegative("Tolerance.")),
              ("time", choice("What is integrated over.", TimeScale.allCases.map(\.rawValue))),
              ("steps", integer("After which a stage fails.", 1)),
            ])
        ),
        ("output", grid("Rows of the trajectory.")),
        ("correction", choice("For training's finite steps.", TheoryCorrection.allCases.map(\.rawValue))),
      ])
  }

  private static var sequences: JSON {
    map(
      "Of the finite-context level.",
      [
        ("context", integer("L.", 1, 1 << 24)), ("count", integer("How many are drawn.", 1, 1 << 30)),
        ("seed", integer("Of the draw.", 0)), ("file", word("A sequences file.")),
        (
          "all",
          .object([
            "type": .string("boolean"), "description": .string("Every sequence, with its probability."),
          ])
        ),
      ])
  }

  private static var training: JSON {
    let until = map(
      "The first to hold ends the stage.", required: ["time"],
      [
        ("time", positive("The longest that it lasts.")),
        (
          "share",
          either("Of S*, or of a set of heads.", [unit("The share."), .object(["type": .string("object")])])
        ),
        ("attention", unit("Least own-lag weight.")), ("gradient-norm", positive("Of the batch's gradient.")),
        ("loss-rate", positive("Fall of the loss, by time.")),
      ])
    return map(
      "Training with finite steps; no section means none.",
      [
        ("context", integer("L.", 1, 1 << 24)), ("data", data),
        (
          "held-out",
          map(
            "Sequences that the loss is measured on.",
            [
              ("count", integer("How many are drawn.", 1, 1 << 30)), ("seed", integer("Of the draw.", 0)),
              ("file", word("A sequences file.")),
            ])
        ),
        ("optimizer", optimizer),
        (
          "stages",
          list(
            "One after the other.", stage(.trained, [("steps", integer("How many.", 0)), ("until", until)]),
            least: 1)
        ),
        ("measure", grid("Rows of the trajectory.")), ("checkpoints", grid("States that are kept.")),
        ("seeds", list("One run each.", integer("A seed.", 0), least: 1)),
        ("precision", choice("Of activations.", TrainingConfiguration.Precision.allCases.map(\.rawValue))),
        ("epsilon", nonNegative("ε of the training loss where it is not the theory's.")),
      ])
  }

  private static var data: JSON {
    map(
      "What a step sees.",
      [
        ("fresh", integer("New sequences every step.", 1)), ("fixed", integer("Sequences drawn once.", 1)),
        ("file", word("A sequences file.")), ("batch", integer("Of fixed ones or a file, a step.", 1)),
        (
          "kernels",
          choice(
            "The source's list, or a new one per sequence.", TrainingData.Kernels.allCases.map(\.rawValue))
        ),
      ])
  }

  private static var optimizer: JSON {
    map(
      "What a step does.",
      [
        ("sgd", map("Gradient descent.", [("rate", positive("η.")), ("momentum", unit("β."))])),
        (
          "adam",
          map(
            "Adam.",
            [
              ("rate", positive("η.")), ("beta1", unit("Of the mean.")), ("beta2", unit("Of the square.")),
              ("epsilon", positive("Below the square root.")),
            ])
        ),
        (
          "schedule",
          either(
            "Of the rate.",
            [
              choice("None.", ["constant"]),
              map(
                "By steps of the whole run.",
                [
                  ("warmup", integer("Steps of it.", 0)),
                  (
                    "cosine",
                    map(
                      "Decay.", required: ["steps"],
                      [("steps", integer("Of it.", 0)), ("floor", unit("The end."))])
                  ),
                ]),
            ])
        ),
        (
          "clip",
          either("The largest norm of a gradient.", [choice("None.", ["none"]), positive("The norm.")])
        ),
      ])
  }

  private static func stage(
    _ groups: [ParameterGroup], required: [String] = [], _ others: [(key: String, value: JSON)]
  ) -> JSON {
    map(
      "A stage.", required: required,
      [("train", list("What trains.", choice("A group.", groups.map(\.rawValue))))] + others)
  }

  private static func grid(_ meaning: String) -> JSON {
    map(
      meaning,
      [
        ("points", integer("How many.", 2, 1_000_000)),
        ("spacing", choice("Even, or even in log(1 + t).", OutputGrid.Spacing.allCases.map(\.rawValue))),
        ("times", list("Given ones.", nonNegative("A time."))), ("every", choice("All.", ["step"])),
      ])
  }
}

extension [ParameterGroup] {
  /// Those of the theory's stages.
  fileprivate static let theory: [ParameterGroup] = [.attention, .coefficients, .scale]

  /// Those of all architectures; each refuses those of others by itself.
  fileprivate static var trained: [ParameterGroup] {
    guard let smallest = try? ModelDefinition(tokens: 2, window: 1, heads: 1, degree: 1) else {
      return theory
    }
    return Architectures.all.flatMap { $0.model(smallest, loss: Loss()).space.groups }
      .reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}

/// Pieces of schemas.
extension ConfigurationSchema {
  private static func described(_ meaning: String, _ members: [(key: String, value: JSON)]) -> JSON {
    .object(members + [("description", .string(meaning))])
  }

  private static func map(
    _ meaning: String, required: [String] = [], _ properties: [(key: String, value: JSON)]
  ) -> JSON {
    described(
      meaning,
      [("type", .string("object")), ("properties", .object(properties))]
        + (required.isEmpty ? [] : [("required", .array(required.map { .string($0) }))])
        + [("additionalProperties", .boolean(false))])
  }

  private static func word(_ meaning: String) -> JSON { described(meaning, [("type", .string("string"))]) }

  private static func number(_ meaning: String) -> JSON { described(meaning, [("type", .string("number"))]) }

  private static func positive(_ meaning: String) -> JSON {
    described(meaning, [("type", .string("number")), ("exclusiveMinimum", .integer(0))])
  }

  private static func nonNegative(_ meaning: String) -> JSON {
    described(meaning, [("type", .string("number")), ("minimum", .integer(0))])
  }

  private static func unit(_ meaning: String) -> JSON {
    described(meaning, [("type", .string("number")), ("minimum", .integer(0)), ("maximum", .integer(1))])
  }

  private static func integer(_ meaning: String, _ least: Int, _ greatest: Int? = nil) -> JSON {
    described(
      meaning,
      [("type", .string("integer")), ("minimum", .integer(least))]
        + (greatest.map { [("maximum", .integer($0))] } ?? []))
  }

  private static func choice(_ meaning: String, _ words: [String]) -> JSON {
    described(meaning, [("enum", .array(words.map { .string($0) }))])
  }

  private static func list(_ meaning: String, _ entry: JSON, least: Int = 0) -> JSON {
    described(
      meaning,
      [("type", .string("array")), ("items", entry)] + (least > 0 ? [("minItems", .integer(least))] : []))
  }

  private static func either(_ meaning: String, _ schemas: [JSON]) -> JSON {
    described(meaning, [("anyOf", .array(schemas))])
  }
}
