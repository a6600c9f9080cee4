import Foundation
import SymbolicTensors

/// Python with pinned packages, for pictures alone, in an environment of its own in the user's cache folder: made once, and
/// shared by everything that draws.
public struct PythonEnvironment: Sendable {
  public let path: String
  private let cache: String

  /// Pinned, so that pictures do not change by themselves.
  static let packages = [
    "ipykernel==7.4.0", "matplotlib==3.11.2", "nbclient==0.11.0", "nbconvert==7.17.2", "numpy==2.4.6",
    "pandas==3.1.1",
    "pillow==13.0.0",
  ]

  /// Finds the environment, or makes it.
  ///
  /// - Parameter tell: told before it is made, which takes a minute.
  /// - Throws: `PythonError`.
  public init(tell: (String) -> Void) throws(PythonError) {
    let environment = ProcessInfo.processInfo.environment
    cache = Self.cache(environment)
    let name = SHA256.hash(Self.packages.joined(separator: "\n").utf8).prefix(12)
    path = "\(cache)/python-\(name)"
    if !isWhole { try make(environment, tell) }
  }

  private static func cache(_ environment: [String: String]) -> String {
    let home = environment["HOME"] ?? NSHomeDirectory()
    let caches = environment["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? "\(home)/.cache"
    return environment["INFLOW_CACHE"].flatMap { $0.isEmpty ? nil : $0 } ?? "\(caches)/inductionflow"
  }

  /// Beside its place, and moved there when it is whole: of several processes that make one the first wins.
  private func make(_ environment: [String: String], _ tell: (String) -> Void) throws(PythonError) {
    guard let python = ChildProcess.find("python3", in: environment) else { throw .noPython }
    let version = try? Self.answer(
      of: python, ["-c", "import sys; print(sys.version.split()[0]); sys.exit(sys.version_info < (3, 11))"],
      environment)
    guard let version, version.isSuccess else {
      let found =
        version.map { "\($0.output)\($0.error)".trimmingCharacters(in: .whitespacesAndNewlines) } ?? ""
      throw .tooOld(found.isEmpty ? "a python3 that does not run" : "Python \(found.prefix(200))")
    }
    for module in ["venv", "ensurepip"] {
      guard try Self.answer(of: python, ["-c", "import \(module)"], environment).isSuccess else {
        throw .noModule(module)
      }
    }
    tell("Making a Python environment for pictures in \(path) (once) ...")
    do { try RunFolder.create(cache) } catch { throw .noCache(cache, reason: "\(error)") }
    removeRemains()
    let making = "\(cache)/\(Self.unfinished)\(ProcessInfo.processInfo.processIdentifier)"
    defer { try? FileManager.default.removeItem(atPath: making) }
    let made = try Self.answer(of: python, ["-m", "venv", "--clear", making], environment)
    guard made.isSuccess else { throw .packages(Self.lastWords(made), environment: path) }
    let installed = try Self.answer(
      of: "\(making)/bin/python",
      ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"] + Self.packages, environment)
    guard installed.isSuccess else { throw .packages(Self.lastWords(installed), environment: path) }
    // What is there by now is another process's, or broken.
    if rename(making, path) == 0 || isWhole { return }
    try? FileManager.default.removeItem(atPath: path)
    guard rename(making, path) == 0 else { throw .noCache(path, reason: String(cString: strerror(errno))) }
  }

  private static let unfinished = ".making-"

  /// What killed processes were about to make.
  private func removeRemains() {
    for name in (try? RunFolder.names(in: cache)) ?? [] where name.hasPrefix(Self.unfinished) {
      guard let process = pid_t(name.dropFirst(Self.unfinished.count)), kill(process, 0) != 0 else {
        continue
      }
      try? FileManager.default.removeItem(atPath: "\(cache)/\(name)")
    }
  }

  /// It is there, and its Python runs.
  private var isWhole: Bool {
    let environment = ProcessInfo.processInfo.environment
    return (try? Self.answer(of: "\(path)/bin/python", ["-c", ""], environment))?.isSuccess == true
  }

  private static func answer(
    of path: String, _ arguments: [String], _ environment: [String: String], in folder: String? = nil,
    _ isInterrupted: () -> Bool = { false }
  ) throws(PythonError) -> ChildProcess.Answer {
    do {
      return try ChildProcess(path: path, environment: environment).run(arguments, in: folder, isInterrupted)
    } catch {
      throw .tooOld("a \(path) that does not run (\(error.message))")
    }
  }

  /// The last error, or the last line.
  private static func lastWords(_ answer: ChildProcess.Answer) -> String {
    let lines = (answer.output + "\n" + answer.error).split(separator: "\n")
    return String((lines.last { $0.hasPrefix("ERROR") } ?? lines.last ?? "nothing said").prefix(400))
  }
}

extension PythonEnvironment {
  /// Executes a notebook where it stands; no time and no version of Python gets into it.
  ///
  /// - Parameter page: a self-contained page of text and pictures to make of it.
  /// - Throws: `PythonError.notebook`; then the notebook is as it was.
  public func execute(
    _ notebook: String, page: String? = nil, _ isInterrupted: () -> Bool = { false }
  ) throws(PythonError) {
    try run(["-c", Self.executing, notebook] + (page.map { [$0] } ?? []), of: notebook, isInterrupted)
  }

  /// Runs a program of Python in a folder.
  ///
  /// - Throws: `PythonError.notebook`.
  func run(_ program: String, in folder: String, _ isInterrupted: () -> Bool = { false }) throws(PythonError)
  {
    try run(["-c", program], of: folder, in: folder, isInterrupted)
  }

  private func run(
    _ arguments: [String], of name: String, in folder: String? = nil, _ isInterrupted: () -> Bool
  ) throws(PythonError) {
    var environment = ProcessInfo.processInfo.environment
    // Kernels and settings are the environment's own.
    for key in ["MATPLOTLIBRC", "PYTHONPATH", "PYTHONHOME"] { environment[key] = nil }
    environment["MPLBACKEND"] = folder == nil ? nil : "agg"
    environment["JUPYTER_PREFER_ENV_PATH"] = "1"
    environment["MPLCONFIGDIR"] = "\(cache)/matplotlib"
    let answer = try Self.answer(of: "\(path)/bin/python", arguments, environment, in: folder, isInterrupted)
    guard answer.isSuccess else {
      throw .notebook(name, problem: Self.lastWords(answer), environment: path)
    }
  }

  private static let executing = #"""
    """usage: NOTEBOOK [PAGE]"""

    import os
    import sys
    from pathlib import Path

    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    STYLE = """
    body { font: 16px/1.5 Georgia, serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
    img { max-width: 100%; height: auto; }
    code, pre { font-size: 14px; }
    table { border-collapse: collapse; font-size: 14px; }
    td, th { padding: 0.2rem 0.8rem 0.2rem 0; text-align: left; vertical-align: top; }
    a.anchor-link { display: none; }
    """


    def write(path, text):
        # A reader sees the file before, or the one after.
        temporary = path.with_name(f".writing-{path.name}-{os.getpid()}")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)


    def page(notebook):
        from nbconvert import HTMLExporter

        exporter = HTMLExporter(template_name="basic", exclude_input=True, exclude_output_prompt=True)
        body, _ = exporter.from_notebook_node(notebook)
        title = notebook.cells[0].source.splitlines()[0].lstrip("# ")
        title = title.replace("&", "&amp;").replace("<", "&lt;")
        return (f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
                f"<style>{STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n")


    def main(path, *pages):
        notebook = nbformat.read(path, as_version=4)
        NotebookClient(
            notebook,
            kernel_name="python3",
            resources={"metadata": {"path": str(path.parent)}},
            record_timing=False,
            timeout=600,
            startup_timeout=300,
            extra_arguments=["--log-level=ERROR"],
        ).execute()
        notebook.metadata.language_info = {"name": "python"}
        texts = [page(notebook) for _ in pages]
        for target, text in zip(pages, texts):
            write(Path(target), text)
        write(path, nbformat.writes(notebook) + "\n")


    try:
        main(Path(sys.argv[1]), *sys.argv[2:])
    except CellExecutionError as error:
        sys.exit(f"{error.ename}: {error.evalue}")
    except (OSError, RuntimeError, ImportError) as error:
        sys.exit(f"{type(error).__name__}: {error}")
    """#
}
