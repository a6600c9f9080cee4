import COpenBLAS

/// A matrix product of which one factor is known numbers that nothing else reads: their zeros are left out where that is
/// cheaper, also where they meet what is not finite.
final class KnownProductStep: PlanStep {
  private let dense: MatrixProductStep
  private let known, other, target: Buffer
  private let isKnownTransposed, isOtherTransposed: Bool
  /// Free indices of the known factor and of the other one, and summed ones, flat.
  private let knownRows, rows, depth: Int
  /// In the target, of the known factor's rows and the other's.
  private let knownStride, stride: Int
  private var zeros: KnownZeros?

  /// Rows of the other factor that are multiplied at a time.
  private static let tile = 64
  /// Multiplications from which on a product is worth looking at its numbers.
  private static let large = 10_000_000

  static func isWorthwhile(_ layout: MatrixProductStep.Layout) -> Bool {
    let sizes = layout.free.map(\.size) + [layout.summed.size]
    return layout.batch.isEmpty && sizes.saturatingProduct >= large
  }

  /// Doubles that one worker needs.
  static func scratch(_ layout: MatrixProductStep.Layout, known: Int) -> Int {
    layout.summed.size.saturatingPlus(layout.free[known].size).saturatingTimes(tile)
  }

  /// - Parameter known: which of the two factors.
  init(_ layout: MatrixProductStep.Layout, _ factors: [Buffer], known side: Int, to target: Buffer) {
    dense = MatrixProductStep(layout, rows: factors[0], columns: factors[1], to: target)
    (known, other, self.target) = (factors[side], factors[1 - side], target)
    (isKnownTransposed, isOtherTransposed) = (layout.isTransposed[side], layout.isTransposed[1 - side])
    (knownRows, rows) = (layout.free[side].size, layout.free[1 - side].size)
    depth = layout.summed.size
    (knownStride, stride) = side == 1 ? (1, knownRows) : (rows, 1)
  }

  func prepare() {
    zeros = KnownZeros(packing: known, rows: knownRows, columns: depth, isTransposed: isKnownTransposed)
  }

  func run(_ workers: Workers, scratch: [Buffer]) {
    guard let zeros else { return dense.run(workers, scratch: scratch) }
    let tiles = (rows + Self.tile - 1) / Self.tile
    workers.run(blocks: tiles, isWorthwhile: true) { tile, worker in
      let first = tile * Self.tile
      let count = min(rows, first + Self.tile) - first
      multiply(first, count, zeros.groups, scratch[worker].base)
    }
  }

  /// Some rows of the other factor times all of the known one.
  private func multiply(
    _ first: Int, _ count: Int, _ groups: [KnownZeros.Group], _ space: UnsafeMutablePointer<Double>
  ) {
    let (gathered, product) = (space, space + count * depth)
    let (row, column) = isOtherTransposed ? (1, rows) : (depth, 1)
    let source = other.base + first * row
    for group in groups {
      let height = group.columns.count
      walk(0..<count, row, group.columns, column) { gathered[$0 * height + $1] = source[$2] }
      multiply(gathered, count, group, to: product + count * group.firstRow)
    }
    let place = target.base + first * stride
    func spread(_ entries: Range<Int>, _ group: KnownZeros.Group) {
      let (part, width) = (product + count * group.firstRow, group.rows.count)
      walk(entries, stride, group.rows, knownStride) { place[$2] = part[$0 * width + $1] }
    }
    if stride > knownStride {
      // One row of the target at a time, which stays near.
      for entry in 0..<count { for group in groups { spread(entry..<entry + 1, group) } }
    } else {
      for group in groups { spread(0..<count, group) }
    }
  }

  private func multiply(
    _ gathered: UnsafeMutablePointer<Double>, _ count: Int, _ group: KnownZeros.Group,
    to product: UnsafeMutablePointer<Double>
  ) {
    guard !group.columns.isEmpty else { return product.update(repeating: 0, count: count * group.rows.count) }
    var (m, n, k) = (Int32(group.rows.count), Int32(count), Int32(group.columns.count))
    var (one, zero) = (1.0, 0.0)
    ProductBuffers.withOne {
      dgemm_("N", "N", &m, &n, &k, &one, known.base + group.start, &m, gathered, &k, &zero, product, &m)
    }
  }

  /// Places in a matrix of which some columns are wanted, in the order in which they lie.
  @inline(__always)
  private func walk(
    _ rows: Range<Int>, _ rowStride: Int, _ columns: [Int], _ columnStride: Int,
    _ visit: (_ row: Int, _ position: Int, _ place: Int) -> Void
  ) {
    columns.withUnsafeBufferPointer { columns in
      if rowStride > columnStride {
        for row in rows {
          for position in columns.indices {
            visit(row, position, row * rowStride + columns[position] * columnStride)
          }
        }
      } else {
        for position in columns.indices {
          for row in rows { visit(row, position, row * rowStride + columns[position] * columnStride) }
        }
      }
    }
  }
}
