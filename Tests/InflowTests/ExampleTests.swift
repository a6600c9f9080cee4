import Experiments
import Foundation
import Testing

/// Commands that help and documents show, run as they stand there but for their size.
@Suite struct ExampleTests {
  /// What makes the built-in example small.
  private static let small = [
    "source.prior.kernels=4", "training.context=20", "training.data.fresh=16", "training.held-out.count=32",
    "training.measure.points=5", "theory.output.points=5",
  ].map { " --set \($0)" }.joined()

  private static let replacements = [
    (" Examples/two-parents.yaml", " Examples/two-parents.yaml\(small)"),
    (" Examples/reference-code.yaml", " Examples/reference-code.yaml --set training.data={fresh:\\ 16}"),
    ("until.time=20000", "until.time=40"), ("until.time=100", "until.time=10"), ("steps=200", "steps=3"),
    ("survey --count 10", "survey --count 1"), ("--alpha 0.1", "--alpha 0.1 --sequences 64"),
    ("--length 30 --length 1000", "--length 30 --sequences 64"),
    ("scale-and-prior.yaml", "scale-and-prior.yaml --set theory.stages[0].until.time=2"),
  ]

  /// Needs a cluster, minutes, or is a form and no command.
  private static let elsewhere = [
    "--engine slurm", "--execute", "--format svg", "--ladder", "CONFIG", "--out long", "/shared/",
  ]

  /// Take minutes as they stand; `document` runs them reduced.
  private static let minutes = ["--out long", "inflow map Examples/reference-code.yaml"]

  /// nil for what other tests run.
  private static func shortened(_ command: String) -> String? {
    guard !elsewhere.contains(where: command.contains) else { return nil }
    var command = replacements.reduce(command) { $0.replacing($1.0, with: $1.1) }
    let isWhole = command.contains("until.time=") || command.contains("inflow resume")
    if !isWhole, command.contains(" Examples/two-parents.yaml") {
      command += " --set theory.stages[0].until.time=10"
    }
    if !command.contains("training.stages[0].steps="), command.contains(" Examples/"),
      !command.contains("sweep ")
    {
      command += " --set training.stages[0].steps=3"
    }
    return command
  }

