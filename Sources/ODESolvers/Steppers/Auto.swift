extension Stepper {
  /// `msadams` while it is efficient, `msbdf` where stability would limit its steps, and back; see `MethodChooser`.
  ///
  /// Takes the system's Jacobian, or one from differences where there is none, and only on stiff stretches.
  public static let auto = Stepper(
    "auto", order: msadams.order, kind: .multistep, needsJacobian: false, control: msadams.control,
    dense: msadams.dense, stability: .unlimited, work: .choice(nonStiff: .msadams, stiff: .msbdf))
}
