import InductionModel
import SymbolicTensors

/// A loss expression and what is derived from it, compiled to plans when first asked for. All levels of theory
/// share it.
final class PlannedLoss {
  private let loss: Expression
  private let model: ModelExpressions
  private let lag: Index
  private let coefficients: [Symbol: [Double]]
  private let threads: Int
  private let memoryLimit: Int

  private let gradientPlan: Plan
  // Looked up once: evaluations of small systems take microseconds.
  private let gradientInputs: InputLayout
  private let domains: [[Index]]
  private lazy var lossPlan = makePlan([loss])
  /// Minus the Hessian's product with a direction: the derivative of the flow along it.
  private lazy var jacobianPlan: Result<(plan: Plan, inputs: InputLayout), any Error> = Result {
    guard let product = model.equations(of: loss, lag: lag).jacobianProduct() else {
      throw TheoryError.notFinite
    }
    let plan = try makePlan(product.product).get()
    return (plan, plan.layout(of: product.direction))
  }

  init(
    _ loss: Expression, model: ModelExpressions, lag: Index, coefficients: [Symbol: [Double]], threads: Int,
    memoryLimit: Int
  ) throws {
    self.loss = loss
    self.model = model
    self.lag = lag
    self.coefficients = coefficients
    self.threads = threads
    self.memoryLimit = memoryLimit
    gradientPlan = try Self.translatingErrors {
      try Plan(
        model.gradient(of: loss, lag: lag), coefficients: coefficients, threads: threads,
        memoryLimit: memoryLimit)
    }
    gradientInputs = gradientPlan.layout(of: model.parameterSymbols)
    domains = model.domains(lag: lag)
  }

  /// What the gradient flow conserves by algebra.
  private(set) lazy var conservedSums = loss.conservedSums(of: model.symmetryGroups(lag: lag))

  private func makePlan(_ outputs: [Expression]) -> Result<Plan, any Error> {
    Result {
      try Self.translatingErrors {
        try Plan(outputs, coefficients: coefficients, threads: threads, memoryLimit: memoryLimit)
      }
    }
  }

  static func translatingErrors(_ build: () throws -> Plan) throws -> Plan {
    do {
      return try build()
    } catch PlanError.tooLarge(let bytes, let limit) {
      throw TheoryError.tooLarge(bytes: bytes, limit: limit)
    } catch PlanError.noRoom(let needed, let room) {
      throw TheoryError.noRoom(needed: needed, room: room)
    }
  }

  /// Binds variables that are not parameters, such as a batch of sequences, before a plan runs.
  typealias Preparation = (Plan) -> Void

  /// Adds the gradient to `gradient`. The loss itself is not computed: a flow does without its logarithms.
  func gradient(
    _ parameters: [Double], addingTo gradient: inout [Double], prepare: Preparation = { _ in }
  ) {
    prepare(gradientPlan)
    gradientPlan.set(gradientInputs, to: parameters)
    gradientPlan.run()
    var position = 0
    for (output, domain) in domains.enumerated() {
      position = gradientPlan.add(output: output, to: &gradient, at: position, over: domain)
    }
  }

  /// The loss alone.
  func value(_ parameters: [Double], prepare: Preparation = { _ in }) throws -> Double {
    let plan = try lossPlan.get()
    run(plan, parameters, prepare)
    return plan.scalar(0)
  }

  /// Adds the Hessian's product with a direction to `product`.
  func hessianProduct(
    _ parameters: [Double], along vector: [Double], addingTo product: inout [Double],
    prepare: Preparation = { _ in }
  ) throws {
    let (plan, inputs) = try jacobianPlan.get()
    plan.set(inputs, to: vector.map { -$0 })
    run(plan, parameters, prepare)
    var position = 0
    for (output, domain) in domains.enumerated() {
      position = plan.add(output: output, to: &product, at: position, over: domain)
    }
  }

  private func run(_ plan: Plan, _ parameters: [Double], _ prepare: Preparation) {
    prepare(plan)
    model.bind(parameters, to: plan)
    plan.run()
  }
}

extension ModelExpressions {
  /// Gives the parameter symbols the numbers of a flat vector.
  func bind(_ parameters: [Double], to plan: Plan) {
    plan.set(plan.layout(of: parameterSymbols), to: parameters)
  }

  /// In the order of the flat vector.
  var parameterSymbols: [Symbol] { attention + coefficients + [scale] }

  /// The indices of each parameter symbol's entries, in the order of the flat vector.
  func domains(lag: Index) -> [[Index]] {
    attention.map { _ in [lag] } + Array(repeating: [], count: coefficients.count + 1)
  }

  /// Entries of each parameter symbol, in the order of the flat vector.
  var componentCounts: [Int] {
    attention.map { _ in model.window } + Array(repeating: 1, count: coefficients.count + 1)
  }
}
