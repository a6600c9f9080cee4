/// Numbers that are no kernel: what is wrong, where, and what is allowed.
public enum KernelError: Error, Hashable {
  case tokens(Int)
  case noParents
  /// A lag below 1.
  case parent(index: Int, lag: Int)
  /// A lag that is not above the one before it: the order of the parents is the order of the context's digits.
  case parentOrder(index: Int, lag: Int, previous: Int)
  case tooManyEntries(tokens: Int, parents: Int)
  case rowCount(found: Int, expected: Int)
  case rowLength(context: Int, found: Int, expected: Int)
  case entry(context: Int, token: Int, value: Double)
  case rowSum(context: Int, sum: Double)
}

extension KernelError {
  /// Where it is wrong, as a file writes it; `kernel` is the key path of the kernel's list of rows.
  public func keyPath(kernel: String = "kernel") -> String {
    switch self {
    case .tokens: "tokens"
    case .noParents, .tooManyEntries: "parents"
    case .parent(let index, _), .parentOrder(let index, _, _): "parents[\(index)]"
    case .rowCount: kernel
    case .rowLength(let context, _, _), .rowSum(let context, _): "\(kernel)[\(context)]"
    case .entry(let context, let token, _): "\(kernel)[\(context)][\(token)]"
    }
  }

  public var found: String {
    switch self {
    case .tokens(let tokens): "\(tokens)"
    case .noParents: "an empty list"
    case .parent(_, let lag): "\(lag)"
    case .parentOrder(_, let lag, let previous): "\(lag) after \(previous)"
    case .tooManyEntries(let tokens, let parents): "\(parents) parents of \(tokens) tokens"
    case .rowCount(let found, _): "\(found) rows"
    case .rowLength(_, let found, _): "\(found) entries"
    case .entry(_, _, let value): "\(value)"
    case .rowSum(_, let sum): "a row that sums to \(sum)"
    }
  }

  public var allowed: String {
    switch self {
    case .tokens: "an alphabet of 2 to \(Kernel.largestAlphabet) tokens"
    case .noParents: "at least one lag"
    case .parent: "lags from 1 on"
    case .parentOrder: "lags in ascending order, none twice"
    case .tooManyEntries: "at most \(Kernel.mostEntries) entries in a kernel: fewer parents or tokens"
    case .rowCount(_, let expected): "\(expected) rows, one per context of the parents"
    case .rowLength(_, _, let expected): "\(expected) entries, one per token"
    case .entry: "a finite number, 0 or more"
    case .rowSum: "rows that sum to 1 within \(Kernel.sumTolerance)"
    }
  }
}

extension KernelError: CustomStringConvertible {
  public var description: String { "\(keyPath()): found \(found), allowed \(allowed)" }
}
