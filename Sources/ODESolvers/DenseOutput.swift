/// Interpolates y between two accepted states with a polynomial through them and their neighbours.
///
/// Newton's form with confluent nodes: each state contributes y, and as far as known y', y'', y'''. States enter in
/// the order of their distance and the polynomial ends where their contributions are smallest, so that the degree
/// fits the smoothness. The contribution of the last state that was taken is the
/// measured error: it is the error of the polynomial without it, hence usually an overestimate.
/// Coefficients cost O(m² n) once per interval, a value O(m n), for m data and n components.
///
/// Source: Hairer, Nørsett, Wanner I, II.6; Stoer, Bulirsch, *Introduction to Numerical Analysis*, 2.1.5.
struct DenseOutput {
  private(set) var start = 0.0
  private(set) var length = 1.0
  /// The largest component of the last contribution, relative to the tolerance.
  private(set) var measuredError = 0.0

  private let dimension: Int
  /// Positions of the data in units of the interval, confluent ones repeated.
  private var positions: [Double] = []
  /// Which node each datum belongs to.
  private var owners: [Int] = []
  /// Newton's coefficients, `[datum][component]`.
  private var coefficients: [Double] = []
  private var contribution: [Double]

  init(dimension: Int) {
    self.dimension = dimension
    contribution = [Double](repeating: 0, count: dimension)
  }

  /// Prepares the interval between `nodes[right - 1]` and `nodes[right]`.
  ///
  /// - Parameter order: indices of the nodes in the order in which they enter; the interval's ends first.
  mutating func prepare(_ nodes: [Node], right: Int, using order: [Int], measure: StepControl) {
    start = nodes[right - 1].reading
    length = nodes[right].reading - start
    positions.removeAll(keepingCapacity: true)
    owners.removeAll(keepingCapacity: true)
    for index in order {
      let position = (nodes[index].reading - start) / length
      for _ in 0..<nodes[index].data {
        positions.append(position)
        owners.append(index)
      }
    }
    fillCoefficients(nodes)
    truncate(nodes[right].state, measure)
  }

  /// Divided differences in place, column by column; confluent entries are derivatives over factorials.
  private mutating func fillCoefficients(_ nodes: [Node]) {
    let (count, dimension, length) = (positions.count, dimension, length)
    if coefficients.count < count * dimension {
      coefficients = [Double](repeating: 0, count: count * dimension)
    }
    coefficients.withUnsafeMutableBufferPointer { coefficients in
      for datum in 0..<count {
        nodes[owners[datum]].state.withUnsafeBufferPointer { state in
          for component in 0..<dimension { coefficients[datum * dimension + component] = state[component] }
        }
      }
      var (power, factorial) = (1.0, 1.0)
      for level in stride(from: 1, to: count, by: 1) {
        power *= length
        factorial *= Double(level)
        for datum in stride(from: count - 1, through: level, by: -1) {
          let row = datum * dimension
          guard owners[datum] == owners[datum - level] else {
            let scale = 1 / (positions[datum] - positions[datum - level])
            for component in row..<row + dimension {
              coefficients[component] =
                (coefficients[component] - coefficients[component - dimension]) * scale
            }
            continue
          }
          let scale = power / factorial
          let node = nodes[owners[datum]]
          (level == 1 ? node.slope : node.higher[level - 2]).withUnsafeBufferPointer { values in
            for component in 0..<dimension { coefficients[row + component] = scale * values[component] }
          }
        }
      }
    }
  }

  /// Measures the contribution of each node at the middle of the interval, and ends the polynomial after the smallest:
  /// a later one that is larger shows that the degree outruns the smoothness, or rounding.
  private mutating func truncate(_ state: [Double], _ measure: StepControl) {
    var product = 1.0
    var best = Double.infinity
    var kept = positions.count
    var datum = 0
    var groups = 0
    while datum < positions.count {
      for component in 0..<dimension { contribution[component] = 0 }
      var end = datum
      while end < positions.count && owners[end] == owners[datum] {
        for component in 0..<dimension {
          contribution[component] += abs(product * coefficients[end * dimension + component])
        }
        product *= 0.5 - positions[end]
        end += 1
      }
      groups += 1
      // The first two nodes are the interval itself and always stay.
      if groups > 2 {
        let size = measure.norm(contribution, at: state)
        if size <= best {
          best = size
          kept = end
        }
      }
      datum = end
    }
    positions.removeLast(positions.count - kept)
    measuredError = best
  }

  /// y at a clock reading.
  func value(at reading: Double, into state: inout [Double]) {
    let theta = (reading - start) / length
    let count = positions.count
    state.withUnsafeMutableBufferPointer { state in
      coefficients.withUnsafeBufferPointer { coefficients in
        let top = (count - 1) * dimension
        for component in 0..<dimension { state[component] = coefficients[top + component] }
        for datum in stride(from: count - 2, through: 0, by: -1) {
          let distance = theta - positions[datum]
          let row = datum * dimension
          for component in 0..<dimension {
            state[component] = coefficients[row + component] + distance * state[component]
          }
        }
      }
    }
  }

  /// y and dy/dclock at a clock reading.
  func value(at reading: Double, into state: inout [Double], slope: inout [Double]) {
    let theta = (reading - start) / length
    let count = positions.count
    let top = (count - 1) * dimension
    for component in 0..<dimension {
      state[component] = coefficients[top + component]
      slope[component] = 0
    }
    for datum in stride(from: count - 2, through: 0, by: -1) {
      let distance = theta - positions[datum]
      let row = datum * dimension
      for component in 0..<dimension {
        slope[component] = state[component] + distance * slope[component]
        state[component] = coefficients[row + component] + distance * state[component]
      }
    }
    for component in 0..<dimension { slope[component] /= length }
  }
}
