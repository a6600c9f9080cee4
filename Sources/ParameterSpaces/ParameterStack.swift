/// The numbers of one quantity as one tensor: blocks that differ by a number in their names, such as `w[1 #1]` and
/// `w[2 #1]`, are stacked. What files hold a member for.
public struct ParameterStack: Hashable, Sendable {
  public let group: ParameterGroup
  /// The group's, or the quantity's in a group of several.
  public let name: String
  /// In the flat vector.
  public let range: Range<Int>
  /// Row-major: the number of blocks where they are numbered, then the shape of each; one flat axis where blocks differ.
  public let shape: [Int]
  public let layout: Layout

  /// How files write it.
  public enum Layout: Hashable, Sendable {
    /// A scalar, as a number.
    case number
    /// As nested lists.
    case tensor
    /// A family, as an object by the places in its names: `[1 2]` of `c[1 2]`.
    case places([String])
  }

  public init(group: ParameterGroup, name: String, range: Range<Int>, shape: [Int], layout: Layout) {
    (self.group, self.name, self.range) = (group, name, range)
    (self.shape, self.layout) = (shape, layout)
  }
}

extension ParameterSpace {
  /// In the order of the flat vector.
  ///
  /// - Precondition: the blocks of a group are neighbours, and so are those of a quantity in it.
  public var stacks: [ParameterStack] {
    groups.flatMap { group in
      let own = blocks.indices.filter { blocks[$0].group == group }
      let quantities = own.reduce(into: [String]()) {
        if $0.last != blocks[$1].quantity { $0.append(blocks[$1].quantity) }
      }
      return quantities.map { quantity in
        stack(
          own.filter { blocks[$0].quantity == quantity }, group,
          name: quantities.count == 1 ? group.rawValue : quantity)
      }
    }
  }

  private func stack(_ positions: [Int], _ group: ParameterGroup, name: String) -> ParameterStack {
    let members = positions.map { blocks[$0] }
    let range = range(ofBlocks: positions)
    let isUniform = members.allSatisfy { $0.shape == members[0].shape }
    let isStacked = members.count > 1 || members[0].isNumbered || members[0].family != nil
    let shape =
      isUniform
      ? (isStacked ? [members.count] : []) + members[0].shape : [range.count]
    let layout: ParameterStack.Layout =
      if members.allSatisfy({ $0.family != nil && $0.isScalar }) {
        .places(members.map { String($0.name.dropFirst($0.quantity.count)) })
      } else {
        isStacked || !members[0].isScalar ? .tensor : .number
      }
    return ParameterStack(
      group: group, name: name, range: range, shape: shape.isEmpty ? [1] : shape, layout: layout)
  }

  /// The flat vector's range of a group; empty for one that there is not.
  public func range(of group: ParameterGroup) -> Range<Int> {
    range(ofBlocks: blocks.indices.filter { blocks[$0].group == group })
  }

  private func range(ofBlocks positions: [Int]) -> Range<Int> {
    guard let first = positions.first, let last = positions.last else { return 0..<0 }
    return range(ofBlock: first).lowerBound..<range(ofBlock: last).upperBound
  }
}

extension ParameterBlock {
  /// What stands before the brackets of its name: `w` of `w[1 #1]`.
  public var quantity: String { String(name.prefix { $0 != "[" }) }

  /// Whether the brackets hold more than the places of its axes: the `1` of `w[1 #1]`.
  var isNumbered: Bool {
    let places = name.drop { $0 != "[" }.dropFirst().dropLast()
    return places.split(separator: " ").contains { !$0.hasPrefix("#") }
  }
}
