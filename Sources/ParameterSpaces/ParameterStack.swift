/// A group's numbers as one tensor: its blocks stacked.
public struct ParameterStack: Hashable, Sendable {
  public let group: ParameterGroup
  /// In the flat vector.
  public let range: Range<Int>
  /// Row-major: the number of blocks, then the shape of each; one flat axis where blocks differ.
  public let shape: [Int]

  /// The group's.
  public var name: String { group.rawValue }

  public init(group: ParameterGroup, range: Range<Int>, shape: [Int]) {
    (self.group, self.range, self.shape) = (group, range, shape)
  }
}

extension ParameterSpace {
  /// In the order of the flat vector.
  ///
  /// - Precondition: the blocks of a group are neighbours.
  public var stacks: [ParameterStack] {
    groups.map { group in
      let own = blocks.filter { $0.group == group }
      let range = range(of: group)
      let isUniform = own.allSatisfy { $0.shape == own[0].shape }
      return ParameterStack(
        group: group, range: range, shape: isUniform ? [own.count] + own[0].shape : [range.count])
    }
  }

  /// The flat vector's range of a group; empty for one that there is not.
  public func range(of group: ParameterGroup) -> Range<Int> {
    let own = blocks.indices.filter { blocks[$0].group == group }
    guard let first = own.first, let last = own.last else { return 0..<0 }
    return range(ofBlock: first).lowerBound..<range(ofBlock: last).upperBound
  }
}
