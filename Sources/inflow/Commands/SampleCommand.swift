import ArgumentParser
import Experiments
import Foundation

struct SampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample",
    abstract: "Writes the sequences or kernels that a run uses.",
    discussion: """
      The same as training draws or reads, to the last token: of a seed and a step, or held out; or those that the \
      finite-context theory averages over. The ending of the file says how they are written: .json, .csv, .tsv, or .npy \
      (tokens as uint16, a row a sequence; kernels as float64, by kernel, context and token).

      Examples:
        inflow sample Examples/two-parents.yaml --out first-step.csv
        inflow sample Examples/two-parents.yaml --seed 2 --step 100 --count 8 --out few.json
        inflow sample Examples/two-parents.yaml --of held-out --out held-out.npy
        inflow sample Examples/two-parents.yaml --kernels --out kernels.json
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var overwrite: OverwriteOptions

  @Option(
    name: .customLong("of"),
    help: "What uses them; by default training, or theory where the configuration has no training.")
  var origin: SampleRequest.Origin?

  @Option(help: ArgumentHelp("A seed of training; by default the first of training.seeds.", valueName: "n"))
  var seed: Int?

  @Option(
    help: ArgumentHelp(
      "The sequences of the step that follows so many; by default those of the first step, or the whole of a fixed set.",
      valueName: "n"))
  var step: Int?

  @Option(help: ArgumentHelp("How many; by default as many as the run uses.", valueName: "n"))
  var count: Int?

  @Flag(help: "The kernels that the sequences follow, instead of sequences.")
  var kernels = false

  @Option(
    help: ArgumentHelp("The file, in .json, .csv, .tsv or .npy.", valueName: "file"),
    completion: .file(extensions: ["json", "csv", "tsv", "npy"]))
  var out: String

  func validate() throws {
    try ValidationError.check("count", count.map { [$0] } ?? [], in: 1...1 << 30)
    try ValidationError.check("step", step.map { [$0] } ?? [], in: 0...1 << 32)
    try ValidationError.check("seed", seed.map { [$0] } ?? [], in: 0...Int.max)
  }

  func run() throws {
    var request = SampleRequest()
    (request.origin, request.seed, request.step, request.count) = (origin, seed, step, count)
    if kernels { request.content = .kernels }
    let sample = try Sample(common.experiment(), request, threads: common.execution.threads)
    try sample.write(to: out, existing: overwrite.file)
    try Terminal.result("\(sample.count) \(kernels ? "kernels" : "sequences"): \(out)")
  }
}

extension SampleRequest.Origin: ExpressibleByArgument {}
