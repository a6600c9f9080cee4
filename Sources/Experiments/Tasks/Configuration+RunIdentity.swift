import SymbolicTensors

extension Configuration {
  /// What a run of this configuration is found by.
  ///
  /// - Parameters:
  ///   - request: what it is asked for beside the configuration.
  ///   - shorter: of the run that it makes longer.
  /// - Throws: `ConfigurationError` for a file that cannot be read.
  func identity(
    of kind: RunKind, request: JSON? = nil, extending shorter: Configuration? = nil,
    _ hashes: InputHashes = InputHashes()
  ) throws -> RunIdentity {
    RunIdentity(
      kind, content: try content(of: kind, request, hashes),
      predecessor: try shorter.map { try $0.content(of: kind, request, hashes) })
  }

  private func content(of kind: RunKind, _ request: JSON?, _ hashes: InputHashes) throws -> String {
    let seeds = training?.seeds ?? []
    func ofSeed(_ seed: Int?) throws -> String {
      try identity(of: .training(seed: seed ?? 0), hashes).text
    }
    let meaning =
      switch kind {
      case .flow: try identity(of: .flow, hashes).text
      case .seed: try ofSeed(seeds.first)
      case .training: try ofSeed(seeds.first) + "seeds = \(seeds)\n"
      case .comparison, .baselines, .duel: try contentIdentity(hashes).text
      }
    return SHA256.hash("\(kind.rawValue)\n\(meaning)\(request?.text ?? "")".utf8)
  }
}
