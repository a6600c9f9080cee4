/// A number to save at each output instead of the whole state.
public struct Observable {
  public var name: String
  public var function: (_ time: Double, _ state: [Double]) throws -> Double

  public init(_ name: String, _ function: @escaping (_ time: Double, _ state: [Double]) throws -> Double) {
    self.name = name
    self.function = function
  }
}

/// Outputs and events of one integration, in memory.
public struct Solution: Sendable {
  /// Names of the columns: the components, or the observables that were saved instead.
  public let names: [String]
  public let times: [Double]
  /// All rows one after another, `times.count × width`.
  public let values: [Double]
  /// Numbers per row.
  public let width: Int
  public let events: [Occurrence]
  public let outcome: Outcome

  /// The row at an output.
  public func row(_ index: Int) -> ArraySlice<Double> { values[index * width..<(index + 1) * width] }

  /// The rows as lists.
  public var states: [[Double]] { times.indices.map { Array(row($0)) } }
}

struct SolutionRecorder {
  private let names: [String]
  private let observables: [Observable]?
  private var times: [Double] = []
  private var values: [Double] = []
  var occurrences: [Occurrence] = []

  init(_ system: ODESystem, _ observables: [Observable]?) {
    self.observables = observables
    names = observables?.map(\.name) ?? (0..<system.dimension).map(system.name(ofComponent:))
  }

  mutating func record(_ time: Double, _ state: [Double]) throws {
    times.append(time)
    if let observables {
      for observable in observables { values.append(try observable.function(time, state)) }
    } else {
      values.append(contentsOf: state)
    }
  }

  func solution(_ outcome: Outcome) -> Solution {
    Solution(
      names: names, times: times, values: values, width: names.count, events: occurrences, outcome: outcome)
  }
}
