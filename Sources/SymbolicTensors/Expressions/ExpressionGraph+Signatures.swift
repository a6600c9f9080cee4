/// Numbers that tell expressions apart whatever their indices are called: one for the expression, and one for the
/// place that each of its free indices has in it. Equal expressions under a renaming have equal signatures;
/// different ones have different signatures but for chance.
struct Signature {
  let whole: UInt64
  /// In the order of the node's free indices.
  let places: [UInt64]
}

extension ExpressionGraph {
  func signature(of node: NodeID, at index: Index) -> UInt64 {
    place(of: index, in: node) ?? signatures[Int(node)].whole
  }

  /// Of Σ over the indices, the free ones told apart by name.
  func signatureOfSum(_ bound: [Index], _ body: NodeID) -> UInt64 {
    var result = mixed(signatures[Int(body)].whole, bound.count)
    for index in free[Int(body)] {
      let place = signature(of: body, at: index)
      result &+= bound.contains(index) ? mixed(place, 0) : mixed(place, Int(index.id) + 1)
    }
    return result
  }

  private func place(of index: Index, in node: NodeID) -> UInt64? {
    free[Int(node)].firstIndex(of: index).map { signatures[Int(node)].places[$0] }
  }

  /// From the children's signatures; sums and products do not see the order of their parts.
  func makeSignature(_ node: Node, free: [Index]) -> Signature {
    func signature(_ tag: Int, _ parts: [(node: NodeID, weight: UInt64)]) -> Signature {
      let whole = parts.reduce(UInt64(tag)) { $0 &+ mixed(signatures[Int($1.node)].whole, $1.weight) }
      return Signature(
        whole: mixed(whole, tag),
        places: free.map { index in
          let total = parts.reduce(whole) { total, part in
            place(of: index, in: part.node).map { total &+ mixed($0, part.weight ^ 1) } ?? total
          }
          return mixed(total, tag)
        })
    }
    switch node {
    case .number(let value): return Signature(whole: mixed(value.bits, 1), places: [])
    case .symbol(let symbol, let indices):
      let start = mixed(UInt64(symbol.id), 2)
      // Which axes share an index.
      let pattern = indices.reduce(start) { mixed($0, indices.firstIndex(of: $1) ?? 0) }
      return Signature(
        whole: pattern,
        places: free.map { index in
          indices.reduce(pattern) { mixed($0, $1 == index ? 1 : 0) }
        })
    case .delta(let first, _):
      let whole = mixed(UInt64(first.extent), 3)
      return Signature(whole: whole, places: free.map { _ in mixed(whole, 3) })
    case .sum(let terms): return signature(4, terms.map { ($0.node, mixed($0.coefficient.bits, 4)) })
    case .product(let factors): return signature(5, factors.map { ($0.base, mixed($0.exponent.bits, 5)) })
    case .function(let function, let child): return signature(6, [(child, function.bits)])
    case .largest(let children): return signature(7, children.map { ($0, 7) })
    case .softmax(let child, over: let index):
      let inner = signature(8, [(child, self.signature(of: child, at: index))])
      let places = zip(free, inner.places).map { $0 == index ? mixed($1, 9) : $1 }
      return Signature(whole: inner.whole, places: places)
    case .contraction(let bound, let body):
      let weight = bound.reduce(UInt64(9)) { $0 &+ mixed(self.signature(of: body, at: $1), 9) }
      return signature(9, [(body, weight)])
    }
  }
}

extension Number {
  fileprivate var bits: UInt64 {
    switch self {
    case .rational(let numerator, let denominator):
      mixed(UInt64(bitPattern: Int64(numerator)), denominator)
    case .real(let value): mixed(value.bitPattern, 0)
    }
  }
}

extension Function {
  fileprivate var bits: UInt64 {
    switch self {
    case .exp: 11
    case .log: 12
    case .absolute: 13
    case .sign: 14
    case .rectifier: 15
    case .step: 16
    case .guardedPower(let exponent): mixed(exponent.bits, 17)
    }
  }
}

private func mixed(_ value: UInt64, _ other: Int) -> UInt64 { mixed(value, UInt64(bitPattern: Int64(other))) }

/// The finalizer of SplitMix64 on a combination of two numbers that is not symmetric.
private func mixed(_ value: UInt64, _ other: UInt64) -> UInt64 {
  var z = value &* 0x9E37_79B9_7F4A_7C15 &+ other &+ 0xD1B5_4A32_D192_ED03
  z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
  z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
  return z ^ (z >> 31)
}
