/// Reports of baselines.
extension Report {
  init(baselines folder: RunFolder, _ configuration: Configuration, _ about: [String]) throws {
    guard folder.has(.baselines), folder.has(.features) else { throw ReportError.noRows(folder.path) }
    let context = configuration.training.map { "\($0.context)" } ?? "None"
    self.init(
      title: "\(configuration.name): baselines", about: about, library: [ReportPython.baselines],
      pictures: [
        Picture(
          names: ["baselines"],
          caption:
            "Cross-entropy above that of the true kernel over the length of the context; bars are standard errors over the "
            + "sequences.",
          drawing: "predictors(\"baselines\", read(\"baselines.csv\"))"),
        Picture(
          names: ["features"],
          caption:
            "Second-layer attention to the positions that match on S*; dotted, what attention without a direction has.",
          drawing: "masses(\"features\", read(\"features.csv\"), \(context))"),
      ],
      place: "\(folder.path)/report", folder: folder.path)
  }
}
