import COpenBLAS
import CSystem
import Transformer

/// What a program does before anything else.
public enum ProgramStart {
  /// Begins the program anew where its libraries were loaded in a way that does not suit the machine or its limits.
  public static func prepare() { process_restart(CommandLine.unsafeArgv, missedCore) }

  /// The kernels that OpenBLAS should have taken, as `OPENBLAS_CORETYPE` names them: for a processor younger than itself it
  /// takes those of 2004, four times slower.
  private static var missedCore: String? {
    guard String(cString: openblas_get_corename()) == "Prescott" else { return nil }
    return switch InstructionSet.inUse {
    case .avx512: "SkylakeX"
    case .avx2: "Haswell"
    case .portable: nil
    }
  }
}
