/// `overlay.csv`: a row per level, quantity and time.
extension Overlay {
  static let columns = [
    "level", "quantity", "time", "theory", "mean", "deviation", "standard_error", "difference", "seeds",
  ]

  static func csv(_ overlays: [Overlay]) -> String {
    var lines = [columns.joined(separator: ",")]
    for overlay in overlays {
      for curve in overlay.curves {
        for point in curve.points {
          let numbers = [point.time, point.theory, point.mean].map { "\($0)" }
          let spread = [point.deviation, point.standardError].map { $0.map { "\($0)" } ?? "" }
          lines.append(
            ([overlay.level.rawValue, curve.quantity] + numbers + spread
              + ["\(point.difference)", "\(point.seeds)"]).joined(separator: ","))
        }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  var json: JSON {
    let members: [(key: String, value: JSON)] = [
      ("level", .string(level.rawValue)), ("end", .number(end)),
      (
        "at_end",
        .object(curves.compactMap { curve in curve.points.last.map { (curve.quantity, $0.json) } })
      ),
      ("discrepancy", .object(curves.map { (key: $0.quantity, value: $0.discrepancy.json) })),
    ]
    return .object(members + (notCompared.isEmpty ? [] : [("not_compared", notCompared.json)]))
  }
}

extension Overlay.Point {
  fileprivate var json: JSON {
    .object([
      "theory": .number(theory), "training": .number(mean), "difference": .number(difference),
      "standard_error": .optional(standardError),
    ])
  }
}

extension Discrepancy {
  var json: JSON {
    .object([
      "maximum": .number(maximum), "time": .number(time), "rms": .number(rootMeanSquare),
      "relative": .number(relative), "maximum_in_errors": .optional(maximumInErrors),
      "rms_in_errors": .optional(rootMeanSquareInErrors),
    ])
  }
}
