import Foundation
import Testing

/// Arguments that `small.yaml` must be refused with, and what the message must contain.
struct BadInput: CustomTestStringConvertible {
  let arguments: [String]
  let says: [String]
  var testDescription: String { arguments.joined(separator: " ") }

  init(_ arguments: [String], _ says: [String]) {
    (self.arguments, self.says) = (arguments, says)
  }
}

@Suite struct BadInputTests {
  static func set(_ override: String, _ says: String...) -> BadInput {
    BadInput(["--set", override], says)
  }

  static let overrides = [
    set("modle.window=3", "modle", "did you mean model?"),
    set("theory.stages[0].until.tiem=3", "theory.stages[0].until.tiem", "did you mean time?"),
    set("model.window=three", "model.window", "an integer"),
    set("source.prior.dirichlet=[1]", "source.prior.dirichlet", "a finite number above 0"),
    set("source.prior.dirichlet=1e-9", "source.prior.dirichlet", "0.0001"),
    set("source.parents=[0, 1]", "source.parents[0]", "from 1"),
    set("source.parents=[1, 1]", "source.parents[1]", "ascending"),
    set("source.parents=[1, 40]", "source", "40"),
    set("source.prior.kernels=1e9", "source.prior.kernels", "lower source.prior.kernels"),
    set("model.window=0", "model.window", "from 1"),
    set("model.degree=4", "model.degree", "from 1 to 3"),
    set("model.degree=0", "model.degree", "from 1 to 3"),
    set("model.window=20", "model.window", "3486784401 windows", "lower model.window to at most"),
    set("model.window=400", "model.window", "3^400", "lower model.window"),
    set("theory.stages[0].until.time=-1", "theory.stages[0].until.time", "above 0"),
    set("theory.stages[3].until.time=1", "theory.stages", "below 1"),
    set("theory.level=leading", "theory.level", "leading-order"),
    set("source={tokens: 3, parents: [1, 2], kernels: none.json}", "source.kernels", "no such file"),
    set("initial={parameters: none.json}", "initial.parameters", "no such file"),
    set(
      "theory={level: finite-context, sequences: {file: none.json}}", "theory.sequences.file", "no such file"),
    set(
      "theory={level: finite-context, sequences: {context: 3}}", "theory.sequences.context", "at least 4"),
    set(
      "theory={level: finite-context, sequences: {context: 10000, count: 1000000000}}",
      "theory.sequences.count",
      "lower theory.sequences.count"),
    set("loss.epsilon=-1", "loss.epsilon", "at least 0"),
    set("initial.other=-1e308", "initial.other", "1e+150"),
    set("initial.scale=1e200", "initial.scale", "1e+150"),
    set("theory.output={times: [1, 30]}", "theory.output.times[1]", "up to 20"),
    set(
      "training={stages: [{steps: 5}], measure: {times: [6]}}", "training.measure.times[0]", "up to 5"),
  ]

