import CKernels
import InductionModel

/// The sets of heads as the tree that the selector's loops walk: a set's parent lacks its largest head.
///
/// Horner's rule over this tree evaluates Σ_S p_S Π_{h∈S} k_h with one multiplication a set.
final class SetTree: @unchecked Sendable {
  private let buffer: Buffer<Int32>
  /// Sets with children.
  let inner: Int
  let sets: Int
  let heads: Int
  let degree: Int

  init(_ definition: ModelDefinition) {
    let sets = definition.sets
    var number: [HeadSet: Int] = [:]
    for (index, set) in sets.enumerated() { number[set] = index }
    // Children of S are S + h for h beyond its largest member, up to the degree.
    let inner = sets.indices.filter { index in
      sets[index].count < definition.degree && (sets[index].members.last ?? 0) < definition.heads
    }
    self.inner = inner.count
    self.sets = sets.count
    heads = definition.heads
    degree = definition.degree
    buffer = Buffer(4 * inner.count + sets.count, zero: -1)
    for (place, index) in inner.enumerated() {
      let first = (sets[index].members.last ?? 0) + 1
      buffer.start[place] = Int32(index)
      buffer.start[inner.count + place] = Int32(number[HeadSet(sets[index].members + [first])] ?? 0)
      buffer.start[2 * inner.count + place] = Int32(definition.heads - first + 1)
      buffer.start[3 * inner.count + place] = Int32(first - 1)
      buffer.start[4 * inner.count + index] = Int32(place)
    }
  }

  var layout: trainer_tree {
    let base = UnsafePointer(buffer.start)
    return trainer_tree(
      heads: Int32(heads), degree: Int32(degree), inner: Int32(inner), node: base, child: base + inner,
      children: base + 2 * inner,
      head: base + 3 * inner, place: base + 4 * inner)
  }
}
