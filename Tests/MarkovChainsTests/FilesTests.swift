import Foundation
import MarkovChains
import Testing

@Suite struct KernelsFileTests {
  @Test func whatIsWrittenIsRead() throws {
    let kernels = try Prior(concentration: 0.1, kernels: 3, seed: 2).draw(tokens: 3, parents: [1, 3])
    for alphabet in [try Alphabet(size: 3), try Alphabet(symbols: ["a", "\"q\"\\", "é\u{1}"])] {
      let file = try KernelsFile(alphabet: alphabet, kernels: kernels)
      #expect(try KernelsFile(json: Data(file.json.utf8)) == file)
    }
  }

  @Test(arguments: [
    ("", ""), ("[]", ""), ("{}", "tokens"),
    (#"{"tokens": 2, "parents": [1], "kernels": [], "kernel": 1}"#, "kernel"),
    (#"{"format": 2, "tokens": 2, "parents": [1], "kernels": []}"#, "format"),
    (#"{"tokens": true, "parents": [1], "kernels": []}"#, "tokens"),
    (#"{"tokens": 2.5, "parents": [1], "kernels": []}"#, "tokens"),
    (#"{"tokens": ["a", 1], "parents": [1], "kernels": []}"#, "tokens[1]"),
    (#"{"tokens": ["a", "a"], "parents": [1], "kernels": []}"#, "tokens[1]"),
    (#"{"tokens": 2, "parents": 1, "kernels": []}"#, "parents"),
    (#"{"tokens": 2, "parents": [1, 0.5], "kernels": []}"#, "parents[1]"),
    (#"{"tokens": 2, "parents": [2, 1], "kernels": []}"#, "parents[1]"),
    (#"{"tokens": 2, "parents": [1], "kernels": []}"#, "kernels"),
    (#"{"tokens": 2, "parents": [1], "kernels": [[[0, 1], [1, 0]], [[0, 1]]]}"#, "kernels[1]"),
    (#"{"tokens": 2, "parents": [1], "kernels": [[[0, 1], [1, 0]], [[0, 1], [1, 1]]]}"#, "kernels[1][1]"),
    (#"{"tokens": 2, "parents": [1], "kernels": [[[0, 1], [1, 0, 0]]]}"#, "kernels[0][1]"),
    (#"{"tokens": 2, "parents": [1], "kernels": [[[0, 1], [2, -1]]]}"#, "kernels[0][1][1]"),
    (#"{"tokens": 2, "parents": [1], "kernels": [[[0, "1"], [2, -1]]]}"#, "kernels[0][0][1]"),
  ])
  func errorsNameTheKeyPath(text: String, keyPath: String) {
    let error = #expect(throws: DataFileError.self) { try KernelsFile(json: Data(text.utf8)) }
    #expect(error?.keyPath == keyPath)
  }
}

@Suite struct SequencesFileTests {
  let letters: Alphabet
  init() throws { letters = try Alphabet(symbols: ["A", "C", "G"]) }

  @Test func numbersAndSymbolsMeanTheSame() throws {
    let expected = [[0, 1, 2], [2, 2, 0]]
    for text in [
      "[[0, 1, 2], [2, 2, 0]]", #"[["A", "C", "G"], ["G", 2, "0"]]"#,
      #"{"format": 1, "sequences": [[0, 1, 2], [2, 2, 0]]}"#,
    ] {
      #expect(try SequencesFile(json: Data(text.utf8), alphabet: letters).sequences == expected)
    }
    for text in ["0,1,2\n2,2,0\n", "A, C, G\r\nG,G,A\r\n\r\n", "A,1,G\n\nG,G,A"] {
      #expect(try SequencesFile(csv: Data(text.utf8), alphabet: letters).sequences == expected)
    }
    let file = try SequencesFile(json: Data("[[0, 1, 2], [2, 2, 0]]".utf8), alphabet: letters)
    #expect(file.length == 3)
    #expect(try SequencesFile(json: Data(file.json.utf8), alphabet: letters) == file)
    #expect(try SequencesFile(csv: Data(file.csv(letters).utf8), alphabet: letters) == file)
  }

  @Test(arguments: [
    ("{", ""), ("3", ""), ("[]", ""), ("{}", "sequences"), (#"{"tokens": []}"#, "tokens"),
    ("[[0, 1], 2]", "[1]"), ("[[0, 1], [2, 3]]", "[1][1]"), ("[[0, 1], [2, -1]]", "[1][1]"),
    ("[[0, 1], [2, 0.5]]", "[1][1]"), (#"[[0, "T"]]"#, "[0][1]"), ("[[0, 1], [2, true]]", "[1][1]"),
    ("[[0, 1], [2, 0, 1]]", "[1]"), ("[[0]]", "[0]"),
    (#"{"sequences": [["A", "C"], ["A"]]}"#, "sequences[1]"),
  ])
  func errorsInJSONNameTheKeyPath(text: String, keyPath: String) {
    let error = #expect(throws: DataFileError.self) {
      try SequencesFile(json: Data(text.utf8), alphabet: letters)
    }
    #expect(error?.keyPath == keyPath)
  }

  @Test(arguments: [
    ("", ""), ("A,C\nA,T\n", "row 2, column 2"), ("\nA,,C", "row 2, column 2"), ("A,C\n\nA,C,G\n", "row 3"),
    ("A\n", "row 1"), ("A,3", "row 1, column 2"),
  ])
  func errorsInCSVNameRowAndColumn(text: String, place: String) {
    let error = #expect(throws: DataFileError.self) {
      try SequencesFile(csv: Data(text.utf8), alphabet: letters)
    }
    #expect(error?.keyPath == place)
  }
}

@Suite struct SourceTests {
  @Test func kernelsComeFromThePriorOrTheFile() throws {
    let prior = try Prior(concentration: 0.5, kernels: 4, seed: 1)
    let drawn = try Source(alphabet: Alphabet(size: 3), parents: [1, 2], prior: prior)
    #expect(drawn.kernels == (try prior.draw(tokens: 3, parents: [1, 2])))
    #expect(drawn.start == .uniform)
    let given = Source(try KernelsFile(alphabet: drawn.alphabet, kernels: drawn.kernels), start: .stationary)
    #expect(given.kernels == drawn.kernels)
    #expect(given.parents == [1, 2])
    #expect(given.prior == nil)
    #expect(throws: KernelError.parent(index: 0, lag: 0)) {
      try Source(alphabet: Alphabet(size: 3), parents: [0], prior: prior)
    }
  }
}
