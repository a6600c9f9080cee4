import InductionModel

/// How exact the theory is, from explicit to exact: a value that knows its loss, what that averages over and what it
/// takes.
///
/// A new level is a type that is a `LevelDefinition` and an entry in `allCases`.
public struct TheoryLevel: Sendable {
  public let definition: any LevelDefinition

  public static let leadingOrder = TheoryLevel(definition: LeadingOrderLevel())
  public static let infiniteContext = TheoryLevel(definition: InfiniteContextLevel())
  public static let finiteContext = TheoryLevel(definition: FiniteContextLevel())
}

extension TheoryLevel: CaseIterable, RawRepresentable, Hashable {
  public static let allCases: [TheoryLevel] = [leadingOrder, infiniteContext, finiteContext]

  /// As configurations and files write it.
  public var rawValue: String { definition.name }

  public init?(rawValue: String) {
    guard let level = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
    self = level
  }

  public static func == (left: TheoryLevel, right: TheoryLevel) -> Bool { left.rawValue == right.rawValue }

  public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}

/// What a level of theory is.
public protocol LevelDefinition: Sendable {
  var name: String { get }
  var average: LevelAverage { get }
  /// What `name` leaves open of a level with a choice, such as `order 2`.
  func choice(_ sizes: LevelSizes) -> String?

  /// Reads the numbers of the source, derives and plans.
  ///
  /// - Throws: `TheoryError`, `PlanError`, or what the source throws.
  func loss(_ problem: LevelProblem) throws -> any LevelLoss

  /// The equations, derived without more numbers than they need.
  ///
  /// - Throws: as `loss`.
  func derivation(_ problem: LevelProblem, _ request: DerivationRequest) throws -> Derivation

  /// Bytes that the loss and its gradient take beside the numbers of the source, before anything is allocated; `Int.max`
  /// where sizes leave the integers.
  ///
  /// - Complexity: that of deriving the gradient.
  func bytes(_ sizes: LevelSizes, threads: Int) -> Int

  /// Operations of a gradient, up to a factor that sizes do not change; nil where smaller sizes tell nothing of it.
  func operations(_ sizes: LevelSizes) -> Double?
}

extension LevelDefinition {
  public func choice(_ sizes: LevelSizes) -> String? { nil }

  public func derivation(_ problem: LevelProblem, _ request: DerivationRequest) throws -> Derivation {
    try loss(problem).derivation(request)
  }
}

/// What of the source a level's loss is a mean over.
public enum LevelAverage: Sendable {
  /// The stationary laws of windows, for every kernel.
  case windows
  /// Sequences.
  case sequences
}

/// What a level's loss depends on beside numbers.
public struct LevelSizes: Hashable, Sendable {
  public var model: ModelDefinition
  public var loss: Loss
  /// Of an expansion in a.
  public var order: Int
  public var kernels: Int
  /// How many sequences of L + 1 tokens.
  public var sequences: Int
  public var length: Int

  public init(
    model: ModelDefinition, loss: Loss, order: Int = 1, kernels: Int = 0, sequences: Int = 0, length: Int = 0
  ) {
    (self.model, self.loss, self.order) = (model, loss, order)
    (self.kernels, self.sequences, self.length) = (kernels, sequences, length)
  }
}
