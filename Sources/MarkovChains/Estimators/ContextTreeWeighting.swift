import func Foundation.exp
import func Foundation.log
import func Foundation.log1p

/// The mixture over all tree sources of at most `depth` lags, exactly and in linear time.
///
/// A tree source is a complete d-ary tree of contexts, the root's children standing for the last token, each leaf with a
/// law of its own from Dirichlet(α). A node of less than full depth is a leaf with probability ½, so that a tree with n
/// inner nodes and m leaves that are less deep than `depth` has the prior 2^{−n−m}. With P_e the evidence of what was
/// counted at a node, P_w = P_e at full depth and ½ P_e + ½ Π_children P_w above it; the prediction is the ratio of the
/// root's P_w with the next token and without.
///
/// Source: Willems, Shtarkov, Tjalkens, "The context-tree weighting method: basic properties", IEEE Trans. Inf. Theory 41
/// (1995), with Dirichlet(½) over d letters in the place of the estimator of Krichevsky and Trofimov over two.
struct ContextTreeWeighting {
  let depth: Int
  /// α > 0.
  let smoothing: Double
  /// d.
  let tokens: Int

  /// The law of x_{L+1}. The first `depth` tokens are given: those behind them count. O(L · depth + nodes · min(d, L)).
  func prediction(after sequence: some Collection<some BinaryInteger>) -> [Double] {
    let x = LabelledSequence(sequence)
    guard x.count > depth else { return Array(repeating: 1 / Double(tokens), count: tokens) }
    var tree = ContextTree(
      labels: x.distinct, tokens: tokens, smoothing: smoothing, most: x.count - depth)
    for position in depth..<x.count {
      var node = ContextTree.root
      tree.count(x.labels[position], at: node)
      for lag in stride(from: 1, through: depth, by: 1) {
        node = tree.child(of: node, x.labels[position - lag])
        tree.count(x.labels[position], at: node)
      }
    }
    return x.byToken(law(of: tree, after: x.labels), tokens: tokens)
  }

  /// λ p + (1 − λ) q from the deepest node of the context up: p of the node, q of its child, λ = ½ P_e/P_w.
  private func law(of tree: ContextTree, after labels: [Int]) -> [Double] {
    let weighted = weightedEvidence(tree)
    var path = [ContextTree.root]
    for lag in stride(from: 1, through: depth, by: 1) {
      guard let next = tree.existingChild(of: path[lag - 1], labels[labels.count - lag]) else { break }
      path.append(next)
    }
    var law = tree.law(at: path.count > depth ? path.removeLast() : nil)
    for node in path.reversed() {
      let own = exp(tree.evidence[node] - log(2) - weighted[node])
      law = zip(tree.law(at: node), law).map { own * $0 + (1 - own) * $1 }
    }
    return law
  }

  /// log P_w, [node].
  private func weightedEvidence(_ tree: ContextTree) -> [Double] {
    var weighted = tree.evidence
    // Log Π P_w of the children; a node above full depth has at least one.
    var inner: [Double?] = Array(repeating: nil, count: tree.nodes)
    for node in (0..<tree.nodes).reversed() {
      if let inner = inner[node] {
        let (high, low) = (max(weighted[node], inner), min(weighted[node], inner))
        weighted[node] = high + log1p(exp(low - high)) - log(2)
      }
      if node > 0 { inner[Int(tree.parents[node])] = (inner[Int(tree.parents[node])] ?? 0) + weighted[node] }
    }
    return weighted
  }
}
