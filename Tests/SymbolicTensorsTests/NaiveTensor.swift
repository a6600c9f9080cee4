import Numerics
import SymbolicTensors
import TestSupport

/// Dense arrays over named indices, computed by plain loops over positions: what an expression means, without any
/// of the graph's rewriting.
struct NaiveTensor {
  let indices: [Index]
  let values: [Extended]

  typealias Position = [Index: Int]

  init(_ indices: [Index], _ value: (Position) -> Extended) {
    self.indices = indices
    values = Self.positions(indices).map(value)
  }

  init(_ value: Extended) { self.init([]) { _ in value } }

  static func positions(_ indices: [Index]) -> [Position] {
    indices.reduce([[:]]) { positions, index in
      positions.flatMap { position in
        (0..<index.extent).map { value in
          var longer = position
          longer[index] = value
          return longer
        }
      }
    }
  }

  /// The entry at a position that may have more indices.
  func callAsFunction(_ position: Position) -> Extended {
    values[indices.reduce(0) { $0 * $1.extent + (position[$1] ?? 0) }]
  }

  static func combining(_ tensors: [NaiveTensor], _ value: ([Extended]) -> Extended) -> NaiveTensor {
    let indices = Set(tensors.flatMap(\.indices)).sorted()
    return NaiveTensor(indices) { position in value(tensors.map { $0(position) }) }
  }

  func map(_ function: (Extended) -> Extended) -> NaiveTensor { .combining([self]) { function($0[0]) } }

  func sum(over bound: [Index]) -> NaiveTensor {
    NaiveTensor(indices.filter { !bound.contains($0) }) { outer in
      Self.positions(bound).reduce(0) { total, inner in total + self(outer.merging(inner) { $1 }) }
    }
  }

  func softmax(over index: Index) -> NaiveTensor {
    NaiveTensor(indices) { position in
      func weight(_ value: Int) -> Extended { .exp(self(position.merging([index: value]) { $1 })) }
      return weight(position[index] ?? 0) / (0..<index.extent).reduce(0) { $0 + weight($1) }
    }
  }

  /// Reads `source` where `target` stands: the diagonal if the target was there already.
  func renaming(_ source: Index, to target: Index) -> NaiveTensor {
    let renamed = Set(indices.map { $0 == source ? target : $0 }).sorted()
    return NaiveTensor(renamed) { position in
      self(position.merging([source: position[target] ?? 0]) { $1 })
    }
  }

  var magnitude: Extended { values.map { Swift.abs($0) }.max() ?? 0 }
  var isFinite: Bool { values.allSatisfy(\.isFinite) }
}
