import Foundation

/// Six significant digits, for people; files have all of them.
func brief(_ value: Double) -> String { String(format: "%.6g", value) }
