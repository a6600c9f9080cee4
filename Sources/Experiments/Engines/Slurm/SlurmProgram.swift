import Foundation

/// A program of Slurm, found as a shell would find it, run to its end.
struct SlurmProgram {
  let name: String
  private let program: ChildProcess

  /// - Throws: `SlurmError.missing`.
  init(_ name: String, in environment: [String: String]) throws(SlurmError) {
    guard let path = ChildProcess.find(name, in: environment) else { throw .missing(program: name) }
    self.name = name
    program = ChildProcess(path: path, environment: Self.cleared(environment))
  }

  /// What changes the meaning of an option that is not given: filters and formats of squeue, an array and a wait of
  /// sbatch. Processors a task are those of the job that this process runs in, if it does, not of the new one.
  private static func cleared(_ environment: [String: String]) -> [String: String] {
    var environment = environment.filter { !$0.key.hasPrefix("SQUEUE_") }
    for key in ["SBATCH_ARRAY_INX", "SBATCH_WAIT", "SLURM_CPUS_PER_TASK"] { environment[key] = nil }
    // Lists of tasks are cut after 64 characters otherwise.
    environment["SLURM_BITSTR_LEN"] = "0"
    return environment
  }

  /// - Parameter isInterrupted: asked now and then; the program is ended where it says so.
  /// - Throws: `SlurmError.failed` where the program cannot be started.
  func run(
    _ arguments: [String], _ isInterrupted: () -> Bool = { false }
  ) throws(SlurmError) -> ChildProcess.Answer {
    do {
      return try program.run(arguments, isInterrupted)
    } catch {
      throw failure(arguments, error.status, error.message)
    }
  }

  /// The output of a program that has to succeed.
  func output(_ arguments: [String]) throws(SlurmError) -> String {
    let answer = try run(arguments)
    guard answer.isSuccess else { throw failure(arguments, answer.status, answer.error) }
    return answer.output
  }

  private func failure(_ arguments: [String], _ status: Int32, _ message: String) -> SlurmError {
    .failed(
      command: ([name] + arguments).map(ShellWords.quoted).joined(separator: " "), status: status,
      message: message)
  }
}
