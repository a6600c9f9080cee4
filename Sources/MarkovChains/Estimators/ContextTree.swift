import func Foundation.log

/// How often each token has followed each context of one sequence, and the probability of what was counted.
///
/// A node is a context, that is what a position holds at some lags; a child knows the token at one lag more. The tokens
/// are labels 0..<k of those that occur, k ≤ min(d, L): a node is as small as the sequence, whatever the alphabet.
struct ContextTree {
  static let root = 0

  /// k.
  private let labels: Int
  /// α and αd.
  private let (smoothing, mass): (Double, Double)
  /// log(n + α) and log(n + αd), [n].
  private let (logarithms, totalLogarithms): ([Double], [Double])
  /// [node][label]; 0, which is nobody's child, for none.
  private var children: [Int32] = []
  /// [node][label].
  private var counts: [Int32] = []
  private var totals: [Int32] = []
  /// [node], of the root itself.
  private(set) var parents: [Int32] = []
  /// log ∫ Π θ_e^N(e) Dirichlet(dθ; α), of the tokens counted at each node. With α = ½ the estimator of Krichevsky and
  /// Trofimov.
  private(set) var evidence: [Double] = []

  /// - Parameters:
  ///   - labels: k.
  ///   - tokens: d.
  ///   - smoothing: α > 0.
  ///   - most: how often any node is counted at, at most.
  init(labels: Int, tokens: Int, smoothing: Double, most: Int) {
    self.labels = labels
    (self.smoothing, mass) = (smoothing, smoothing * Double(tokens))
    logarithms = (0..<max(1, most)).map { log(Double($0) + smoothing) }
    totalLogarithms = (0..<max(1, most)).map { log(Double($0) + smoothing * Double(tokens)) }
    addNode(parent: Self.root)
  }

  var nodes: Int { totals.count }

  private mutating func addNode(parent: Int) {
    children.append(contentsOf: repeatElement(0, count: labels))
    counts.append(contentsOf: repeatElement(0, count: labels))
    totals.append(0)
    parents.append(Int32(parent))
    evidence.append(0)
  }

  /// The child of a node, which is made if it is not there: parents have smaller numbers than their children.
  mutating func child(of node: Int, _ label: Int) -> Int {
    if let known = existingChild(of: node, label) { return known }
    children[node * labels + label] = Int32(nodes)
    addNode(parent: node)
    return nodes - 1
  }

  func existingChild(of node: Int, _ label: Int) -> Int? {
    let child = Int(children[node * labels + label])
    return child == 0 ? nil : child
  }

  /// - Returns: log P(label | what was counted there before).
  @discardableResult
  mutating func count(_ label: Int, at node: Int) -> Double {
    let place = node * labels + label
    let gain = logarithms[Int(counts[place])] - totalLogarithms[Int(totals[node])]
    evidence[node] += gain
    counts[place] += 1
    totals[node] += 1
    return gain
  }

  /// (N(z,e) + α)/(N(z) + αd) of each label, and behind them of any token that has none.
  ///
  /// - Parameter node: nil for a context that has not occurred.
  func law(at node: Int?) -> [Double] {
    guard let node else { return Array(repeating: smoothing / mass, count: labels + 1) }
    let total = Double(totals[node]) + mass
    return (0..<labels).map { (Double(counts[node * labels + $0]) + smoothing) / total } + [smoothing / total]
  }
}

/// A sequence with its tokens numbered in the order in which they appear.
struct LabelledSequence {
  /// Of each position.
  let labels: [Int]
  /// The token of each label.
  private let known: [Int]

  init(_ sequence: some Collection<some BinaryInteger>) {
    var known: [Int] = []
    var numbers: [Int: Int] = [:]
    labels = sequence.map { token in
      let token = Int(token)
      if let number = numbers[token] { return number }
      numbers[token] = known.count
      known.append(token)
      return known.count - 1
    }
    self.known = known
  }

  var count: Int { labels.count }
  var distinct: Int { known.count }

  /// [token], from [label] and what every token without a label has.
  func byToken(_ law: [Double], tokens: Int) -> [Double] {
    var result = Array(repeating: law[distinct], count: tokens)
    for (label, token) in known.enumerated() { result[token] = law[label] }
    return result
  }
}