  @Test(arguments: overrides, [["validate"], ["integrate", "--out", "run"]])
  func configuration(input: BadInput, command: [String]) throws {
    let place = try Workplace()
    let result = Command.finish(try Command.start(command + ["small.yaml"] + input.arguments, in: place.path))
    #expect(result.status == 65)
    for part in input.says { #expect(result.error.contains(part), "\(result.error)") }
    #expect(result.output.isEmpty)
    #expect(try place.names() == ["small.yaml"])
  }

  static let kernels = [
    (#"{"tokens": 2, "parents": [1], "kernels": [[[0.5, 0.4], [0.5, 0.5]]]}"#, "kernels[0][0]", "sum to 1"),
    (
      #"{"tokens": 2, "parents": [1], "kernels": [[[0.5, 0.5], [1.5, -0.5]]]}"#, "kernels[0][1][1]",
      "0 or more"
    ),
    (#"{"tokens": 2, "parents": [1], "kernels": [[[0.5, 0.5]]]}"#, "kernels[0]", "2 rows"),
    (#"{"tokens": 2, "parents": [1], "kernels": []}"#, "kernels", "at least one"),
    (#"{"tokens": 2, "parents": [2], "kernels": [[[0.5, 0.5], [0.5, 0.5]]]}"#, "parents", "source.parents"),
    (#"{"tokens": 2, "parents": [0], "kernels": [[[0.5, 0.5], [0.5, 0.5]]]}"#, "parents[0]", "from 1"),
    (
      #"{"tokens": 3, "parents": [1], "kernels": [[[1, 0, 0], [1, 0, 0], [1, 0, 0]]]}"#, "tokens",
      "source.tokens"
    ),
    (#"{"tokens": 2, "parents": [1], "kernel": []}"#, "kernel", "unknown key"),
    (#"{"tokens": 2"#, "k.json", "JSON"),
    ("{\"tokens\": 2,\n \"tokens\": 2}", "line 2, column 10", "second time"),
    ("{\"tokens\": 2,\n \"parents\": [1,]}", "line 2, column 16", "no value"),
    (#"{"tokens": 2, "parents": [1], "kernels": [[[1, 0], [0, 1]]]}"#, "closed classes", "kernel 0"),
  ]

  @Test(arguments: kernels)
  func kernelsFile(text: String, place keyPath: String, says: String) throws {
    let place = try Workplace()
    try place.write(text, to: "k.json")
    try place.write(
      "source: {tokens: 2, parents: [1], kernels: k.json}\nmodel: {window: 2, heads: 1, degree: 1}",
      to: "c.yaml")
    let result = try Command.run("integrate", "c.yaml", "--out", "run", in: place)
    #expect(result.status == 65)
    #expect(result.error.contains(keyPath) && result.error.contains(says), "\(result.error)")
    #expect(try place.names() == ["c.yaml", "k.json", "small.yaml"])
  }

  static let parameters = [
    (#"{"attention": [[1,2,3],[1,2,3]], "coefficients": {}, "scale": 1}"#, "attention", "3 lists"),
    (#"{"attention": [[1,2,3],[1,2,3],[1,2]], "coefficients": {}, "scale": 1}"#, "attention[2]", "3 numbers"),
    (
      #"{"attention": [[1,2,3],[1,2,3],[1,2,3]], "coefficients": {"[1 2 3]": 1}, "scale": 1}"#,
      "coefficients.[1 2 3]", "no coefficient"
    ),
    (#"{"attention": [[1,2,3],[1,2,3],[1,2,3]], "coefficients": {}, "scal": 1}"#, "scal", "unknown key"),
    (
      #"{"attention": [[1,2,3],[1,2,3],[1,2,1e308]], "coefficients": {}, "scale": 1}"#, "attention[2][2]",
      "1e+150"
    ),
    ("{\"scale\": 1,\n \"scale\": 2}", "line 2, column 9", "second time"),
  ]

  @Test(arguments: parameters)
  func parametersFile(text: String, keyPath: String, says: String) throws {
    let place = try Workplace()
    try place.write(text, to: "p.json")
    let result = try Command.run("evaluate", "small.yaml", "--parameters", "p.json", in: place)
    #expect(result.status == 65)
    #expect(result.error.contains("--parameters"))
    #expect(result.error.contains(keyPath) && result.error.contains(says), "\(result.error)")
  }

  static let sequences = [
    ("s.json", "[[0,1,2,0,1,3]]", "[0][5]"), ("s.json", "[[0,1,2,0,1,2],[0,1]]", "[1]"),
    ("s.json", "[]", "s.json"), ("s.json", "[[0,1,2,0,1,2],\n[0,1,2,0,1,]]", "line 2, column 12"),
    ("s.tsv", "0\t1\t2\t0\t1\t2\n0\t1\t\"2\t0\t1\t2\n", "row 2, column 3"),
    ("s.json", "[[0,1]]", "[0]"), ("s.csv", "0,1,2,0,1,2\n0,1,x,0,1,2\n", "row 2, column 3"),
  ]

  @Test(arguments: sequences)
  func sequencesFile(name: String, text: String, says: String) throws {
    let place = try Workplace()
    try place.write(text, to: name)
    let result = try Command.run(
      "evaluate", "small.yaml", "--level", "finite-context", "--sequences", name, in: place)
    #expect(result.status == 65)
    #expect(result.error.contains(says) && result.error.contains("--sequences"), "\(result.error)")
  }

  /// Sequences that the level would not look at.
  @Test(arguments: ["s.json", "none.json"])
  func sequencesBesideAnotherLevel(name: String) throws {
    let place = try Workplace()
    try place.write("[[0,1,2,0,1,2]]", to: "s.json")
    let result = try Command.run("evaluate", "small.yaml", "--sequences", name, in: place)
    #expect(result.status == 65 && result.error.contains("--level finite-context"), "\(result.error)")
  }

  @Test func placesThatCannotBeWritten() throws {
    let place = try Workplace()
    let below = try Command.run("integrate", "small.yaml", "--out", "small.yaml/run", in: place)
    #expect(below.status == 65)
    #expect(below.error.contains("small.yaml is a file"), "\(below.error)")
    let file = try Command.run("integrate", "small.yaml", "--out", "small.yaml", "--force", in: place)
    #expect(file.status == 65)
    #expect(try place.names() == ["small.yaml"])
    #expect(try place.read("small.yaml") == Workplace.configuration)
  }

  @Test func anotherRunInTheFolderNeedsForce() throws {
    let place = try Workplace()
    let integrate = ["integrate", "small.yaml", "--out", "run"]
    func run(_ options: String...) throws -> Command.Result {
      Command.finish(try Command.start(integrate + options, in: place.path))
    }
    let first = try run()
    #expect(first.status == 0)
    let before = try place.read("run/manifest.json")
    let other = try run("--set", "initial.scale=0.02")
    #expect(other.status == 65)
    #expect(
      other.error.contains("--force") && other.error.contains("another configuration"), "\(other.error)")
    // What cannot run takes nothing away.
    let bad = try run("--force", "--set", "theory.solver={relative: 1e-6, absolute: 0}")
    #expect(bad.status == 65)
    #expect(try place.read("run/manifest.json") == before)
    // The same command finds its run done, whatever it is called.
    let same = try run("--set", "name=other")
    #expect(same.status == 0 && same.output.hasSuffix(first.output.drop { $0 != ":" }), "\(same.output)")
    #expect(try place.read("run/manifest.json") == before)
    #expect(try run("--force", "--set", "initial.scale=0.02").status == 0)
    #expect(try place.read("run/manifest.json") != before)
  }

  static let usages = [
    ["validate"], ["integrate", "small.yaml"], ["nonsense"], ["validate", "small.yaml", "--nonsense"],
    ["validate", "small.yaml", "--set", "x"], ["inspect", "small.yaml", "--threads", "0"],
    ["evaluate", "small.yaml", "--level", "nonsense"],
  ]

  @Test(arguments: usages)
  func wrongUsage(arguments: [String]) throws {
    let place = try Workplace()
    let result = Command.finish(try Command.start(arguments, in: place.path))
    #expect(result.status == 64)
    #expect(!result.error.isEmpty)
    #expect(result.output.isEmpty)
  }

  @Test func missingConfiguration() throws {
    let result = try Command.run("validate", "none.yaml", in: Workplace())
    #expect(result.status == 65)
    #expect(result.error.contains("none.yaml"))
  }
}
