import Numerics
import ParameterSpaces
import SymbolicTensors

/// A parameter space as symbols of a graph: one a block, with an index an axis. Blocks with the same axes share indices.
public struct ParameterSymbols {
  public let graph: ExpressionGraph
  public let space: ParameterSpace
  /// By block.
  public let symbols: [Symbol]
  /// The indices of each block's entries.
  public let indices: [[Index]]

  /// - Parameter indices: of a block's axes; by default one of its own for each, shared where axes have the same place,
  ///   letter and extent. Arrays are laid out in the order in which a graph's indices are made.
  public init(
    _ graph: ExpressionGraph, _ space: ParameterSpace, indices: ((ParameterBlock) -> [Index])? = nil
  ) {
    (self.graph, self.space) = (graph, space)
    symbols = space.blocks.map { block in
      graph.symbol(block.symbol, shape: block.shape, role: .parameter, latex: block.latexOfTensor)
    }
    if let indices {
      self.indices = space.blocks.map(indices)
      return
    }
    var known: [Axis: Index] = [:]
    self.indices = space.blocks.map { block in
      block.axes.enumerated().map { position, axis in
        let key = Axis(letter: axis.letter, extent: axis.labels.count, position: position)
        let index = known[key] ?? graph.index(axis.letter, extent: axis.labels.count)
        known[key] = index
        return index
      }
    }
  }

  private struct Axis: Hashable {
    let letter: String
    let extent, position: Int
  }

  /// An entry of every block at its indices.
  public var entries: [Expression] { zip(symbols, indices).map { graph($0, at: $1) } }

  /// The derivative of a scalar by every block.
  public func gradient(of loss: Expression) -> [Expression] { loss.gradient(entries) }

  /// θ' = −∇L.
  public func equations(of loss: Expression) -> RateEquations {
    RateEquations(state: entries, rates: gradient(of: loss).map { -$0 })
  }

  /// Gives the symbols the numbers of a flat vector.
  public func bind(_ point: [Double], to plan: Plan) { plan.set(plan.layout(of: symbols), to: point) }

  /// How the symbols' entries are written.
  public var notation: Notation {
    var notation = Notation()
    for (symbol, block) in zip(symbols, space.blocks) { notation.write(symbol, as: block.latex) }
    return notation
  }

  /// Expressions at a flat vector, by direct evaluation in any precision: a reference that shares nothing with plans.
  ///
  /// - Returns: the entries of each, row-major.
  package func directValues<Scalar: Real>(
    of expressions: [Expression], at point: [Scalar], constants: [Symbol: [Scalar]]
  ) -> [[Scalar]] {
    var values = constants
    for (block, symbol) in symbols.enumerated() { values[symbol] = Array(point[space.range(ofBlock: block)]) }
    return DirectEvaluator(graph, values: values).evaluate(expressions)
  }
}
