// Time of one training step, fresh sequences included, at the sizes that trainer/*.py measures the rivals at.
//
//   swift run -c release trainer-benchmark [--model disentangled|full] [--threads N] [--seconds S] [SIZE ..]
//
// Prints one JSON object a size: the median and the least time of a step in milliseconds, and the processor time of one,
// all threads together, which other work on the machine does not lengthen much.
import Foundation
import InductionModel
import MarkovChains
import Transformer

struct Size {
  let name: String
  let tokens: Int
  let parents: [Int]
  let window: Int
  let heads: Int
  let degree: Int
  let context: Int
  let batch: Int
}

let sizes = [
  Size(name: "small", tokens: 3, parents: [1, 2], window: 3, heads: 3, degree: 2, context: 100, batch: 1024),
  Size(name: "long", tokens: 3, parents: [1, 2], window: 3, heads: 3, degree: 2, context: 1000, batch: 256),
  Size(name: "wide", tokens: 10, parents: [1, 3], window: 8, heads: 8, degree: 2, context: 512, batch: 256),
  Size(name: "deep", tokens: 4, parents: [1, 2], window: 6, heads: 6, degree: 3, context: 256, batch: 512),
]

func milliseconds(_ duration: Duration) -> Double {
  Double(duration.components.seconds) * 1e3 + Double(duration.components.attoseconds) * 1e-15
}

/// Of the process so far, in milliseconds.
func processorTime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) * 1e-6
}

/// What trains, from where, and at which rate.
func subject(_ name: String, _ size: Size) throws -> (model: any TrainableModel, start: [Double], rate: Double)
{
  func definition(_ variant: Variant) throws -> ModelDefinition {
    try ModelDefinition(
      tokens: size.tokens, window: size.window, heads: size.heads, degree: size.degree, variant: variant)
  }
  if name == "full" {
    let definition = try definition(.referenceCode)
    return (
      FullTransformer(definition, loss: Loss(criterion: .logits)),
      FullParameters(model: definition, own: 3, other: 0.01, maps: 0.001, coefficients: 0.01, scale: 0.01).flat,
      0.01
    )
  }
  let definition = try definition(.paper)
  return (
    DisentangledTransformer(definition, loss: Loss(epsilon: 1e-3)),
    Parameters(model: definition, own: 1, other: 0, coefficients: 1, scale: 0.01).flat, 1
  )
}

func measure(_ name: String, _ size: Size, threads: Int, seconds: Double, precision: Precision) throws {
  let subject = try subject(name, size)
  let model = subject.model
  let kernels = try Prior(concentration: 0.5, kernels: 64, seed: 1).draw(
    tokens: size.tokens, parents: size.parents)
  let pool = WorkerPool(threads: threads)
  let sampler = try ChainSampler(.list(kernels))
  var sequences = TokenSequences(count: size.batch, length: size.context + 1, tokens: size.tokens)
  let evaluator = model.evaluator(precision: precision, pool: pool)
  var parameters = subject.start
  var times: [Double] = []
  var sampling: [Double] = []
  let clock = ContinuousClock()
  let processorAtStart = processorTime()
  let end = clock.now + .seconds(seconds)
  var step = 0
  while clock.now < end || step < 20 {
    let start = clock.now
    try sampler.fill(&sequences, seed: 1, place: DrawPlace(.training, step: step), pool: pool)
    let sampled = clock.now
    let gradient = try evaluator.prepare(sequences, for: .once).evaluate(at: parameters, .gradient).gradient
    for entry in parameters.indices { parameters[entry] -= subject.rate * gradient[entry] }
    step += 1
    times.append(milliseconds(clock.now - start))
    sampling.append(milliseconds(sampled - start))
  }
  let processor = (processorTime() - processorAtStart) / Double(step)
  times.sort()
  sampling.sort()
  print(
    String(
      format:
        "{\"model\": \"%@\", \"size\": \"%@\", \"threads\": %d, \"precision\": \"%@\", \"steps\": %d, \"median_ms\": %.4f, \"least_ms\": %.4f, \"processor_ms\": %.4f, \"sampling_ms\": %.4f}",
      name, size.name, threads, precision.rawValue, step, times[times.count / 2], times[0],
      processor, sampling[sampling.count / 2]))
}

var (model, threads, seconds, precision) = ("disentangled", 1, 3.0, Precision.float)
var chosen: [String] = []
var arguments = CommandLine.arguments.dropFirst()
while let argument = arguments.popFirst() {
  switch argument {
  case "--model": model = arguments.popFirst() ?? model
  case "--threads": threads = arguments.popFirst().flatMap { Int($0) } ?? threads
  case "--seconds": seconds = arguments.popFirst().flatMap { Double($0) } ?? seconds
  case "--precision": precision = arguments.popFirst().flatMap(Precision.init) ?? precision
  default: chosen.append(argument)
  }
}
for size in sizes where chosen.isEmpty || chosen.contains(size.name) {
  try measure(model, size, threads: threads, seconds: seconds, precision: precision)
}