  /// Lines that begin with the program's name, those that end in a backslash joined to the next.
  static func commands(in text: String) -> [String] {
    text.replacing("\\\n", with: " ").split(separator: "\n").compactMap { line in
      let line = line.trimmingCharacters(in: .whitespaces)
      let command = line.hasPrefix("$ ") ? String(line.dropFirst(2)) : line
      return command.hasPrefix("inflow ") ? command.replacing(/\s+#.*$/, with: "") : nil
    }
  }

  private func run(_ commands: [String], in place: Workplace) throws {
    try FileManager.default.createSymbolicLink(
      atPath: place["Examples"],
      withDestinationPath: Documentation.root.appendingPathComponent("Examples").path)
    for command in commands {
      guard let shortened = Self.shortened(command) else { continue }
      let result = try Command.shell(shortened, in: place)
      #expect(result.status == 0, "\(command), as \(shortened): \(result.error)")
    }
  }

  /// The examples of a command's help, by its names.
  private static func help(_ names: [String]) throws -> [String] {
    let place = try Workplace()
    let result = Command.finish(try Command.start(names + ["--experimental-dump-help"], in: place.path))
    var command = try JSON(parsing: Data(result.output.utf8))["command"]
    for name in names {
      guard case .array(let inner)? = command?["subcommands"] else { continue }
      command = inner.first { $0["commandName"]?.word == name } ?? command
    }
    return commands(in: try #require(command?["discussion"]?.word))
  }

  static let helps = [
    [], ["validate"], ["inspect"], ["derive"], ["evaluate"], ["integrate"], ["train"], ["resume"],
    ["compare"],
    ["map"], ["generalize"], ["baselines"], ["survey"], ["figures"], ["report"], ["init"], ["sample"],
    ["manual"], ["sweep"],
    ["sweep", "start"],
    ["sweep", "run"],
    ["sweep", "status"], ["sweep", "collect"],
  ]

  @Test(arguments: helps)
  func helpText(names: [String]) throws {
    let examples = try Self.help(names)
    #expect(!examples.isEmpty)
    let place = try Workplace()
    var before: [String] = []
    switch names.first {
    case "evaluate":
      before = ["inflow sample Examples/two-parents.yaml --count 5 --out s.json"]
      let point = try Command.run("evaluate", "small.yaml", in: place).json()["gradient"]
      try place.write(
        String(decoding: JSONSerialization.data(withJSONObject: #require(point)), as: UTF8.self), to: "p.json"
      )
    case "report": before = ["inflow compare Examples/two-parents.yaml --out demo-run"]
    case "resume": before = ["inflow integrate Examples/two-parents.yaml --out run"]
    case "sweep" where names.count > 1 && names != ["sweep", "start"]:
      before = ["inflow sweep Examples/sweeps/scale-and-prior.yaml --out sweep"]
    default: break
    }
    try run(before + examples, in: place)
  }

  /// What documents show as printed is what is printed: whole commands, those of seconds.
  @Test(arguments: ["README.md", "docs/comparison.md"])
  func printedOutput(path: String) throws {
    let place = try Workplace()
    try FileManager.default.createSymbolicLink(
      atPath: place["Examples"],
      withDestinationPath: Documentation.root.appendingPathComponent("Examples").path)
    var compared = 0
    for shown in PrintedOutput.all(in: try Documentation.read(path)) where !shown.command.isEmpty {
      guard !Self.minutes.contains(where: shown.command.contains) else { continue }
      let result = try Command.shell(shown.command, in: place)
      #expect(result.status == 0, "\(shown.command): \(result.error)")
      #expect(shown.missing(in: result.output) == nil, "\(shown.command) printed \(result.output)")
      compared += shown.lines.count
    }
    #expect(compared > 20)
  }

  @Test func printedOutputThatDiffers() {
    let shown = PrintedOutput.all(in: "```console\n$ inflow x \\\n  --y\na  1.25  {1}\n...\nb: 3e-3\n```\n")
    #expect(shown.map(\.command) == ["inflow x    --y"])
    #expect(shown[0].lines == ["a  1.25  {1}", "b: 3e-3"])
    #expect(shown[0].missing(in: "a 1.251 {1}\nmore\nb: 0.003\n") == nil)
    #expect(shown[0].missing(in: "a 1.251 {2}\nb: 0.003\n") == "a  1.25  {1}")
    #expect(shown[0].missing(in: "a 1.251 {1}\nb: 0.01\n") == "b: 3e-3")
    #expect(shown[0].missing(in: "b: 0.003\na 1.251 {1}\n") == "b: 3e-3")
  }

  @Test(
    arguments: ["README.md", "docs/sweeps.md", "docs/comparison.md", "docs/tutorial.md", "docs/figures.md"])
  func document(path: String) throws {
    let examples = Self.commands(in: try Documentation.read(path))
    #expect(!examples.isEmpty)
    let place = try Workplace()
    // The kernels file of the tutorial.
    let files = try Documentation.read(path).components(separatedBy: "```json\n").dropFirst()
    if let file = files.first { try place.write(file.components(separatedBy: "```")[0], to: "kernels.json") }
    try run(examples, in: place)
  }

  /// The guide's smallest configuration with its stages: each ends by the condition that it is there to show.
  @Test func stagesOfTheGuide() throws {
    let blocks = try Documentation.read("docs/guide.md").components(separatedBy: "```yaml\n").dropFirst().map
    {
      $0.components(separatedBy: "```")[0]
    }
    let stages = try #require(blocks.first { $0.contains("gradient-norm") })
    let place = try Workplace()
    try place.write(blocks[0] + stages, to: "small.yaml")
    let result = try Command.run("integrate", "small.yaml", "--out", "run", in: place)
    let endings = result.output.split(separator: "\n").filter { $0.hasPrefix("stage ") }
    #expect(endings.map { $0.split(separator: " ").last } == ["share", "attention", "gradient-norm"])
    let capped = try Command.run(
      "integrate", "small.yaml", "--out", "capped", "--set", "theory.stages[0].until.time=10", in: place)
    #expect(capped.output.contains("stage 1 (coefficients): to t = 10, its time ended before share 0.99 did"))
  }

  /// Every command of the program has its line in the README, and an example.
  @Test func readmeListsEveryCommand() throws {
    let readme = try Documentation.read("README.md")
    let result = try Command.run("--experimental-dump-help", in: Workplace())
    guard case .array(let commands)? = try JSON(parsing: Data(result.output.utf8))["command"]?["subcommands"]
    else { return #expect(Bool(false), "no commands") }
    for name in commands.compactMap({ $0["commandName"]?.word }) where name != "help" {
      #expect(readme.contains("`inflow \(name)"), "\(name)")
      #expect(Self.helps.contains([name]), "\(name)")
    }
  }
}
