import Experiments
import Foundation
import Testing

@Suite struct SweepErrorTests {
  /// The axes, the key path and a part of the message.
  static let refusals: [(String, String, ConfigurationError.Kind, String)] = [
    ("axes: [{ky: initial.scale, list: [1]}]", "axes[0].ky", .unknownKey, "did you mean key?"),
    ("axes: []", "axes", .outOfRange, "at least one"),
    ("axes: [{key: initial.scale}]", "axes[0]", .missingKey, "one of list, linear, log"),
    ("axes: [{key: initial.scale, list: []}]", "axes[0].list", .outOfRange, "an empty list"),
    ("axes: [{key: initial.scale, list: [1, 2, 1]}]", "axes[0].list[2]", .outOfRange, "second time"),
    ("axes: [{key: initial.scale, list: [1], log: {}}]", "axes[0]", .conflict, "list and log"),
    ("axes: [{key: initial..scale, list: [1]}]", "axes[0].key", .syntax, "a key path such as"),
    (
      "axes: [{key: initial.scale, log: {from: 0, to: 1, points: 3}}]", "axes[0].log.from", .outOfRange,
      "above 0"
    ),
    ("axes: [{key: initial.scale, log: {from: 1, to: 2}}]", "axes[0].log.points", .missingKey, "both ends"),
    (
      "axes: [{key: initial.scale, linear: {from: 1, to: 1, points: 3}}]", "axes[0].linear", .outOfRange,
      "same"
    ),
    (
      "axes: [{key: initial.scale, log: {from: 1, to: 3, points: 9, round: integer}}]", "axes[0].log",
      .outOfRange,
      "same"
    ),
    (
      "axes: [{key: initial.scale, linear: {from: 0.5, to: 3, points: 3, round: integer}}]",
      "axes[0].linear.from",
      .wrongType, "an integer"
    ),
    (
      "axes: [{zip: [{key: initial.own, list: [1]}, {key: initial.other, list: [1, 2]}]}]", "axes[0].zip[1]",
      .conflict, "2 values of initial.other"
    ),
    (
      "axes: [{zip: [{key: initial.own, list: [1]}], list: [1]}]", "axes[0].list", .conflict, "nothing beside"
    ),
    ("axes: [{sobol: {points: 4, keys: {}}}]", "axes[0].sobol.keys", .wrongType, "a map such as"),
    ("axes: [{sobol: {points: 0, keys: {}}}]", "axes[0].sobol.points", .outOfRange, "from 1"),
    (
      "axes: [{sobol: {points: 4, keys: {initial.own: {from: 1}}}}]", "axes[0].sobol.keys.initial.own.to",
      .missingKey,
      "a number"
    ),
    ("axes: [{seeds: {key: source.prior.seed}}]", "axes[0].seeds", .missingKey, "list or count"),
    (
      "axes: [{key: initial.own, list: [1]}, {key: initial.own, list: [2]}]", "initial.own", .duplicateKey,
      "varied twice"
    ),
    (
      "axes: [{key: initial.own, list: [1]}, {key: initial, list: [{}]}]", "initial", .conflict,
      "beside one of initial.own"
    ),
    (
      "axes: [{key: initial.scale, list: [1]}]\nset: {initial.scale: 3}", "initial.scale", .conflict,
      "leave it"
    ),
    ("set: {'initial.[scale': 3}", "set.initial.[scale", .syntax, "a key path"),
    (
      "axes: [{key: initial.own, linear: {from: 0, to: 1, points: 9999}}, {key: initial.other, linear: {from: 0, to: 1, points: 9999}}]",
      "axes", .outOfRange, "9999 x 9999 cells"
    ),
    ("collect: {cell: loss}", "collect.cell", .conflict, "another column"),
    ("collect: {loss: ''}", "collect.loss", .outOfRange, "an empty text"),
    ("collect: {loss: a..b}", "collect.loss", .syntax, "'shares.[1 2]'"),
    ("format: 2", "format", .outOfRange, "1, the only format"),
  ]

  @Test(arguments: refusals)
  func saysWhatWhereAndWhatIsAllowed(
    axes: String, keyPath: String, kind: ConfigurationError.Kind, says: String
  ) throws {
    let error = try #require(throws: ConfigurationError.self) { try sweep(axes) }
    #expect(error.keyPath == keyPath)
    #expect(error.kind == kind)
    #expect(error.description.contains(says), "\(error)")
  }

  @Test(arguments: [
    ("axes: [{key: intial.scale, list: [1]}]", "intial", "did you mean initial?"),
    ("axes: [{key: initial.scale, list: [1, x]}]", "initial.scale", "found x"),
    (
      "axes:\n - {key: initial.scale, list: [1]}\n - {key: loss.epsilon, list: [0, -1]}", "loss.epsilon", "-1"
    ),
    ("axes: [{sobol: {points: 4, keys: {loss.epsilon: {from: -1, to: 0}}}}]", "loss.epsilon", "at least 0"),
    ("set: {theory.levle: 3}", "theory.levle", "did you mean level?"),
  ])
  func keysAndValuesAreFoundByChecking(axes: String, keyPath: String, says: String) throws {
    let wrong = try sweep(axes)
    let error = try #require(throws: ConfigurationError.self) { try wrong.check() }
    #expect(error.keyPath == keyPath)
    #expect(error.description.hasPrefix("/somewhere/sweep.yaml:"), "\(error)")
    #expect(error.description.contains(says), "\(error)")
  }

  @Test func whatAddsUpFromSeveralKeysNamesTheCell() throws {
    let kernels = try sweep(
      "axes: [{key: training.data.kernels, list: [source, prior]}]", "set: {source.kernels: k.json}")
    let error = try #require(throws: ConfigurationError.self) { try kernels.check() }
    #expect(error.keyPath == "training.data.kernels")
  }

  @Test func missingPartsAreNamed() throws {
    for (text, keyPath) in [("base: {}", "run"), ("run: integrate", "base"), ("run: dance\nbase: {}", "run")]
    {
      let error = try #require(throws: ConfigurationError.self) {
        try SweepDefinition(yaml: text, named: "/somewhere/sweep.yaml")
      }
      #expect(error.keyPath == keyPath)
    }
    let base = try #require(throws: ConfigurationError.self) {
      try SweepDefinition(yaml: "run: train\nbase: nowhere.yaml", named: "/somewhere/sweep.yaml")
    }
    #expect(
      base.description == "/somewhere/nowhere.yaml: found no such file; allowed: a configuration in YAML")
  }

  @Test func axesOfTheCommandLineAreBlamedOnIt() throws {
    #expect(try SweepAxis("initial.scale=[0.1, 1]").count == 2)
    #expect(try SweepAxis("model.variant=paper").count == 1)
    for text in ["novalue", "initial.scale=[]", "initial.scale=[1, 1]", "initial.scale=[1"] {
      let error = try #require(throws: ConfigurationError.self) { try SweepAxis(text) }
      #expect(error.description.hasPrefix("--vary \(text):"), "\(error)")
    }
  }
}
