/// Progress and warnings: on standard error if it is a terminal and nobody asked for quiet.
struct Console {
  private let isSilent: Bool

  init(quiet: Bool) { isSilent = quiet || !Terminal.isErrorTerminal }

  func warn(_ text: String) {
    if !isSilent { Terminal.log("warning: \(text)\n") }
  }

  /// nil where nobody would see it.
  func progressBar() -> ProgressBar? { isSilent ? nil : ProgressBar() }
}
