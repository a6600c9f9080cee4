/// The job script of an array: what Slurm runs for each of its tasks, and what a person can read and submit.
struct SlurmScript {
  let array: SlurmArray
  let folder: SlurmFolder
  /// The absolute path of this program.
  let executable: String
  let options: SbatchOptions
  /// Which cells the tasks run although they have come to an end.
  let again: SweepRepeat

  /// What `sbatch` is called with; its own options come last, so that they count.
  var submission: [String] {
    options.words + ["--parsable", "--array=1-\(array.taskCount)", folder.script(of: array)]
  }

  /// The output of Slurm and of the program appends to one file a task, so that a task that is started again, because its
  /// node failed, keeps what it had said. `exec`, so that Slurm's signals reach the program itself.
  var text: String {
    let name = folder.sweep.split(separator: "/").last.map(String.init) ?? "sweep"
    return """
      #!/bin/sh
      # Task K of this job array runs the cells of the sweep that stand on line K of \(array.tasksName).
      # By hand: \((["sbatch"] + options.words + [folder.script(of: array)]).map(ShellWords.quoted).joined(separator: " "))
      #SBATCH --array=1-\(array.taskCount)
      #SBATCH --job-name=\(Self.quoted("inflow \(name)"))
      #SBATCH --output=\(Self.quoted(Self.escaped(folder.logs) + "/%A_%a.txt"))
      #SBATCH --open-mode=append
      #SBATCH --requeue
      set -eu
      cells=$(sed -n "${SLURM_ARRAY_TASK_ID}p" \(ShellWords.quoted(folder.tasks(of: array))))
      exec \(ShellWords.quoted(executable)) sweep run \(ShellWords.quoted(folder.sweep)) --cells "$cells" \\
        --threads "${SLURM_CPUS_PER_TASK:-${SLURM_CPUS_ON_NODE:-1}}" --quiet\(again.flag)

      """
  }

  /// A value behind `#SBATCH`, where double quotes are the only ones that keep a space and let a quote be escaped.
  private static func quoted(_ value: String) -> String {
    "\"" + value.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\"") + "\""
  }

  /// In the name of a file `%` means something.
  private static func escaped(_ path: String) -> String {
    path.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%%")
  }
}

extension SweepRepeat {
  fileprivate var flag: String {
    switch self {
    case .none: ""
    case .failed: " --retry"
    case .all: " --force"
    }
  }
}
