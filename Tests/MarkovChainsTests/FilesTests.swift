import Foundation
import MarkovChains
import StrictJSON
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
    ("", "line 1, column 1"), ("[]", ""), ("{}", "tokens"),
    ("{\"tokens\": 2,\n \"parents\": [1,]}", "line 2, column 16"),
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
      #expect(try SequencesFile(Data(text.utf8), .json, alphabet: letters).sequences == expected)
    }
    for text in ["0,1,2\n2,2,0\n", "A, C, G\r\nG,G,A\r\n\r\n", "A,1,G\n\nG,G,A"] {
      #expect(try SequencesFile(Data(text.utf8), .csv, alphabet: letters).sequences == expected)
    }
    let file = try SequencesFile(Data("[[0, 1, 2], [2, 2, 0]]".utf8), .json, alphabet: letters)
    #expect(file.length == 3)
    #expect(try SequencesFile(Data(file.text(.json, letters).utf8), .json, alphabet: letters) == file)
    #expect(try SequencesFile(Data(file.text(.csv, letters).utf8), .csv, alphabet: letters) == file)
  }

  /// Where symbols read as numbers the same digits mean the same in every form.
  @Test func digitsAreSymbolsInEveryForm() throws {
    let digits = try Alphabet(symbols: ["1", "2", "3"])
    for (text, form) in [
      ("[[1, 2, 3], [3, 3, 1]]", SequencesFile.Form.json), (#"[["1", "2", "3"], ["3", 3, "1"]]"#, .json),
      ("1,2,3\n3,3,1\n", .csv), ("1\t2\t3\n3\t3\t1\n", .tsv),
    ] {
      let read = try SequencesFile(Data(text.utf8), form, alphabet: digits)
      #expect(read.sequences == [[0, 1, 2], [2, 2, 0]])
      for form in [SequencesFile.Form.json, .csv, .tsv] {
        #expect(try SequencesFile(Data(read.text(form, digits).utf8), form, alphabet: digits) == read)
      }
    }
    for (text, form) in [("[[0, 1, 2]]", SequencesFile.Form.json), ("0,1,2", .csv)] {
      #expect(throws: DataFileError.self) {
        try SequencesFile(Data(text.utf8), form, alphabet: digits)
      }
    }
  }

  /// RFC 4180, with tabs too, and as spreadsheets write it.
  @Test func quotesAndTabs() throws {
    let odd = try Alphabet(symbols: ["A", "\"", "C\tC"])
    for (text, form) in [
      ("\"A\",\"\"\"\",\"C\tC\"\r\n \"A\" ,A,A\r\n", SequencesFile.Form.csv),
      ("A,\"\"\"\",C\tC\nA,A,A", .csv),
      ("\u{FEFF}A\t\"\"\"\"\t\"C\tC\"\nA\tA\tA\n", .tsv),
    ] {
      let read = try SequencesFile(Data(text.utf8), form, alphabet: odd)
      #expect(read.sequences == [[0, 1, 2], [0, 0, 0]])
      for form in [SequencesFile.Form.csv, .tsv] {
        #expect(try SequencesFile(Data(read.text(form, odd).utf8), form, alphabet: odd) == read)
      }
    }
  }

  @Test(arguments: [
    ("A,\"C", "row 1, column 2"), ("A,C\n\"A\"C,G", "row 2, column 1"),
    ("\"A\n\",C\nA,\"T\"", "row 1, column 1"),
    ("A,\"C\n\"\n\"A", "row 3, column 1"),
  ])
  func errorsInQuotesNameTheirPlace(text: String, place: String) {
    let error = #expect(throws: DataFileError.self) {
      try SequencesFile(Data(text.utf8), .csv, alphabet: letters)
    }
    #expect(error?.keyPath == place)
  }

  @Test(arguments: [
    ("{", "line 1, column 2"), ("[[0, 1],\n [1, 2],]", "line 2, column 9"),
    (#"{"sequences": [], "sequences": []}"#, "line 1, column 30"), ("3", ""), ("[]", ""), ("{}", "sequences"),
    (#"{"tokens": []}"#, "tokens"),
    ("[[0, 1], 2]", "[1]"), ("[[0, 1], [2, 3]]", "[1][1]"), ("[[0, 1], [2, -1]]", "[1][1]"),
    ("[[0, 1], [2, 0.5]]", "[1][1]"), (#"[[0, "T"]]"#, "[0][1]"), ("[[0, 1], [2, true]]", "[1][1]"),
    ("[[0, 1], [2, 0, 1]]", "[1]"), ("[[0]]", "[0]"),
    (#"{"sequences": [["A", "C"], ["A"]]}"#, "sequences[1]"),
  ])
  func errorsInJSONNameTheKeyPath(text: String, keyPath: String) {
    let error = #expect(throws: DataFileError.self) {
      try SequencesFile(Data(text.utf8), .json, alphabet: letters)
    }
    #expect(error?.keyPath == keyPath)
  }

  @Test(arguments: [
    ("", ""), ("A,C\nA,T\n", "row 2, column 2"), ("\nA,,C", "row 2, column 2"), ("A,C\n\nA,C,G\n", "row 3"),
    ("A\n", "row 1"), ("A,3", "row 1, column 2"),
  ])
  func errorsInCSVNameRowAndColumn(text: String, place: String) {
    let error = #expect(throws: DataFileError.self) {
      try SequencesFile(Data(text.utf8), .csv, alphabet: letters)
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
