import Foundation

/// `20 s`, `3 min 20 s`, `5 h 12 min`, `3 days`, for people.
public func duration(_ seconds: Double) -> String {
  guard seconds.isFinite, seconds < 1e9 else { return "years" }
  if seconds < 10 { return String(format: "%.2g s", seconds) }
  let whole = Int(seconds.rounded())
  if whole < 60 { return "\(whole) s" }
  if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
  if whole < 48 * 3600 { return "\(whole / 3600) h \(whole % 3600 / 60) min" }
  return "\(whole / 86_400) days"
}
