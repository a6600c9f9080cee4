import InductionModel
import ParameterSpaces

/// `training.data`: what a step is computed on.
public struct TrainingData: Equatable, Sendable {
  public enum Sequences: Equatable, Sendable {
    /// New sequences every step.
    case fresh(batch: Int)
    /// The same sequences throughout, `batch` of them a step.
    case fixed(count: Int, batch: Int)
    case file(InputFile, batch: Int?)
  }

  /// Where the kernel of a sequence comes from.
  public enum Kernels: String, CaseIterable, Sendable {
    /// One of the source's kernels.
    case source
    /// A new one for every sequence.
    case prior
    /// None: sequences are cut from the source's text.
    case text
  }

  public var sequences: Sequences
  public var kernels: Kernels
}

extension TrainingData {
  init(_ cursor: Cursor?) throws {
    let section = try cursor?.section("fresh", "fixed", "file", "batch", "kernels")
    let counts = 1...1 << 30
    let batch = section?["batch"]
    switch try section?.only(of: "fresh", "fixed", "file") {
    case ("fixed", let fixed)?:
      let count = try fixed.integer(in: counts)
      sequences = .fixed(count: count, batch: try batch?.integer(in: 1...count) ?? count)
    case ("file", let file)?:
      sequences = .file(
        try file.file("the name of a sequences file"), batch: try batch?.integer(in: counts))
    case let fresh:
      if let batch {
        throw batch.error(.conflict, allowed: "batch only beside fixed or file; fresh is itself the batch")
      }
      sequences = .fresh(batch: try fresh?.value.integer(in: counts) ?? 1024)
    }
    kernels = try section?["kernels"]?.choice(Kernels.self) ?? .source
  }

  var tree: ConfigurationTree {
    let kernels = ConfigurationTree.word(kernels.rawValue)
    return switch sequences {
    case .fresh(let batch): .map(["fresh": .integer(batch), "kernels": kernels])
    case .fixed(let count, let batch):
      .map(["fixed": .integer(count), "batch": .integer(batch), "kernels": kernels])
    case .file(let file, let batch):
      .map(["file": file.tree, "batch": batch.map { .integer($0) }, "kernels": kernels])
    }
  }
}

/// A stretch of steps in which some groups of parameters train.
public struct TrainingStage: Equatable, Sendable {
  public enum Length: Equatable, Sendable {
    case steps(Int)
    /// As in the theory; time is the sum of the rates.
    case until(StageConditions)
  }

  /// In the order of the flat vector.
  public var train: [ParameterGroup]
  public var length: Length
}

extension TrainingStage {
  init(_ cursor: Cursor, _ scope: StageScope) throws {
    let section = try cursor.section("train", "steps", "until")
    train = try scope.groups(section["train"])
    switch try section.only(of: "steps", "until") {
    case ("until", let end)?: length = .until(try StageConditions(end, model: scope.definition))
    default:
      length = .steps(
        try section.required("steps", "how many steps the stage lasts, or until").steps())
    }
  }

  var tree: ConfigurationTree {
    let groups = StageConfiguration.tree(of: train)
    return switch length {
    case .steps(let count): .map(["train": groups, "steps": .integer(count)])
    case .until(let end): .map(["train": groups, "until": end.tree])
    }
  }
}
