import Experiments
import Foundation
import Testing

/// Standard output and error that take nothing, and what must never be written to them.
@Suite struct OutputTests {
  static let commands = [
    "inflow validate small.yaml", "inflow inspect small.yaml", "inflow evaluate small.yaml",
    "inflow derive small.yaml", "inflow integrate small.yaml --out run", "inflow resume run", "inflow --help",
    "inflow --version", "inflow manual", "inflow sample small.yaml --count 2 --out s.json --force",
  ]

  @Test(arguments: [">/dev/full", ">&-"])
  func outputThatTakesNothing(redirection: String) throws {
    let place = try Workplace()
    _ = try Command.run("integrate", "small.yaml", "--out", "run", in: place)
    for command in Self.commands {
      let result = try Command.shell("\(command) \(redirection)", in: place)
      #expect(result.status == 1, "\(command) \(redirection)")
      #expect(
        result.error.hasPrefix("inflow: standard output: cannot be written"), "\(command): \(result.error)")
      #expect(result.error.split(separator: "\n").count == 1)
    }
    // Nothing of what was to be printed went into a file that took the stream's place.
    #expect(try place.read("run/manifest.json").hasPrefix("{"))
  }

  @Test(arguments: ["2>/dev/full", "2>&-"])
  func errorsThatNobodySees(redirection: String) throws {
    let place = try Workplace()
    for command in Self.commands.dropFirst(4).filter({ !$0.contains("resume") }) {
      #expect(try Command.shell("\(command) \(redirection)", in: place).status == 0, "\(command)")
    }
    #expect(try Command.shell("inflow validate none.yaml \(redirection)", in: place).status == 65)
    #expect(try Command.shell("inflow nonsense \(redirection)", in: place).status == 64)
    #expect(try Command.shell("inflow validate small.yaml >&- \(redirection)", in: place).status == 1)
    #expect(try Command.shell("inflow validate small.yaml <&- >&- \(redirection)", in: place).status == 1)
  }

  /// ESC, BEL, DEL and the C1 controls of names, paths and symbols.
  @Test func terminalsAreNotGivenOrders() throws {
    let place = try Workplace()
    func isPlain(_ text: String) -> Bool {
      text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) || $0 == "\n" }
    }
    let named = try Command.run("validate", "small.yaml", "--set", #"name="a\eb""#, in: place)
    #expect(named.status == 65 && named.error.contains("name") && isPlain(named.error), "\(named.error)")
    let file = "a\u{1B}[31m\u{7F}\u{9B}.yaml"
    try place.write(Workplace.configuration, to: file)
    for arguments in [
      ["validate", file], ["integrate", file, "--out", "r\u{1B}un"], ["validate", "\u{1B}"],
    ] {
      let result = Command.finish(try Command.start(arguments, in: place.path))
      #expect(isPlain(result.output) && isPlain(result.error))
    }
    try place.write("[[\"A\u{1B}\", \"C\"]]", to: "s.json")
    try place.write(#"[["\u001b[31m", "C", "C", "C", "C", "C"]]"#, to: "t.json")
    for name in ["s.json", "t.json"] {
      let result = try Command.run(
        "evaluate", "small.yaml", "--level", "finite-context", "--sequences", name, in: place)
      #expect(result.status == 65 && isPlain(result.error), "\(result.error)")
    }
  }

  /// No case of an enumeration, wherever an error goes.
  @Test func failuresAreSentences() throws {
    let place = try Workplace()
    try place.write(
      "base: small.yaml\nrun: integrate\naxes: [{key: initial.scale, list: [1000, 1e150]}]\n", to: "s.yaml")
    let sweep = try Command.run("sweep", "s.yaml", "--out", "sweep", in: place)
    #expect(sweep.status == 1)
    let table = try place.read("sweep/sweep.csv")
    #expect(table.contains("exp(a q)") && !table.contains("overflow("), "\(table)")
    let single = try Command.run(
      "integrate", "small.yaml", "--out", "run", "--set", "initial.scale=1000", in: place)
    #expect(single.status == 1 && single.error.contains("exp(a q)"), "\(single.error)")
  }

  /// A single sequence has a loss and no standard error of it.
  @Test func oneHeldOutSequence() throws {
    let place = try Workplace()
    let trained = try Command.run(
      "train", "small.yaml", "--out", "run", "--set", "loss.epsilon=1e-3", "--set",
      "training={context: 10, data: {fresh: 4}, held-out: {count: 1}, stages: [{steps: 2}], seeds: [1]}",
      in: place)
    #expect(trained.status == 0 && !trained.output.contains("s.e."), "\(trained.output)\(trained.error)")
    #expect(try place.json("run/seed-1/summary.json")["standard_error"] is NSNull)
    #expect(try place.read("run/seed-1/measurements.csv").contains(",nan,"))
  }

  /// What nobody reads on a screen is refused with its size and what to take instead.
  @Test func equationsTooLongForAScreen() throws {
    let place = try Workplace()
    func refused(_ format: String, _ model: String) throws -> Command.Result {
      let result = try Command.run(
        "derive", "small.yaml", "--form", "scalar", "--format", format, "--set", "model={\(model)}", in: place
      )
      #expect(result.output.isEmpty)
      return result
    }
    let long = try refused("python", "window: 3, heads: 2, degree: 1")
    #expect(long.status == 64)
    for part in ["MiB", "--out", "--form tensor"] { #expect(long.error.contains(part), "\(long.error)") }
    // What no compiler takes in time is refused wherever it is to go.
    let large = try refused("c", "window: 3, heads: 3, degree: 2")
    #expect(large.status == 65)
    for part in ["operands", "clang", "--form tensor"] {
      #expect(large.error.contains(part), "\(large.error)")
    }
    let finite = try Command.run("derive", "small.yaml", "--level", "finite-context", in: place)
    #expect(finite.status == 65 && finite.error.contains("theory.sequences.count"), "\(finite.error)")
  }

  /// What would run comes with how long it takes; `--force` is offered where something is written.
  @Test func timesAndOffers() throws {
    let place = try Workplace()
    let valid = try Command.run("validate", "small.yaml", "--set", "training={}", in: place)
    #expect(valid.output.contains("a gradient") && valid.output.contains("of training"), "\(valid.output)")
    for command in ["validate", "inspect", "evaluate", "resume"] {
      #expect(try !Command.run(command, "--help", in: place).output.contains("--force"), "\(command)")
    }
    #expect(try Command.run("integrate", "--help", in: place).output.contains("--force"))
  }

  @Test func configurationFromStandardInput() throws {
    let place = try Workplace()
    let piped = try Command.shell("inflow evaluate - < small.yaml", in: place)
    #expect(piped.status == 0, "\(piped.error)")
    #expect(try piped.output == Command.run("evaluate", "small.yaml", in: place).output)
    let wrong = try Command.shell("printf 'source: 1' | inflow validate -", in: place)
    #expect(wrong.status == 65 && wrong.error.contains("standard input:1"), "\(wrong.error)")
    #expect(try Command.shell("inflow integrate - --out run < small.yaml", in: place).status == 0)
    #expect(try Command.shell("inflow resume run", in: place).status == 0)
  }

  /// man(7) as groff reads it; every command and option is there.
  @Test func manualPage() throws {
    let page = try Command.run("manual", in: Workplace()).output
    #expect(page.hasPrefix(".TH INFLOW 1"))
    for part in ["inflow integrate", "inflow sweep status", "\\-\\-out <dir>", "inflow sample"] {
      #expect(page.contains(part), "\(part)")
    }
  }
}
