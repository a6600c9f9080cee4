import Foundation

/// Numbers for people; files have all digits. A dash stands for what is not known.

/// Significant digits.
func digits(_ value: Double?, _ count: Int = 4) -> String { formatted(value, "%.\(count)g") }

/// Digits after the point.
func decimals(_ value: Double?, _ count: Int) -> String { formatted(value, "%.\(count)f") }

func percent(_ value: Double?) -> String { formatted(value.map { 100 * $0 }, "%.1f %%") }

private func formatted(_ value: Double?, _ format: String) -> String {
  value.map { String(format: format, $0) } ?? "-"
}
