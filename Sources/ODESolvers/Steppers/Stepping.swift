/// What takes a method's steps of one problem and holds their history.
///
/// An integration asks nothing else of a method. GSL's are `GSLStepper`.
public protocol Stepping: AnyObject {
  /// The order of the next step.
  var order: Int { get }

  /// Forgets all history, as if just made, so that a resumed run and an uninterrupted one hold the same.
  func restart() throws

  /// Tries a step.
  ///
  /// - Parameters:
  ///   - reading: the clock at the start: t, or log(1 + t), running forward.
  ///   - state: y on entry, the trial on exit.
  ///   - slope: dy/dclock at y, or nil where it is not known exactly.
  ///   - error: the estimated error of each component on exit, with or without sign; NaN on entry.
  /// - Returns: whether the method got through; false asks for a smaller step.
  /// - Throws: what the system throws.
  func attempt(
    at reading: Double, step: Double, state: inout [Double], slope: [Double]?, error: inout [Double]
  ) throws -> Bool
}
