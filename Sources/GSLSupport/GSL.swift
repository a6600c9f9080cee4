import CGSL

/// What every use of GSL needs.
package enum GSL {
  /// GSL's default error handler aborts the process; it is switched off once.
  package static func prepare() { _ = isPrepared }

  private static let isPrepared: Void = cgsl_error_handler_off()
}
