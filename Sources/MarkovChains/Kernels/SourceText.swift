/// The text that kernels were estimated from.
public struct SourceText: Hashable, Sendable {
  public let blocks: TextBlocks
  /// How the parents were chosen; nil where they were given.
  public let choice: ParentChoice?

  public init(blocks: TextBlocks, choice: ParentChoice?) { (self.blocks, self.choice) = (blocks, choice) }
}
