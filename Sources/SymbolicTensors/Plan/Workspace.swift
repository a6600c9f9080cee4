/// Places in one block of memory for arrays that live for a while: arrays whose lives overlap do not, others may share.
struct Workspace {
  /// An array's size, and the first and last step of its life.
  struct Tenant {
    let count: Int
    let first: Int
    let last: Int

    func meets(_ other: Tenant) -> Bool { first <= other.last && other.first <= last }
  }

  /// By tenant.
  private(set) var offsets: [Int]
  /// Numbers in all; `Int.max` beyond the integers.
  private(set) var size = 0

  /// Arrays of equal power-of-two sizes would begin at the same place of a page, and their tiles fight for the same few
  /// cache lines: places of a page and more are staggered.
  private static let page = 512
  private static let stagger = 136

  /// The largest first, each at the lowest place that is free all its life.
  ///
  /// O(n²) for n arrays, with small factors.
  init(_ tenants: [Tenant]) {
    offsets = [Int](repeating: 0, count: tenants.count)
    guard tenants.reduce(0, { $0.saturatingPlus($1.count) }) < .max / 2 else {
      size = .max
      return
    }
    /// By offset.
    var placed: [(tenant: Tenant, offset: Int)] = []
    let order = tenants.indices.sorted { (tenants[$1].count, $0) < (tenants[$0].count, $1) }
    for number in order {
      let tenant = tenants[number]
      let pad = tenant.count < Self.page ? 0 : placed.count * Self.stagger % Self.page
      var place = pad
      for other in placed where tenant.meets(other.tenant) {
        if place + tenant.count <= other.offset { break }
        place = max(place, other.offset + other.tenant.count + pad)
      }
      offsets[number] = place
      size = max(size, place + tenant.count)
      placed.insert((tenant, place), at: placed.firstIndex { $0.offset >= place } ?? placed.count)
    }
  }
}
