import CKernels
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

    var multiplications: Int {
      [batch.size, free[0].size, free[1].size, summed.size].saturatingProduct
    }

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
    // Few large blocks: each packs the other operand anew.
    let wanted = batch > 1 ? 1 : min(8, rows * columns * depth / 4_000_000)
    pieces = max(1, min(wanted, max(rows, columns) / 32))
  }

  func run(_ workers: Workers, scratch: [Buffer]) {
    let batchesPerBlock = max(1, 100_000 / max(1, rows * columns * depth))
    let batchBlocks = (batch + batchesPerBlock - 1) / batchesPerBlock
    guard batchBlocks * pieces > 1 else {
      for member in 0..<batch { multiply(member, 0) }
      return
    }
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
    let a = left.base + member * rows * depth + row * (left.isTransposed ? 1 : depth)
    let b = right.base + member * columns * depth + column * (right.isTransposed ? 1 : depth)
    let c = target.base + member * rows * columns + row * columns + column
    let shape = Shape(
      rows: splitsRows ? count : rows, columns: splitsRows ? columns : count, depth: depth,
      lda: left.isTransposed ? rows : depth, ldb: right.isTransposed ? columns : depth, ldc: columns)
    if !skinnyProduct(a, b, c, shape) { blasProduct(a, b, c, shape) }
  }

  private struct Shape {
    let rows, columns, depth: Int
    /// Leading dimensions of the operands as they are stored, row-major.
    let lda, ldb, ldc: Int
  }

  private typealias Pointer = UnsafeMutablePointer<Double>

  /// Products with a tiny dimension, for which BLAS would mostly pack.
  private func skinnyProduct(_ a: Pointer, _ b: Pointer, _ c: Pointer, _ shape: Shape) -> Bool {
    let limit = Int(SKINNY_LIMIT)
    let (rows, columns, depth) = (Int64(shape.rows), Int64(shape.columns), Int64(shape.depth))
    let (lda, ldb, ldc) = (Int64(shape.lda), Int64(shape.ldb), Int64(shape.ldc))
    if shape.depth <= limit, right.isTransposed, shape.columns > 1 {
      let (ak, ai) = left.isTransposed ? (lda, 1) : (1, lda)
      skinny_outer(c, ldc, a, ak, ai, b, ldb, rows, columns, depth)
    } else if shape.rows <= limit, !left.isTransposed || shape.rows == 1 {
      // A single transposed row is contiguous all the same.
      let step = left.isTransposed ? depth : lda
      if right.isTransposed {
        skinny_rows(c, ldc, a, step, b, ldb, rows, columns, depth)
      } else {
        skinny_dots(c, ldc, a, step, b, ldb, rows, columns, depth)
      }
    } else {
      return false
    }
    return true
  }

  /// Row-major C = A B is column-major Cᵀ = Bᵀ Aᵀ.
  private func blasProduct(_ a: Pointer, _ b: Pointer, _ c: Pointer, _ shape: Shape) {
    var (m, n, k) = (Int32(shape.rows), Int32(shape.columns), Int32(shape.depth))
    var (lda, ldb, ldc) = (Int32(shape.lda), Int32(shape.ldb), Int32(shape.ldc))
    var (one, zero) = (1.0, 0.0)
    var unit: Int32 = 1
    ProductBuffers.withOne {
      if shape.columns == 1, shape.ldc == 1 {
        var (r, s) = left.isTransposed ? (m, k) : (k, m)
        dgemv_(left.isTransposed ? "N" : "T", &r, &s, &one, a, &lda, b, &unit, &zero, c, &unit)
      } else {
        dgemm_(
          right.isTransposed ? "N" : "T", left.isTransposed ? "T" : "N", &n, &m, &k, &one, b, &ldb, a, &lda,
          &zero, c, &ldc)
      }
    }
  }
}
