import CKernels

/// Which copy of the vectorised loops runs on this machine.
public enum InstructionSet: String, CaseIterable, Sendable {
  case portable, avx2, avx512

  /// The best that the processor has, or the lesser one that the environment variable `INFLOW_INSTRUCTIONS` names.
  /// Results of two copies differ by rounding.
  public static var inUse: InstructionSet {
    InstructionSet(rawValue: String(cString: instruction_set_name(instructions_in_use()))) ?? .portable
  }
}
