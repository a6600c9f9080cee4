import MarkovChains

/// What the evaluators of one precision do, before their type is hidden.
protocol EvaluatorCore: AnyObject {
  func load(_ sequences: TokenSequences) throws
  func mean(over sequences: TokenSequences?, at parameters: [Double], gradient: inout [Double]) throws
    -> Double
  func losses(at parameters: [Double]) -> [Double]
  func predictions(at parameters: [Double]) -> [[Double]]
}

/// An evaluator behind closures that are made where its precision is known: the compiler then specialises its loops,
/// which it does not do for a generic class behind a protocol.
final class ConcreteEvaluator: BatchEvaluator {
  private let loading: (TokenSequences) throws -> Void
  private let meaning: (TokenSequences?, [Double], inout [Double]) throws -> Double
  private let listing: ([Double]) -> [Double]
  private let predicting: ([Double]) -> [[Double]]

  @inline(__always)
  init<Core: EvaluatorCore>(_ core: Core) {
    loading = { try core.load($0) }
    meaning = { try core.mean(over: $0, at: $1, gradient: &$2) }
    listing = { core.losses(at: $0) }
    predicting = { core.predictions(at: $0) }
  }

  func load(_ sequences: TokenSequences) throws { try loading(sequences) }

  func lossAndGradient(at parameters: [Double], gradient: inout [Double]) throws -> Double {
    try meaning(nil, parameters, &gradient)
  }

  func lossAndGradient(
    at parameters: [Double], on sequences: TokenSequences, gradient: inout [Double]
  ) throws -> Double {
    try meaning(sequences, parameters, &gradient)
  }

  func losses(at parameters: [Double]) -> [Double] { listing(parameters) }

  func predictions(at parameters: [Double]) -> [[Double]] { predicting(parameters) }
}
