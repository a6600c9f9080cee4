import Foundation

/// The architectures that configurations may name.
public enum Architectures {
  /// The program's own, the default first. A new one is an entry here.
  public static let own: [any ModelArchitecture] = [
    DisentangledArchitecture(), FullArchitecture(), OneLayerArchitecture(), UnnormalizedArchitecture(),
  ]

  /// Those of a program that brings models of its own.
  private static let others = Others()

  private final class Others: @unchecked Sendable {
    private let lock = NSLock()
    private var entries: [any ModelArchitecture] = []

    func add(_ architecture: any ModelArchitecture) {
      lock.withLock {
        entries.removeAll { $0.name == architecture.name }
        entries.append(architecture)
      }
    }

    var all: [any ModelArchitecture] { lock.withLock { entries } }
  }

  /// The program's own, then those that were added.
  public static var all: [any ModelArchitecture] { own + others.all }

  /// What configurations have that name none.
  public static var standard: Architecture { Architecture(own[0]) }

  /// Lets configurations that are read from here on name a model of one's own; one of that name that was added before
  /// goes.
  ///
  /// - Throws: `ArchitectureRefusal` for a name of the program's own.
  public static func add(_ architecture: any ModelArchitecture) throws(ArchitectureRefusal) {
    guard !own.contains(where: { $0.name == architecture.name }) else {
      throw ArchitectureRefusal(
        key: "architecture", found: architecture.name, allowed: "a name that the program does not use itself")
    }
    others.add(architecture)
  }
}

/// The architecture of a configuration. Equal by name.
public struct Architecture: Equatable, Sendable {
  public let definition: any ModelArchitecture

  public init(_ definition: any ModelArchitecture) { self.definition = definition }

  public var name: String { definition.name }

  public static func == (left: Architecture, right: Architecture) -> Bool { left.name == right.name }
}
