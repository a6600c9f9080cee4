extension LossFunction {
  /// θ ← θ − η ∇L(θ), all groups at once: the finite steps whose limit the flow is.
  ///
  /// - Parameters:
  ///   - rate: η > 0; a step is η of the flow's time.
  ///   - visit: sees the start, as step 0, and the point after every step.
  /// - Throws: what `explainNonFinite` says where a gradient is not finite, or what `visit` throws.
  public func descend(
    from start: [Double], rate: Double, steps: Int, visit: (_ step: Int, _ point: [Double]) throws -> Void
  ) throws {
    var point = start
    var slope = point
    try visit(0, point)
    for step in 0..<steps {
      gradient(point, into: &slope)
      guard slope.allSatisfy(\.isFinite) else { throw explainNonFinite(point) }
      for entry in point.indices { point[entry] -= rate * slope[entry] }
      try visit(step + 1, point)
    }
  }
}
