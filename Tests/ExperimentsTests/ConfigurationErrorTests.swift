import Experiments
import Foundation
import Testing

/// What a wrong value is told: an override on the minimal configuration, the key path and a part of the message.
struct Refusal: CustomTestStringConvertible {
  let override: String
  let keyPath: String
  let kind: ConfigurationError.Kind
  let says: String
  var testDescription: String { override }

  init(_ override: String, _ keyPath: String, _ kind: ConfigurationError.Kind, _ says: String) {
    (self.override, self.keyPath, self.kind, self.says) = (override, keyPath, kind, says)
  }
}

@Suite struct ConfigurationErrorTests {
  static let refusals = [
    Refusal("modle.window=3", "modle", .unknownKey, "did you mean model?"),
    Refusal(
      "theory.stages=[{until: {tme: 3}}]", "theory.stages[0].until.tme", .unknownKey, "did you mean time?"),
    Refusal("source.prior.alpha=3", "source.prior.alpha", .unknownKey, "dirichlet, kernels, seed"),
    Refusal("model.window=three", "model.window", .wrongType, "an integer from 1"),
    Refusal("model.window='3'", "model.window", .wrongType, "the text \"3\""),
    Refusal("model.window=2.5", "model.window", .wrongType, "found 2.5"),
    Refusal("model.window=[3]", "model.window", .wrongType, "a list of 1"),
    Refusal("model.window=0", "model.window", .outOfRange, "from 1"),
    Refusal("model.degree=4", "model.degree", .outOfRange, "from 1 to 3"),
    Refusal("model.heads=65", "model.heads", .outOfRange, "from 1 to 64"),
    Refusal("model.variant=papr", "model.variant", .outOfRange, "did you mean paper?"),
    Refusal("model.variant.windows=shifed", "model.variant.windows", .outOfRange, "did you mean shifted?"),
    Refusal("source.tokens=1", "source.tokens", .outOfRange, "from 2"),
    Refusal("source.tokens=[A, B, A]", "source.tokens[2]", .outOfRange, "distinct symbols"),
    Refusal("source.parents=[]", "source.parents", .outOfRange, "at least one"),
    Refusal("source.parents=[0, 1]", "source.parents[0]", .outOfRange, "from 1"),
    Refusal("source.parents=[1, 1]", "source.parents[1]", .outOfRange, "none twice"),
    Refusal("source.parents=[2, 1]", "source.parents[1]", .outOfRange, "write [1, 2]"),
    Refusal("source.parents=1", "source.parents", .wrongType, "a list of lags"),
    Refusal("source.prior.dirichlet=0", "source.prior.dirichlet", .outOfRange, "above 0"),
    Refusal("source.prior.dirichlet=nan", "source.prior.dirichlet", .wrongType, "a finite number"),
    Refusal("source.prior.dirichlet=1e999", "source.prior.dirichlet", .outOfRange, "finite"),
    Refusal(
      "source={tokens: 3, parents: [1], prior: {}, kernels: k}", "source", .conflict, "one of prior, kernels"),
    Refusal("loss.epsilon=-1", "loss.epsilon", .outOfRange, "at least 0"),
    Refusal("loss.criterion=mse", "loss.criterion", .outOfRange, "cross-entropy, logits"),
    Refusal("initial={own: 1, parameters: p.json}", "initial", .conflict, "parameters and own"),
    Refusal("theory.level=finite", "theory.level", .outOfRange, "finite-context"),
    Refusal("theory.stages=[]", "theory.stages", .outOfRange, "at least one"),
    Refusal("theory.stages=[{train: [scale]}]", "theory.stages[0].until", .missingKey, "time"),
    Refusal("theory.stages=[{until: {share: 0.9}}]", "theory.stages[0].until.time", .missingKey, "longest"),
    Refusal(
      "theory.stages=[{train: [scale, scale], until: {time: 1}}]", "theory.stages[0].train[1]", .outOfRange,
      "once"),
    Refusal(
      "theory.stages=[{until: {time: 1, share: {set: [1, 2, 3], above: 0.5}}}]",
      "theory.stages[0].until.share.set", .outOfRange, "model.degree"),
    Refusal("theory.solver={relative: 0, absolute: 0}", "theory.solver", .conflict, "at least one tolerance"),
    Refusal(
      "theory.output={points: 10, every: step}", "theory.output", .conflict, "theory.output.points=null"),
    Refusal("theory.output={times: [0, 2, 1]}", "theory.output.times[2]", .outOfRange, "more than 2.0"),
    Refusal("theory.output.points=1", "theory.output.points", .outOfRange, "from 2"),
    Refusal("theory.sequences={all: true, seed: 3}", "theory.sequences.seed", .conflict, "drawn"),
    Refusal("training={data: {fixed: 10, batch: 11}}", "training.data.batch", .outOfRange, "from 1 to 10"),
    Refusal("training={optimizer: {sgd: {rate: 0}}}", "training.optimizer.sgd.rate", .outOfRange, "above 0"),
    Refusal(
      "training={optimizer: {sgd: {momentum: 1}}}", "training.optimizer.sgd.momentum", .outOfRange, "below 1"),
    Refusal("training={seeds: [1, 1]}", "training.seeds[1]", .outOfRange, "every seed once"),
    Refusal("format=2", "format", .outOfRange, "1"),
    Refusal("source.tokens.size=3", "source.tokens", .wrongType, "a map, to set size in it"),
  ]

