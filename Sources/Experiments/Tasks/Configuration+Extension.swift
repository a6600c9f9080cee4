import Foundation
import Transformer

/// Making a run longer: what it has done stays, to the bit, and it goes on from there.
extension Configuration {
  /// The configuration of a run that goes on with the one of a folder: rows that this is due stay due, and new ones come
  /// behind its end.
  ///
  /// - Throws: `ConfigurationError` that names a key which changes more than how long the run is.
  init(extending shorter: Configuration, by overrides: [Override], in folder: RunFolder) throws {
    let path = folder[.configuration]
    // Lengths before rows: a run that was made longer states its rows by time, and is not told that they are too late.
    let file = try ConfigurationFile(path)
    var tree = file.tree
    try tree.apply(overrides)
    for rows in ["theory.output", "training.measure", "training.checkpoints"] { tree = tree.removing(rows) }
    try Configuration(tree, folder: file.folder).checkExtends(shorter, in: folder)
    try self.init(contentsOf: path, overrides: overrides)
    theory.output = theory.output.joined(
      to: shorter.theory.output, until: shorter.theory.timeCap, end: theory.timeCap)
    if let training, let old = shorter.training {
      self.training?.measure = try training.measureJoined(to: old)
    }
  }

  /// What may change: how many steps a solver may take, how long the last stage is, stages behind it, rows and
  /// checkpoints, seeds.
  private func checkExtends(_ shorter: Configuration, in folder: RunFolder) throws {
    var same = self
    same.name = shorter.name
    same.theory.solver.steps = shorter.theory.solver.steps
    same.theory.output = shorter.theory.output
    same.theory.stages = Array(theory.stages.prefix(shorter.theory.stages.count))
    let last = shorter.theory.stages.count - 1
    if same.theory.stages.count > last {
      let (old, new) = (shorter.theory.stages[last].until.time, theory.stages[last].until.time)
      try Self.check(
        new >= old, "theory.stages[\(last)].until.time", "\(new)",
        "at least \(old), as long as the run was to last",
        folder)
      same.theory.stages[last].until.time = old
    }
    if let training, let old = shorter.training {
      same.training?.seeds = old.seeds
      same.training?.measure = old.measure
      same.training?.checkpoints = old.checkpoints
      same.training?.stages = Array(training.stages.prefix(old.stages.count))
      try Self.check(
        training.seeds.starts(with: old.seeds), "training.seeds", "\(training.seeds)",
        "\(old.seeds), and others behind them", folder)
      if training.stages.count >= old.stages.count, let length = old.stages.last?.length {
        let place = old.stages.count - 1
        try training.stages[place].length.check(
          isNoShorterThan: length, "training.stages[\(place)]", in: folder)
        same.training?.stages[place].length = length
      }
    }
    guard let key = same.tree.firstDifference(from: shorter.tree) else { return }
    throw ConfigurationError(
      .conflict, at: .file(folder[.configuration], line: nil), keyPath: key.path, found: key.ours,
      allowed: "\(key.theirs), as the run began with",
      suggestion:
        "a longer run may have more theory.solver.steps, a longer last stage, stages behind it, other rows and "
        + "more training.seeds; anything else is another run")
  }

  fileprivate static func check(
    _ holds: Bool, _ key: String, _ found: String, _ allowed: String, _ folder: RunFolder
  ) throws {
    guard !holds else { return }
    throw ConfigurationError(
      .outOfRange, at: .file(folder[.configuration], line: nil), keyPath: key, found: found, allowed: allowed)
  }
}

extension TrainingStage.Length {
  fileprivate func check(isNoShorterThan old: Self, _ key: String, in folder: RunFolder) throws {
    switch (self, old) {
    case (.steps(let new), .steps(let old)):
      try Configuration.check(
        new >= old, "\(key).steps", "\(new)", "at least \(old), as many as the run was to take", folder)
    case (.until(let new), .until(let old)):
      var same = new
      same.time = old.time
      try Configuration.check(
        same == old && new.time >= old.time, "\(key).until.time", "\(new.time)",
        "at least \(old.time), as long as the run was to last, and the same conditions", folder)
    case (.steps, _), (_, .steps):
      try Configuration.check(
        false, key, "another kind of end", "steps or until, as the run began with", folder)
    }
  }
}

extension OutputGrid {
  /// The rows of a shorter run up to its end, then these.
  fileprivate func joined(to shorter: OutputGrid, until last: Double, end: Double) -> OutputGrid {
    guard self != shorter || last != end else { return self }
    guard let old = shorter.times(until: last), let new = times(until: end) else { return self }
    return .times(old + new.filter { $0 > last })
  }
}

extension TrainingConfiguration {
  /// The measurements of a shorter run up to its end, then these. Steps are told by their times.
  fileprivate func measureJoined(to shorter: TrainingConfiguration) throws -> OutputGrid {
    guard measure != shorter.measure || stages != shorter.stages else { return measure }
    guard let old = try shorter.measurementTimes, let new = try measurementTimes, let last = old.last else {
      return measure
    }
    return .times(old + new.filter { $0 > last })
  }

  /// nil where every step is measured.
  private var measurementTimes: [Double]? {
    get throws {
      let (grid, optimizer) = (StepGrid(measure), try optimizer.resolved())
      if case .times(let times) = grid { return times }
      let total = try Transformer.TrainingStage.longest(
        stages.map { $0.resolved(mostInformative: .empty) }, optimizer
      ).reduce(0, +)
      return grid.steps(until: total)?.map { step in
        optimizer.timePerStep * optimizer.schedule.total(steps: step)
      }
    }
  }
}

extension ConfigurationTree {
  /// The first key whose values differ, with both as text.
  fileprivate func firstDifference(from other: ConfigurationTree, at path: String = "") -> (
    path: String, ours: String, theirs: String
  )? {
    if case .map(let ours) = content, case .map(let theirs) = other.content {
      for key in ours.keys + theirs.keys.filter({ ours[$0] == nil }) {
        let inner = KeyPathText.joined(path, key)
        guard let mine = ours[key], let its = theirs[key] else {
          return (inner, ours[key]?.line ?? "nothing", theirs[key]?.line ?? "nothing")
        }
        if let difference = mine.firstDifference(from: its, at: inner) { return difference }
      }
      return nil
    }
    if case .list(let ours) = content, case .list(let theirs) = other.content, ours.count == theirs.count {
      for (index, pair) in zip(ours, theirs).enumerated() {
        if let difference = pair.0.firstDifference(from: pair.1, at: "\(path)[\(index)]") {
          return difference
        }
      }
      return nil
    }
    return line == other.line ? nil : (path, line, other.line)
  }
}
