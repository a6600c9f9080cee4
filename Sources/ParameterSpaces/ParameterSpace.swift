/// What a model trains: blocks of numbers in the order in which a flat vector holds them.
///
/// A model declares it once. Flat vectors, names in files, the groups of stages, the symbols of expressions and what a
/// symmetry may move together follow from it.
///
///     let space = ParameterSpace([
///       ParameterBlock("w", name: "w[#1]", latex: "w_{#1}", group: "attention", axes: [.counted("j", 3)]),
///       ParameterBlock("a", name: "a", latex: "a", group: "scale"),
///     ])
///     space.names   // w[1], w[2], w[3], a
public struct ParameterSpace: Hashable, Sendable {
  public let blocks: [ParameterBlock]
  /// Of every number, as files write them.
  public let names: [String]
  private let starts: [Int]

  public init(_ blocks: [ParameterBlock]) {
    self.blocks = blocks
    names = blocks.flatMap(\.names)
    starts = blocks.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) }
  }

  /// How many numbers there are.
  public var count: Int { names.count }

  /// The flat vector's range of a block.
  public func range(ofBlock position: Int) -> Range<Int> { starts[position]..<starts[position + 1] }

  /// In the order of the first block of each.
  public var groups: [ParameterGroup] {
    blocks.reduce(into: []) { if !$0.contains($1.group) { $0.append($1.group) } }
  }

  /// Positions in the flat vector of some groups, ascending.
  public func components(of groups: some Collection<ParameterGroup>) -> [Int] {
    blocks.indices.filter { groups.contains(blocks[$0].group) }.flatMap { range(ofBlock: $0) }
  }

  /// How every number is written in equations.
  public var latex: [String] { blocks.flatMap(\.latexOfEntries) }
}

/// A part of the parameters that trains or stays as one, such as the logits of all heads.
public struct ParameterGroup: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
  /// As configurations write it.
  public let rawValue: String

  public init(rawValue: String) { self.rawValue = rawValue }

  public init(stringLiteral value: String) { rawValue = value }
}
