/// A chain whose stationary law cannot be given.
public enum ChainError: Error, Hashable {
  case noKernels
  /// A kernel whose alphabet or parents differ from those of the first.
  case mixedKernels(kernel: Int)
  case window(Int)
  /// The stationary law is not unique.
  case severalClosedClasses(kernel: Int, classes: [ClosedClass])
  /// The classes of the chain communicate with probabilities that double precision cannot hold.
  case underflow(kernel: Int)
  /// d^length windows are too many for the elimination.
  case tooManyStates(tokens: Int, length: Int, most: Int)
  /// `kernels` tables of (d + 1)·d^window numbers do not fit in `memory` bytes; `bytes` is nil beyond Int.
  case tooManyWindows(tokens: Int, window: Int, kernels: Int, bytes: Int?, memory: Int)
}

/// Windows that lead to each other and nowhere else.
public struct ClosedClass: Hashable, Sendable {
  /// How many windows it has.
  public let size: Int
  /// The first few of them, tokens from the oldest to the latest.
  public let windows: [[Int]]

  /// As in `{0 1, 1 0}`, windows from the oldest token to the latest.
  public func description(_ alphabet: Alphabet?) -> String {
    let shown = windows.map { window in
      window.map { alphabet?.name($0) ?? "\($0)" }.joined(separator: " ")
    }
    return "{\(shown.joined(separator: ", "))\(size > windows.count ? ", ... (\(size) windows)" : "")}"
  }
}

extension ChainError: CustomStringConvertible {
  public var description: String { description(nil) }

  /// What is wrong and what to try; `alphabet` names the tokens of closed classes.
  public func description(_ alphabet: Alphabet?) -> String {
    switch self {
    case .noKernels: "found no kernels, allowed at least one"
    case .mixedKernels(let kernel):
      "kernel \(kernel) has another alphabet or other parents than kernel 0, allowed the same for all"
    case .window(let window): "window: found \(window), allowed at least 1"
    case .severalClosedClasses(let kernel, let classes):
      "kernel \(kernel) has \(classes.count) closed classes of windows, so that its stationary law is not "
        + "unique: \(classes.prefix(8).map { $0.description(alphabet) }.joined(separator: " and "))"
        + "\(classes.count > 8 ? " and more" : ""). Allowed: one closed class; give positive probability "
        + "to a way from one class to the other, or draw with another seed or a larger Dirichlet parameter"
    case .underflow(let kernel):
      "kernel \(kernel) has parts that lead to each other with probabilities below 1e-290, too small for its "
        + "stationary law: draw with another seed or a larger Dirichlet parameter"
    case .tooManyStates(let tokens, let length, let most):
      "the stationary law needs \(tokens)^\(length) windows, the largest parent being lag \(length), allowed "
        + "at most \(most): lower the largest parent or the number of tokens"
    case .tooManyWindows(let tokens, let window, let kernels, let bytes, let memory):
      "\(kernels) kernels with \(tokens)^\(window) windows need "
        + "\(bytes.map { "\($0 >> 20) MiB" } ?? "more bytes than can be counted"), allowed "
        + "\(memory >> 20) MiB: lower the window, the largest parent, the number of tokens or of kernels"
    }
  }
}
