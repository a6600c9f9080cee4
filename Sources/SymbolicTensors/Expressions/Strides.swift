/// Walks through a dense array on some indices, the last one fastest, and says where other arrays that lack some
/// of these indices, repeat them or order them differently have the same entry.
struct Strides {
  let domain: [Index]
  let size: Int

  init(_ domain: [Index]) {
    self.domain = domain
    size = domain.size
  }

  /// The offset in an array on `indices`, which all lie in the domain and may repeat, at each of the domain's
  /// positions.
  func offsets(of indices: [Index]) -> [Int] {
    if indices == domain { return Array(0..<size) }
    var strides: [Index: Int] = [:]
    var stride = 1
    for index in indices.reversed() {
      strides[index, default: 0] += stride
      stride *= index.extent
    }
    let steps = domain.map { strides[$0] ?? 0 }
    var offsets: [Int] = []
    offsets.reserveCapacity(size)
    var counter = [Int](repeating: 0, count: domain.count)
    var offset = 0
    for _ in 0..<size {
      offsets.append(offset)
      for dimension in domain.indices.reversed() {
        counter[dimension] += 1
        offset += steps[dimension]
        if counter[dimension] < domain[dimension].extent { break }
        offset -= steps[dimension] * domain[dimension].extent
        counter[dimension] = 0
      }
    }
    return offsets
  }
}