  @Test(arguments: refusals)
  func saysWhatWhereAndWhatIsAllowed(refusal: Refusal) throws {
    let error = try #require(throws: ConfigurationError.self) {
      try configuration(minimal, refusal.override)
    }
    #expect(error.keyPath == refusal.keyPath)
    #expect(error.kind == refusal.kind)
    #expect(error.place == .override(refusal.override))
    #expect(error.description.contains(refusal.says), "\(error)")
  }

  @Test func namesTheLine() throws {
    let error = try #require(throws: ConfigurationError.self) {
      try configuration(
        """
        source:
          tokens: 3
          parents: [1, 2]
        model:
          window: 3
          heads: 3
          degree: 9
        """)
    }
    #expect(error.place == .file("test.yaml", line: 7))
    #expect(error.description == "test.yaml:7: model.degree: found 9; allowed: an integer from 1 to 3")
  }

  @Test func duplicateKeysAndBrokenTextAreErrors() throws {
    let twice = try #require(throws: ConfigurationError.self) {
      try configuration(minimal + "\nname: a\nname: b")
    }
    #expect(twice.kind == .duplicateKey)
    #expect(twice.keyPath == "name")
    let broken = try #require(throws: ConfigurationError.self) { try configuration("source: {tokens: 3") }
    #expect(broken.kind == .syntax)
    let empty = try #require(throws: ConfigurationError.self) { try configuration("") }
    #expect(empty.kind == .wrongType)
    let two = try #require(throws: ConfigurationError.self) { try configuration("a: 1\n---\nb: 2") }
    #expect(two.kind == .syntax)
  }

  @Test func indicesBeyondTheListAreErrors() throws {
    let stages = minimal + "\ntheory: {stages: [{until: {time: 5}}]}"
    let error = try #require(throws: ConfigurationError.self) {
      try configuration(stages, "theory.stages[1].until.time=10")
    }
    #expect(error.keyPath == "theory.stages")
    #expect(error.description.contains("below 1"))
  }

  @Test(arguments: [
    ("theory.stages[1].until.time=10", "theory.stages", "below 1"),
    ("theory.output.times[0]=1", "theory.output.times", "a list that is written"),
    ("theory.stages[0].until.time=-1", "theory.stages[0].until.time", "above 0"),
    ("training.stages[0].until.time=1", "training.stages[0]", "steps and until"),
  ])
  func overridesOfDefaultsKeepTheirPlace(override: String, keyPath: String, says: String) throws {
    let error = try #require(throws: ConfigurationError.self) {
      try configuration(minimal, override)
    }
    #expect(error.place == .override(override))
    #expect(error.keyPath == keyPath)
    #expect(error.description.contains(says), "\(error)")
  }

  @Test(arguments: ["novalue", "=3", "a..b=3", "a[x]=3", "a[-1]=3", "[0]=3"])
  func overridesThatAreNoneAreRefused(text: String) {
    #expect(Override(text) == nil)
  }

  @Test func missingFileIsNamed() throws {
    let error = try #require(throws: ConfigurationError.self) {
      try Configuration(contentsOf: "/nowhere/at/all.yaml")
    }
    #expect(error.kind == .unreadable)
    #expect(error.description.contains("/nowhere/at/all.yaml"))
  }
}
