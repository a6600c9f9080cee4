import Foundation
import Testing

/// The files of the disentangled model, which programs of users read: what stands here was written before there was
/// another model.
@Suite struct StableFormatTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    try place.write(
      """
      source: {tokens: 2, parents: [1], prior: {dirichlet: 0.5, kernels: 4, seed: 7}}
      model: {window: 2, heads: 2, degree: 1, variant: {windows: shifted}}
      loss: {epsilon: 1e-3}
      theory:
        level: finite-context
        sequences: {context: 20, count: 2}
        stages: [{until: {time: 3}}]
        output: {points: 3}
      training:
        context: 20
        data: {fixed: 8}
        held-out: {count: 16}
        stages: [{steps: 3}]
        measure: {points: 3}
        checkpoints: {points: 2}
        seeds: [1]

      """, to: "c.yaml")
  }

  private func run(_ arguments: String...) throws -> String {
    let result = Command.finish(try Command.start(arguments, in: place.path))
    try #require(result.status == 0, "\(result.error)")
    return result.output
  }

  private func header(_ file: String) throws -> String { String(try place.read(file).prefix { $0 != "\n" }) }

  @Test func tables() throws {
    _ = try run("train", "c.yaml", "--out", "trained")
    _ = try run("integrate", "c.yaml", "--out", "flow")
    let columns =
      "loss,a,w[1 1],w[1 2],w[2 2],w[2 3],c[],c[1],c[2],sigma[1 1],sigma[1 2],sigma[2 2],sigma[2 3],p[],p[1],p[2],row"
    #expect(try header("trained/seed-1/trajectory.csv") == "time,step,\(columns)")
    #expect(try header("flow/trajectory.csv") == "time,\(columns)")
    #expect(
      try header("trained/seed-1/measurements.csv")
        == "time,step,batch-loss,standard-error,C,C drift,sum w[1],sum w[1] drift,sum w[2],sum w[2] drift,"
        + "gradient-norm,gradient-norm[attention],gradient-norm[coefficients],gradient-norm[scale],match[1],match[2],"
        + "lag[1 1],lag[1 2],lag[1 3],lag[2 1],lag[2 2],lag[2 3],induction-score,icl-score,row")
    let point = #"[[#, #], [#, #]], "coefficients": {"[]": #, "[1]": #, "[2]": #}, "scale": #}"#
    for folder in ["trained/seed-1", "flow"] {
      #expect(try masked(place.read("\(folder)/parameters.json")) == #"{"format": #, "attention": "# + point)
    }
    #expect(
      try place.read("trained/seed-1/checkpoint.json").split(separator: "\n").prefix(4).joined(
        separator: "\n")
        == "{\n  \"format\" : 1,\n  \"parameters\" : {\n    \"attention\" : [")
    #expect(try masked(place.read("trained/seed-1/summary.json")).hasSuffix(Self.summaryEnd))
    let tensors = try Data(contentsOf: URL(fileURLWithPath: place["trained/seed-1/parameters.safetensors"]))
    let text = String(decoding: tensors, as: UTF8.self)
    #expect(
      text.contains(
        #""attention":{"dtype":"F64","shape":[2,2],"data_offsets":[0,32]},"coefficients":{"dtype":"F64","shape":[3],"#
          + #""data_offsets":[32,56]},"scale":{"dtype":"F64","shape":[1],"data_offsets":[56,64]}}"#))
  }

  private static let summaryEnd = """
      "parameters": {
        "attention": [
          [#, #],
          [#, #]
        ],
        "coefficients": {"[]": #, "[1]": #, "[2]": #},
        "scale": #
      },
      "shares": {"[]": #, "[1]": #, "[2]": #},
      "attention_weights": [
        [#, #],
        [#, #]
      ],
      "winner": [],
      "selected_set": [#],
      "gap": #,
      "stages": [
        {
          "train": ["attention", "coefficients", "scale"],
          "end": #,
          "end_step": #,
          "ended_by": "steps"
        }
      ],
      "conserved": [
        {"name": "C", "initial": #, "change": #},
        {"name": "sum w[1]", "initial": #, "change": #},
        {"name": "sum w[2]", "initial": #, "change": #}
      ],
      "warnings": []
    }

    """

  @Test(arguments: ["theory", "transformer"]) func evaluation(engine: String) throws {
    #expect(
      try masked(run("evaluate", "c.yaml", "--with", engine)) == """
        {
          "level": "finite-context",
          "loss": #,
          "gradient": {
            "attention": [
              [#, #],
              [#, #]
            ],
            "coefficients": {"[]": #, "[1]": #, "[2]": #},
            "scale": #
          },
          "prediction": [
            [#, #],
            [#, #]
          ]
        }

        """)
  }

  /// With # for every number outside of quotes.
  private func masked(_ text: String) -> String {
    text.split(separator: "\"", omittingEmptySubsequences: false).enumerated().map { place, piece in
      place % 2 == 1 ? String(piece) : String(piece).replacing(/-?[0-9][-+.e0-9]*/, with: "#")
    }.joined(separator: "\"")
  }
}
