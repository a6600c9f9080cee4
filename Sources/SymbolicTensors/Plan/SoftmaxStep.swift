import Foundation

/// exp(x)/Σ exp(x) along one index, with the largest logit subtracted first. Logits of −∞ weigh 0; where all
/// are −∞ so do all weights.
final class SoftmaxStep: PlanStep {
  private let source: Buffer
  private let target: Buffer
  private let outer: Int
  private let extent: Int
  private let inner: Int

  init(from source: Buffer, domain: [Index], over index: Index, to target: Buffer) {
    self.source = source
    self.target = target
    let axis = domain.firstIndex(of: index) ?? 0
    outer = Array(domain[..<axis]).size
    extent = index.extent
    inner = Array(domain[(axis + 1)...]).size
  }

  func run(_ workers: Workers, scratch: [Buffer]) {
    let work = outer * extent * inner
    let rowsPerBlock = max(1, 4096 / max(1, extent * inner))
    let blocks = (outer + rowsPerBlock - 1) / rowsPerBlock
    workers.run(blocks: blocks, isWorthwhile: work > 20_000) { block, _ in
      for row in block * rowsPerBlock..<min(outer, (block + 1) * rowsPerBlock) {
        for column in 0..<inner { normalize(row * extent * inner + column) }
      }
    }
  }

  private func normalize(_ first: Int) {
    var largest = -Double.infinity
    for k in 0..<extent { largest = max(largest, source.base[first + k * inner]) }
    var total = 0.0
    for k in 0..<extent {
      let logit = source.base[first + k * inner]
      let weight = logit == -.infinity ? 0 : exp(logit - largest)
      target.base[first + k * inner] = weight
      total += weight
    }
    guard total != 0 else { return }
    for k in 0..<extent { target.base[first + k * inner] /= total }
  }
}
