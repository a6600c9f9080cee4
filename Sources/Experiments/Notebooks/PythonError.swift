/// Why there are numbers and notebooks, but no pictures.
public enum PythonError: Error, Equatable, Sendable {
  case noPython
  /// What its version is.
  case tooOld(String)
  case noModule(String)
  /// The cache folder.
  case noCache(String, reason: String)
  /// The last words of pip.
  case packages(String, environment: String)
  /// What went wrong in which notebook.
  case notebook(String, problem: String, environment: String)
}

extension PythonError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noPython:
      "no pictures: found no python3, allowed: Python 3.11 or newer; install it (apt-get install python3 python3-venv)"
    case .tooOld(let version):
      "no pictures: found \(version), allowed: Python 3.11 or newer; put one before it in PATH"
    case .noModule(let name):
      "no pictures: found a Python without the module \(name), allowed: one that has it; apt-get install python3-venv"
    case .noCache(let path, let reason):
      "no pictures: \(path): cannot be written (\(reason)), allowed: a folder for a Python environment; set INFLOW_CACHE to one"
    case .packages(let problem, let environment):
      "no pictures: Python packages could not be installed in \(environment): \(problem); allowed: "
        + "\(PythonEnvironment.packages.joined(separator: ", ")); pip needs the network, or PIP_INDEX_URL"
    case .notebook(let path, let problem, let environment):
      "\(path): found \(problem) while it was executed; allowed: a notebook that runs; if a package is broken, remove "
        + "\(environment), which is then made anew"
    }
  }
}
