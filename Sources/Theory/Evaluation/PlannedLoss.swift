import InductionModel
import SymbolicTensors

/// A loss expression and its derived gradient, compiled to a plan. Both levels of context share it.
final class PlannedLoss {
  let plan: Plan
  private let model: ModelExpressions

  init(
    _ loss: Expression, model: ModelExpressions, lag: Index, coefficients: [Symbol: [Double]], threads: Int,
    memoryLimit: Int
  ) throws {
    self.model = model
    let gradient = model.gradient(of: loss, lag: lag)
    plan = try Self.translatingErrors {
      try Plan([loss] + gradient, coefficients: coefficients, threads: threads, memoryLimit: memoryLimit)
    }
  }

  static func translatingErrors(_ build: () throws -> Plan) throws -> Plan {
    do {
      return try build()
    } catch PlanError.tooLarge(let bytes, let limit) {
      throw TheoryError.tooLarge(bytes: bytes, limit: limit)
    }
  }

  /// Runs the plan; adds the gradient to `gradient` and gives the loss.
  func evaluate(_ parameters: [Double], addingTo gradient: inout [Double]) -> Double {
    model.bind(parameters, to: plan)
    plan.run()
    var position = 0
    for output in 1...model.attention.count + model.coefficients.count + 1 {
      let count = output <= model.attention.count ? model.model.window : 1
      position = plan.add(output: output, to: &gradient, at: position, count: count)
    }
    return plan.scalar(0)
  }
}

extension ModelExpressions {
  /// Gives the parameter symbols the numbers of a flat vector.
  func bind(_ parameters: [Double], to plan: Plan) {
    var position = 0
    for symbol in attention {
      plan.set(symbol, to: parameters[position..<position + model.window])
      position += model.window
    }
    for symbol in coefficients + [scale] {
      plan.set(symbol, to: parameters[position..<position + 1])
      position += 1
    }
  }
}
