import ArgumentParser
import Experiments

/// Where the cells of a sweep run.
struct SlurmOptions: ParsableArguments {
  enum Engine: String, CaseIterable, ExpressibleByArgument {
    case local, slurm
  }

  @Option(help: "local: in this process; slurm: as job arrays.")
  var engine: Engine = .local
}

extension Sweep {
  func submit(_ cells: CellRanges?, _ again: SweepRepeat, _ options: SlurmOptions, _ execution: ExecutionOptions)
    throws
  {}
}
