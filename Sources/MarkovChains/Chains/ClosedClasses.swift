/// Which windows a chain stays in for ever.
extension WindowChain {
  /// Members of the only closed class; nil where all windows are (always so if every entry is positive).
  ///
  /// - Throws: `ChainError.severalClosedClasses`. O(d^{r_n + 1}).
  func recurrentWindows(_ kernel: Kernel, index: Int) throws(ChainError) -> [Bool]? {
    if kernel.probabilities.allSatisfy({ $0 > 0 }) { return nil }
    let (components, count) = stronglyConnectedComponents(kernel)
    var isClosed = Array(repeating: true, count: count)
    for window in 0..<states {
      for token in 0..<tokens where kernel.probabilities[row(window) + token] > 0 {
        if components[successorBase(window) + token] != components[window] {
          isClosed[components[window]] = false
        }
      }
    }
    let closed = isClosed.indices.filter { isClosed[$0] }
    guard closed.count == 1, let only = closed.first else {
      var members: [Int: [Int]] = [:]
      for window in 0..<states where isClosed[components[window]] {
        members[components[window], default: []].append(window)
      }
      let classes = members.values.sorted { $0[0] < $1[0] }.map { windows in
        ClosedClass(size: windows.count, windows: windows.prefix(4).map(sequence))
      }
      throw .severalClosedClasses(kernel: index, classes: classes)
    }
    let isRecurrent = components.map { $0 == only }
    return isRecurrent.contains(false) ? isRecurrent : nil
  }

  /// Tarjan's algorithm (SIAM J. Comput. 1, 1972) with a stack of its own, on the graph of positive entries.
  private func stronglyConnectedComponents(_ kernel: Kernel) -> (component: [Int], count: Int) {
    var order = Array(repeating: -1, count: states)
    var low = Array(repeating: 0, count: states)
    var component = Array(repeating: -1, count: states)
    var nextToken = Array(repeating: 0, count: states)
    var path: [Int] = []
    var open: [Int] = []
    var (visited, count) = (0, 0)
    for start in 0..<states where order[start] < 0 {
      path.append(start)
      while let window = path.last {
        if order[window] < 0 {
          order[window] = visited
          low[window] = visited
          visited += 1
          open.append(window)
        }
        if nextToken[window] < tokens {
          let token = nextToken[window]
          nextToken[window] += 1
          guard kernel.probabilities[row(window) + token] > 0 else { continue }
          let successor = successorBase(window) + token
          if order[successor] < 0 {
            path.append(successor)
          } else if component[successor] < 0 {
            low[window] = min(low[window], order[successor])
          }
          continue
        }
        path.removeLast()
        if let parent = path.last { low[parent] = min(low[parent], low[window]) }
        if low[window] == order[window] {
          while let member = open.popLast() {
            component[member] = count
            if member == window { break }
          }
          count += 1
        }
      }
    }
    return (component, count)
  }
}
