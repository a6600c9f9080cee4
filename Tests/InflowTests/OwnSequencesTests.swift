import Foundation
import Testing

/// Sources that are estimated from sequences of the user.
@Suite struct OwnSequencesTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    // Sequences of a chain whose kernels are known, as text in every form.
    let made = Command.finish(
      try Command.start(["sample", "made.yaml", "--out", "made.json"], in: Self.write(to: place)))
    try #require(made.status == 0, "\(made.error)")
    let rows = try JSONDecoder().decode([[Int]].self, from: Data(place.read("made.json").utf8))
    let lines = rows.map { $0.map { ["A", "C", "G", "T"][$0] }.joined() }
    try place.write(
      lines.enumerated().map { ">chain \($0)\n\($1.prefix(500))\n\($1.dropFirst(500).lowercased())\n" }
        .joined(),
      to: "dna.fa")
    try place.write(lines.joined(separator: "NN") + "\n", to: "dna.txt")
    try place.write(rows.map { $0.map(String.init).joined(separator: ",") + "\n" }.joined(), to: "dna.csv")
  }

  private static func write(to place: Workplace) throws -> String {
    try place.write(
      """
      source: {tokens: 4, parents: [1, 3], prior: {dirichlet: 0.3, kernels: 2, seed: 3}}
      model: {window: 3, heads: 3, degree: 2}
      training: {context: 2999, data: {fresh: 8}}

      """, to: "made.yaml")
    for (name, text) in [
      ("fasta", "file: dna.fa, format: fasta"), ("plain", "file: dna.txt, alphabet: dna, blocks: 3000"),
      ("columns", "file: dna.csv, format: columns, alphabet: 4"),
    ] {
      try place.write(
        """
        source: {text: {\(text), candidates: {lags: 4, most: 2}}}
        model: {window: 3, heads: 3, degree: 2}
        training:
          context: 50
          epsilon: 1e-3
          data: {fresh: 32, kernels: text}
          held-out: {count: 64}
          stages: [{steps: 20}]
          measure: {points: 3}
          checkpoints: {points: 2}
          seeds: [1]

        """, to: "\(name).yaml")
    }
    return place.path
  }

  private func run(_ arguments: String...) throws -> Command.Result {
    Command.finish(try Command.start(arguments, in: place.path))
  }

  @Test func everyFormatSaysTheSame() throws {
    var found: [String] = []
    for name in ["fasta", "plain", "columns"] {
      let result = try run("inspect", "\(name).yaml", "--json")
      try #require(result.status == 0, "\(name): \(result.error)")
      let json = try result.json()
      #expect(json["parents"] as? [Int] == [1, 3], "\(name)")
      #expect(json["kernels"] as? Int == 8)
      let choice = try #require(json["parent_choice"] as? [String: Any])
      #expect((choice["log_likelihood"] as? [String: Double])?.count == 10)
      found.append("\(try #require(json["modified_chi2_information"] as? [String: Double])["[1 3]"] ?? 0)")
    }
    #expect(found[0] == found[2])
    #expect(try run("inspect", "fasta.yaml").output.contains("parents by log-likelihood of 2"))
    // Given parents are not chosen.
    let given = try run("inspect", "fasta.yaml", "--set", "source.parents=[1]", "--json").json()
    #expect(given["parents"] as? [Int] == [1] && given["parent_choice"] is NSNull)
  }

  /// On pieces of the text, with the loss measured on what is held out; the resolved configuration is the same run.
  @Test func trainsOnTheText() throws {
    let result = try run("train", "fasta.yaml", "--out", "run")
    try #require(result.status == 0, "\(result.error)")
    let losses = try place.read("run/seed-1/trajectory.csv").split(separator: "\n").dropFirst()
      .compactMap { $0.split(separator: ",").dropFirst(2).first.flatMap { Double($0) } }
    #expect(losses.count == 3 && losses[2] < losses[0])
    let again = try run("train", "run/config.yaml", "--out", "run")
    #expect(again.status == 0, "\(again.error)")
    // Every drawn sequence is a piece of a chain: upper and lower case are one text.
    #expect(try run("sample", "fasta.yaml", "--out", "s.csv").status == 0)
    let chains = try JSONDecoder().decode([[Int]].self, from: Data(place.read("made.json").utf8))
      .map { $0.map { ["A", "C", "G", "T"][$0] }.joined() }
    for line in try place.read("s.csv").split(separator: "\n") {
      let piece = line.replacingOccurrences(of: ",", with: "")
      #expect(piece.count == 51 && chains.contains { $0.contains(piece) })
    }
    // The text changes, and so does the run.
    try place.write(">other\n" + String(repeating: "ACGTTGCA", count: 40), to: "dna.fa")
    #expect(try run("train", "fasta.yaml", "--out", "run").status == 65)
  }

  @Test func theoryAndValidation() throws {
    let validated = try run("validate", "plain.yaml")
    #expect(
      validated.status == 0 && validated.output.contains("8 kernels estimated from"), "\(validated.error)")
    let flow = try run("integrate", "plain.yaml", "--out", "flow", "--set", "theory.stages[0].until.time=5")
    #expect(flow.status == 0, "\(flow.error)")
    let generalized = try run("generalize", "flow", "--length", "20", "--sequences", "32")
    #expect(generalized.status == 0, "\(generalized.error)")
  }

  /// What docs/own-sequences.md shows is what is printed of the file that its script makes.
  @Test func documentation() throws {
    for folder in ["Examples", "LICENSE", "docs", "scripts"] {
      try FileManager.default.createSymbolicLink(
        atPath: place[folder],
        withDestinationPath: Documentation.root.appendingPathComponent(folder).path)
    }
    let made = try Command.shell("INFLOW=\"$program\" sh scripts/own-sequences.sh own", in: place)
    try #require(made.status == 0, "\(made.error)")
    let shown = PrintedOutput.all(in: try Documentation.read("docs/own-sequences.md"))
    #expect(shown.count >= 2)
    for shown in shown {
      let result = try Command.shell(shown.command, in: place)
      #expect(result.status == 0, "\(shown.command): \(result.error)")
      #expect(shown.missing(in: result.output) == nil, "\(shown.command) printed \(result.output)")
    }
    let prose = try Command.run("validate", "Examples/own-sequences/prose.yaml", in: place)
    #expect(prose.status == 0, "\(prose.error)")
  }

  /// What is wrong, in the words of the message.
  @Test func badInput() throws {
    try place.write(">a\nACGTXACG\n", to: "symbol.fa")
    try place.write("", to: "empty.fa")
    try place.write(">a\nACG\n>b\nAC\n", to: "short.fa")
    try place.write("0,1,2\n0,1\n", to: "mixed.csv")
    try place.write("0,1,9,2\n", to: "token.csv")
    let cases: [(String, [String], [String])] = [
      ("fasta.yaml", ["source.text.file=symbol.fa"], ["symbol.fa: line 2, column 5:", "\"X\"", "A C G T"]),
      ("fasta.yaml", ["source.text.file=empty.fa"], ["empty.fa", "no token"]),
      (
        "fasta.yaml", ["source.text.file=short.fa", "source.parents=[1,2]"],
        ["short.fa", "block 2 of 2", "allowed"]
      ),
      ("fasta.yaml", ["source.text.file=nowhere.fa"], ["nowhere.fa", "no such file"]),
      ("columns.yaml", ["source.text.file=mixed.csv"], ["mixed.csv", "row 2", "2 tokens"]),
      ("columns.yaml", ["source.text.file=token.csv"], ["token.csv", "row 1, column 3", "\"9\""]),
      ("columns.yaml", ["source.text.unknown=skip"], ["source.text.unknown"]),
      ("columns.yaml", ["source.text.alphabet=dna"], ["source.text.alphabet"]),
      ("fasta.yaml", ["source.tokens=4"], ["source.tokens"]),
      ("fasta.yaml", ["source.prior={}"], ["text", "prior"]),
      ("fasta.yaml", ["source.text.alphabet=letters"], ["source.text.alphabet", "fasta"]),
      ("fasta.yaml", ["source.text.alphabet=[A, CG]"], ["source.text.alphabet", "one character"]),
      ("fasta.yaml", ["source.text.blocks=1"], ["source.text.blocks"]),
      ("fasta.yaml", ["source.text.smoothing=0"], ["source.text.smoothing"]),
      ("fasta.yaml", ["source.text.held-out=1"], ["source.text.held-out"]),
      ("fasta.yaml", ["source.text.format=genbank"], ["source.text.format"]),
      ("fasta.yaml", ["training.context=4000"], ["training.context", "at most 2"]),
      ("fasta.yaml", ["source.parents=[1,2,3,4,5,6,7,8,9,10,11,12,13,14]"], ["source.parents"]),
      (
        "fasta.yaml", ["source.parents=[1,2,3,4,5,6,7,8,9,10,11,12]", "source.text.blocks=2"],
        ["source.text.blocks", "GiB"]
      ),
      ("made.yaml", ["training.data.kernels=text"], ["training.data.kernels", "source.text"]),
    ]
    for (file, changes, words) in cases {
      let result = Command.finish(
        try Command.start(
          ["train", file, "--out", "bad"] + changes.flatMap { ["--set", $0] }, in: place.path))
      #expect(result.status == 65, "\(changes): \(result.error)")
      for word in words { #expect(result.error.contains(word), "\(changes): \(result.error)") }
      #expect(!FileManager.default.fileExists(atPath: place["bad"]))
    }
  }
}
