import Testing

@testable import Experiments

@Suite struct SbatchOptionsTests {
  /// As `printf '%s\n' ..` of a POSIX shell prints them, but for what it would expand.
  @Test(arguments: [
    ("", []),
    ("  ", []),
    ("--partition=short --time=1:00:00", ["--partition=short", "--time=1:00:00"]),
    (" -p  short\t-c 4\n", ["-p", "short", "-c", "4"]),
    ("--comment='two words' --time=1", ["--comment=two words", "--time=1"]),
    (#"--comment="say \"hi\" to \me \\" -H"#, [#"--comment=say "hi" to \me \"#, "-H"]),
    (#"--comment=a\ b\"c"#, [#"--comment=a b"c"#]),
    ("--comment=''", ["--comment="]),
    ("--comment '' -H", ["--comment", "", "-H"]),
    ("--comment='a'\"b\"c", ["--comment=abc"]),
    ("--export=HOME=$HOME,X=~*", ["--export=HOME=$HOME,X=~*"]),
  ])
  func wordsAreThoseOfAShell(text: String, words: [String]) throws {
    #expect(try SbatchOptions(text).words == words)
  }

  @Test(arguments: [
    ("--comment='open", "quote"), ("--comment=\"open", "quote"), ("--comment=open\\", "quote"),
    ("partition=short", "no option"), ("-p short long", "no option"), ("--time=1 foo", "no option"),
    ("''", "no option"), ("-", "no option"), ("--array=1-3", "--max-array"), ("-a 1-3", "--max-array"),
    ("-a1-3", "--max-array"), ("--wait", "--wait of inflow"), ("-W", "--wait of inflow"),
    ("--time=1 --wrap='rm -r x'", "gives itself"), ("--test-only", "gives itself"), ("--", "gives itself"),
    ("--comment='a\nrm -r x'", "control character"),
  ])
  func whatIsNoOptionIsRefused(text: String, part: String) throws {
    let error = try #require(throws: SlurmError.self) { try SbatchOptions(text) }
    #expect(error.description.hasPrefix("--sbatch "), "\(error)")
    #expect(error.description.contains(part), "\(error)")
    #expect(error.description.contains("allowed: "), "\(error)")
  }
}
