// The reference code's simultaneous run on fresh datasets, beside the trajectory that it stored.
//
//   swift run -c release reference-run [--datasets 10] [--first 1] [--steps 50000] [--threads 2]
//       [--precision float|double] [--trajectory FILE]
//
// Prints a Markdown table: at some steps the mean and standard deviation over the datasets of p[1 2], a and the
// validation loss, the stored value, and how many standard deviations lie between; then the runs one by one. FILE is the stored trajectory, by
// default $INFLOW_REFERENCE_RUNS/simultaneous.csv or ../../shared/reference-runs/simultaneous.csv.
import Foundation
import InductionModel
import MarkovChains
import Theory
import Transformer

struct Options {
  var datasets = 10
  var first = 1
  var steps = 50_000
  var threads = 2
  var precision = Precision.float
  var trajectory: String?

  init(_ arguments: some Sequence<String>) {
    var rest = Array(arguments)[...]
    while let argument = rest.popFirst() {
      switch argument {
      case "--datasets": datasets = rest.popFirst().flatMap { Int($0) } ?? datasets
      case "--first": first = rest.popFirst().flatMap { Int($0) } ?? first
      case "--steps": steps = rest.popFirst().flatMap { Int($0) } ?? steps
      case "--threads": threads = rest.popFirst().flatMap { Int($0) } ?? threads
      case "--precision": precision = rest.popFirst().flatMap(Precision.init) ?? precision
      case "--trajectory": trajectory = rest.popFirst()
      default: break
      }
    }
  }
}

/// A point of a trajectory.
struct Point {
  let step: Double
  let share: Double
  let scale: Double
  let loss: Double
}

func stored(_ trajectory: String?) -> [Point]? {
  let folder = ProcessInfo.processInfo.environment["INFLOW_REFERENCE_RUNS"] ?? "../../shared/reference-runs"
  guard let text = try? String(contentsOfFile: trajectory ?? "\(folder)/simultaneous.csv", encoding: .utf8)
  else { return nil }
  let rows = text.split(whereSeparator: \.isNewline).map {
    $0.split(separator: ",", omittingEmptySubsequences: false)
  }
  let names = rows[0].map(String.init)
  guard let share = names.firstIndex(of: "p[1 2]"), let scale = names.firstIndex(of: "scale"),
    let loss = names.firstIndex(of: "validation_loss_after_step")
  else { return nil }
  return rows.dropFirst().map { row in
    Point(
      step: Double(row[0]) ?? 0, share: Double(row[share]) ?? 0, scale: Double(row[scale]) ?? 0,
      loss: Double(row[loss]) ?? .nan)
  }
}

/// Linear in the logarithm of the step.
func value(_ points: [Point], at step: Double, _ path: KeyPath<Point, Double>) -> Double {
  guard let next = points.firstIndex(where: { $0.step >= step }) else { return .nan }
  guard points[next].step > step, next > 0 else { return points[next][keyPath: path] }
  let (left, right) = (points[next - 1], points[next])
  let fraction = (log(step) - log(max(left.step, 1))) / (log(right.step) - log(max(left.step, 1)))
  return left[keyPath: path] + fraction * (right[keyPath: path] - left[keyPath: path])
}

/// Least squares of a on ln t from a tenth of the steps on.
func slope(_ points: [Point], _ steps: Int) -> Double {
  let late = points.filter { $0.step >= Double(steps) / 10 }
  let count = Double(late.count)
  let x = late.map { log($0.step) }
  let (meanX, meanY) = (x.reduce(0, +) / count, late.reduce(0) { $0 + $1.scale } / count)
  let (covariance, variance) = zip(x, late).reduce((0.0, 0.0)) { sums, point in
    (sums.0 + (point.0 - meanX) * (point.1.scale - meanY), sums.1 + (point.0 - meanX) * (point.0 - meanX))
  }
  return covariance / variance
}

