import CGSL
import COpenBLAS
import Foundation
import Transformer

/// What a result depends on beside the configuration.
public enum Provenance {
  /// This program.
  public static let version = "0.1.0"

  /// What is the same on another machine.
  static var portableVersions: JSON {
    let blas = String(cString: openblas_get_config()).split(separator: " ").prefix(2).last ?? "unknown"
    return .object([
      "inflow": .string(version), "swift": .string(compiler), "gsl": .string(String(cString: cgsl_version())),
      "openblas": .string(String(blas)),
    ])
  }

  static var versions: JSON {
    .object([
      "inflow": .string(version),
      "swift": .string(compiler),
      "gsl": .string(String(cString: cgsl_version())),
      "openblas": .string(String(cString: openblas_get_config()).trimmingCharacters(in: .whitespaces)),
      "system": .string(ProcessInfo.processInfo.operatingSystemVersionString),
    ])
  }

  static var machine: JSON {
    let process = ProcessInfo.processInfo
    return .object([
      "architecture": .string(architecture), "processor": .string(processor),
      "instructions": .string(InstructionSet.inUse.rawValue),
      "processors": .integer(process.activeProcessorCount),
      "memory": .integer(MachineMemory().physical),
    ])
  }

  private static var compiler: String {
    #if compiler(>=6.4)
      "6.4 or later"
    #elseif compiler(>=6.3)
      "6.3"
    #elseif compiler(>=6.2)
      "6.2"
    #elseif compiler(>=6.1)
      "6.1"
    #else
      "6.0"
    #endif
  }

  private static var architecture: String {
    #if arch(x86_64)
      "x86_64"
    #elseif arch(arm64)
      "arm64"
    #else
      "other"
    #endif
  }

  /// Linux only says it in a file.
  private static var processor: String {
    let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n") ?? []
    let line = lines.first { $0.hasPrefix("model name") }
    return line?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces) ?? "unknown"
  }
}
