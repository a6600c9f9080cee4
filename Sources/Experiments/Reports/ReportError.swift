/// Why there is no report of something.
public enum ReportError: Error, Equatable, Sendable {
  /// Nothing that this program writes.
  case unknown(String)
  /// A run that has not come to a row.
  case noRows(String)
  /// A folder of figures, which has notebooks of its own.
  case figure(String)
}

extension ReportError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknown(let path):
      "\(path): found nothing that inflow writes; allowed: the folder of integrate, train, compare, map, survey or sweep, or "
        + "the table of generalize --out"
    case .noRows(let path):
      "\(path): found a run without a row; allowed: one that has begun to write; wait for it, or go on with it by inflow "
        + "resume \(path)"
    case .figure(let path):
      "\(path): found a figure; allowed: a run; its own notebook is figure.ipynb, which inflow figures --execute draws"
    }
  }
}
