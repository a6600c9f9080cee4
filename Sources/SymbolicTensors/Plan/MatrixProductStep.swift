import COpenBLAS

/// A contraction of two values as (batched) BLAS matrix products, split into blocks of rows or columns of the
/// result whose size does not depend on the number of threads.
final class MatrixProductStep: PlanStep {
  private let left: Operand
  private let right: Operand
  private let target: Buffer
  private let batch, rows, columns, depth: Int
  private let splitsRows: Bool
  private let pieces: Int

  private struct Operand {
    let base: UnsafeMutablePointer<Double>
    /// Stored as depth × free instead of free × depth.
    let isTransposed: Bool
  }

  /// How the arrays have to lie: batch, then free and summed indices in either order.
  struct Layout {
    /// The order in which an operand must be copied first; nil if it lies well.
    var copies: [[Index]?] = [nil, nil]
    var isTransposed = [false, false]
    /// The operands' roles are exchanged, so that the result's rows come first.
    var isSwapped = false
    let batch: [Index]
    /// Free indices of the rows' and the columns' operand.
    var free: [[Index]]
    let summed: [Index]

    /// The order in which the product comes out.
    var resultOrder: [Index] { batch + free[0] + free[1] }

    init(_ left: [Index], _ right: [Index], over summed: [Index]) {
      self.summed = summed.sorted()
      batch = left.filter { right.contains($0) && !summed.contains($0) }
      let fixed = batch + summed
      var domains = [left, right]
      free = domains.map { $0.filter { !fixed.contains($0) } }
      let result = (batch + free[0] + free[1]).sorted()
      if result != batch + free[0] + free[1], result == batch + free[1] + free[0] || free[0].isEmpty {
        isSwapped = true
        free.reverse()
        domains.reverse()
      }
      for side in 0..<2 {
        if domains[side] == batch + free[side] + self.summed {
          isTransposed[side] = false
        } else if domains[side] == batch + self.summed + free[side] {
          isTransposed[side] = true
        } else {
          copies[side] = batch + free[side] + self.summed
        }
      }
    }
  }

  init(_ layout: Layout, rows left: Buffer, columns right: Buffer, to target: Buffer) {
    self.left = Operand(base: left.base, isTransposed: layout.isTransposed[0])
    self.right = Operand(base: right.base, isTransposed: layout.isTransposed[1])
    self.target = target
    batch = layout.batch.size
    rows = layout.free[0].size
    columns = layout.free[1].size
    depth = layout.summed.size
    splitsRows = rows > columns
    // Blocks of about four million operations; fewer would leave threads idle, more would repack too often.
    let wanted = batch > 1 ? 1 : min(8, rows * columns * depth / 2_000_000)
    pieces = max(1, min(wanted, max(rows, columns) / 32))
  }

  func run(_ workers: Workers, scratch: [Buffer]) {
    let batchesPerBlock = max(1, 100_000 / max(1, rows * columns * depth))
    let batchBlocks = (batch + batchesPerBlock - 1) / batchesPerBlock
    let isWorthwhile = batch * rows * columns * depth > 500_000
    workers.run(blocks: batchBlocks * pieces, isWorthwhile: isWorthwhile) { block, _ in
      let (batchBlock, piece) = block.quotientAndRemainder(dividingBy: pieces)
      let last = min(batch, (batchBlock + 1) * batchesPerBlock)
      for member in batchBlock * batchesPerBlock..<last { multiply(member, piece) }
    }
  }

  private func multiply(_ member: Int, _ piece: Int) {
    let length = splitsRows ? rows : columns
    // Multiples of eight keep the blocks aligned with the micro-kernels.
    let step = ((length + pieces - 1) / pieces + 7) / 8 * 8
    let first = min(length, piece * step)
    let count = min(length, first + step) - first
    guard count > 0 else { return }
    let (row, column) = splitsRows ? (first, 0) : (0, first)
    var m = Int32(splitsRows ? count : rows)
    var n = Int32(splitsRows ? columns : count)
    var k = Int32(depth)
    let a = left.base + member * rows * depth + row * (left.isTransposed ? 1 : depth)
    let b = right.base + member * columns * depth + column * (right.isTransposed ? 1 : depth)
    let c = target.base + member * rows * columns + row * columns + column
    var (one, zero) = (1.0, 0.0)
    var unit: Int32 = 1
    var (lda, ldb) = (Int32(left.isTransposed ? rows : depth), Int32(right.isTransposed ? columns : depth))
    var ldc = Int32(columns)
    // Row-major C = A B is column-major Cᵀ = Bᵀ Aᵀ; `right` lies as columns × depth unless transposed.
    if rows == 1 {
      // C is a row: op(right) applied to a vector.
      var (r, s) = right.isTransposed ? (n, k) : (k, n)
      dgemv_(right.isTransposed ? "N" : "T", &r, &s, &one, b, &ldb, a, &unit, &zero, c, &unit)
    } else if columns == 1 {
      var (r, s) = left.isTransposed ? (m, k) : (k, m)
      dgemv_(left.isTransposed ? "N" : "T", &r, &s, &one, a, &lda, b, &unit, &zero, c, &unit)
    } else {
      dgemm_(
        right.isTransposed ? "N" : "T", left.isTransposed ? "T" : "N", &n, &m, &k, &one, b, &ldb, a, &lda,
        &zero, c, &ldc)
    }
  }
}
