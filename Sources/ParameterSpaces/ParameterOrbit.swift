/// Numbers that a symmetry of a loss may move together: the entries of a tensor, or the scalars of a family.
public struct ParameterOrbit: Hashable, Sendable {
  /// Positions in the flat vector.
  public let components: Range<Int>
  /// The blocks that they make up.
  public let blocks: Range<Int>
  /// Such as `w[1 .]` or `c`.
  public let name: String
  /// Of an entry, such as `w^{(1)}_{j}`, and the letters that a sum runs over.
  public let latex: String
  public let letters: String
}

extension ParameterSpace {
  /// Every tensor and every family of neighbours; a scalar alone moves with nothing.
  public var orbits: [ParameterOrbit] {
    var orbits: [ParameterOrbit] = []
    var position = 0
    while position < blocks.count {
      let block = blocks[position]
      var end = position + 1
      if let family = block.family {
        while end < blocks.count, blocks[end].family == family { end += 1 }
      }
      let components = range(ofBlock: position).lowerBound..<range(ofBlock: end - 1).upperBound
      if components.count > 1 || !block.isScalar || block.family != nil {
        orbits.append(orbit(block, components, position..<end))
      }
      position = end
    }
    return orbits
  }

  private func orbit(_ block: ParameterBlock, _ components: Range<Int>, _ blocks: Range<Int>)
    -> ParameterOrbit
  {
    if let family = block.family {
      return ParameterOrbit(
        components: components, blocks: blocks, name: family.name,
        latex: ParameterBlock.fill(family.latex, [family.letter]), letters: family.letter)
    }
    let letters = block.axes.map(\.letter)
    return ParameterOrbit(
      components: components, blocks: blocks,
      name: ParameterBlock.fill(block.name, letters.map { _ in "." }),
      latex: block.latexOfEntry, letters: letters.joined(separator: ","))
  }
}