func train(dataset: Int, steps: Int, precision: Precision, pool: WorkerPool) throws -> [Point] {
  let definition = try ModelDefinition(tokens: 3, window: 3, heads: 3, degree: 2, variant: .referenceCode)
  let model = DisentangledTransformer(definition, loss: Loss(criterion: .logits))
  let sampler = try ChainSampler(.prior(concentration: 0.1, tokens: 3, parents: [1, 2]))
  let place = DrawPlace(.heldOut)
  let all = try sampler.sample(count: 10_000, length: 101, seed: UInt64(dataset), place: place)
  let setup = TrainingSetup(
    model: model,
    start: Parameters(model: definition, own: 3, other: 0.1, coefficients: 0.01, scale: 0.01).flat,
    data: .fixed(all.selecting(0..<9000), batch: 9000), heldOut: all.selecting(9000..<10_000),
    optimizer: try Optimizer(.sgd(rate: 1)),
    stages: [TrainingStage(train: definition.parameterSpace.groups, end: .steps(steps))],
    measure: .points(200, .logarithmic), checkpoints: .points(2, .linear), seed: UInt64(dataset),
    precision: precision)
  let quantities = ModelQuantities(definition)
  var points: [Point] = []
  let run = try TrainingRun(setup, pool: pool)
  _ = try run.run(
    .init(measurement: { measurement in
      let scale = Parameters(flat: measurement.parameters, model: definition).scale
      let share = quantities(measurement.parameters).share(HeadSet([1, 2])) ?? .nan
      points.append(
        Point(step: Double(measurement.step), share: share, scale: scale, loss: measurement.loss))
    }))
  return points
}

let options = Options(CommandLine.arguments.dropFirst())
let (datasets, steps) = (options.datasets, options.steps)
let reference = stored(options.trajectory)
let pool = WorkerPool(threads: options.threads)
let began = Date()
let runs = try (options.first..<options.first + datasets).map {
  try train(dataset: $0, steps: steps, precision: options.precision, pool: pool)
}
let seconds = Date().timeIntervalSince(began)

print("| quantity | mean | standard deviation | stored | deviations |")
print("|---|---|---|---|---|")
func row(_ name: String, _ values: [Double], _ stored: Double?) {
  let mean = values.reduce(0, +) / Double(values.count)
  let deviation =
    (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, values.count - 1))).squareRoot()
  let found = stored.map { String(format: "%.4f | %+.2f", $0, ($0 - mean) / deviation) } ?? "absent | "
  print("| \(name) | \(String(format: "%.4f | %.4f", mean, deviation)) | \(found) |")
}
for step in [3.0, 6, 9] {
  row(
    "p[1 2], step \(Int(step))", runs.map { value($0, at: step, \.share) },
    reference.map { value($0, at: step, \.share) })
}
for step in [10.0, 100, 1000, 10_000, 50_000] where step <= Double(steps) {
  row(
    "a, step \(Int(step))", runs.map { value($0, at: step, \.scale) },
    reference.map { value($0, at: step, \.scale) })
}
for step in [10.0, 100, 1000, 10_000, 50_000] where step <= Double(steps) {
  row(
    "validation loss, step \(Int(step))", runs.map { value($0, at: step, \.loss) },
    reference.map { value($0, at: step, \.loss) })
}
row("slope of a in ln t", runs.map { slope($0, steps) }, reference.map { slope($0, steps) })
print("\n| dataset | a at the end | slope of a in ln t | p[1 2] at the end |")
print("|---|---|---|---|")
for (number, run) in runs.enumerated() {
  let (scale, share) = (run.last?.scale ?? .nan, run.last?.share ?? .nan)
  print(
    "| \(options.first + number) | "
      + String(format: "%.4f | %.4f | %.6f |", scale, slope(run, steps), share))
}
print(
  String(
    format: "\n%d runs of %d steps in %.0f s on %d threads: %.3f ms a step.", datasets, steps, seconds,
    options.threads,
    seconds * 1e3 / Double(datasets * steps)))
