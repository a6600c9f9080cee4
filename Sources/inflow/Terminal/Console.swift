/// Progress and warnings: on standard error if it is a terminal and nobody asked for quiet.
struct Console {
  private let isQuiet: Bool
  private var isSilent: Bool { isQuiet || !Terminal.isErrorTerminal }

  init(quiet: Bool) { isQuiet = quiet }

  func warn(_ text: String) {
    if !isSilent { Terminal.log("warning: \(text)\n") }
  }

  /// Something that takes a while and happens once: also where there is no terminal, as what follows is silent.
  func tell(_ text: String) {
    if !isQuiet { Terminal.log("\(text)\n") }
  }

  /// nil where nobody would see it.
  func progressBar() -> ProgressBar? { isSilent ? nil : ProgressBar() }
}
