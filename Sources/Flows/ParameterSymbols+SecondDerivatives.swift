import ParameterSpaces
import SymbolicTensors

/// Some rows of a symmetric matrix of second derivatives, from the diagonal on.
struct SecondDerivatives {
  /// The rows' positions in the flat vector, and the indices that count them.
  let components: Range<Int>
  let rows: [Index]
  /// Of every block from the first one in the rows on: its derivatives on the rows and the block's indices, or fewer.
  let blocks: Range<Int>
  let columns: [Expression]
}

extension ParameterSymbols {
  /// The second derivatives of a scalar: a tensor's rows at a time, or those of all scalars that are neighbours.
  ///
  /// - Parameter constants: receives the numbers of coefficient symbols that the derivatives bring along.
  func secondDerivatives(of loss: Expression, constants: inout [Symbol: [Double]]) -> [SecondDerivatives] {
    let gradient = gradient(of: loss)
    return groups.map { group in
      let ranges = group.map { space.range(ofBlock: $0) }
      let rest = group.lowerBound..<space.blocks.count
      let (rows, slope) =
        group.count == 1
        ? apart(gradient[group.lowerBound], indices[group.lowerBound])
        : stacked(Array(gradient[group]), &constants)
      return SecondDerivatives(
        components: ranges[0].lowerBound..<ranges[ranges.count - 1].upperBound, rows: rows, blocks: rest,
        columns: slope.gradient(Array(entries[rest])))
    }
  }

  /// Runs of scalars, and every tensor by itself.
  private var groups: [Range<Int>] {
    space.blocks.indices.reduce(into: []) { groups, block in
      if let last = groups.last, space.blocks[block].isScalar, space.blocks[last.lowerBound].isScalar {
        groups[groups.count - 1] = last.lowerBound..<block + 1
      } else {
        groups.append(block..<block + 1)
      }
    }
  }

  /// With indices of its own: rows are not columns.
  private func apart(_ slope: Expression, _ indices: [Index]) -> ([Index], Expression) {
    let rows = indices.map { graph.index("r", extent: $0.extent) }
    return (rows, slope.renaming(Dictionary(uniqueKeysWithValues: zip(indices, rows))))
  }

  /// Scalars as a vector.
  private func stacked(_ slopes: [Expression], _ constants: inout [Symbol: [Double]]) -> ([Index], Expression)
  {
    let row = graph.index("r", extent: slopes.count)
    let terms = slopes.enumerated().map { position, slope in
      let unit = graph.symbol("unit", shape: [slopes.count], role: .coefficient)
      constants[unit] = slopes.indices.map { $0 == position ? 1 : 0 }
      return graph(unit, row) * slope
    }
    return ([row], graph.sum(terms))
  }
}
