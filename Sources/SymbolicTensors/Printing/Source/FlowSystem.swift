/// A system of ordinary differential equations in tensor form, ready to be written as source in another language.
public struct FlowSystem {
  /// A part of the state with its time derivative.
  public struct Component {
    /// A tensor symbol; the state holds its entries row-major.
    public let symbol: Symbol
    /// The indices at which the derivative is an entry, one an axis.
    public let indices: [Index]
    public let derivative: Expression
  }

  public let equations: RateEquations
  /// What stands at the head of the source as a comment, line by line.
  public let heading: [String]
  /// One name and one start value per number of the state.
  public let names: [String]
  public let initial: [Double]
  /// The numbers of every other symbol, row-major.
  public let constants: [Symbol: [Double]]
  /// The equations, one a symbol of the state.
  public let components: [Component]

  public init(
    _ equations: RateEquations, heading: [String], names: [String], initial: [Double],
    constants: [Symbol: [Double]]
  ) {
    self.equations = equations
    self.heading = heading
    self.names = names
    self.initial = initial
    self.constants = constants
    components = zip(equations.state, equations.rates).map { entry, rate in
      let (symbol, indices) = entry.graph.parameterEntry(entry.id)
      return Component(symbol: symbol, indices: indices, derivative: rate)
    }
  }

  public var graph: ExpressionGraph { equations.graph }
}

/// Source text, with the numbers that are too many to stand in it.
public struct ExportedSource: Sendable {
  public let text: String
  /// What the source reads from its data file as little-endian doubles; empty if it needs none.
  public let data: [Double]

  public init(text: String, data: [Double] = []) {
    self.text = text
    self.data = data
  }
}

extension FlowSystem {
  /// More constants than this go to a data file.
  public static let mostInlineConstants = 4096

  func count(_ symbol: Symbol) -> Int { graph.size(of: symbol) }

  /// State symbols with the positions of their entries.
  var layout: [(symbol: Symbol, range: Range<Int>)] {
    var start = 0
    return components.map { component in
      let range = start..<start + count(component.symbol)
      start = range.upperBound
      return (component.symbol, range)
    }
  }
}

/// The constants that a source needs: beyond `FlowSystem.mostInlineConstants` numbers the tensors lie one behind
/// another in the data file.
struct SourceConstants {
  struct Entry {
    let symbol: Symbol
    let shape: [Int]
    let values: [Double]
    /// Position in the data file; nil where the numbers stand in the text.
    let offset: Int?
  }

  let entries: [Entry]
  let data: [Double]

  /// - Parameters:
  ///   - symbols: that are read.
  ///   - given: symbols that are no constants.
  init(_ system: FlowSystem, of symbols: Set<Symbol>, given: [Symbol]) {
    let known = Set(system.components.map(\.symbol) + given)
    let used = symbols.subtracting(known).sorted { $0.id < $1.id }
    let total = used.reduce(0) { $0.saturatingPlus(system.count($1)) }
    var data: [Double] = []
    entries = used.map { symbol in
      let values = system.constants[symbol] ?? Array(repeating: .nan, count: system.count(symbol))
      let isInline = total <= FlowSystem.mostInlineConstants || values.count == 1
      let offset = isInline ? nil : data.count
      if !isInline { data += values }
      return Entry(symbol: symbol, shape: system.graph.shape(of: symbol), values: values, offset: offset)
    }
    self.data = data
  }

  /// Positions of symbols in the data file.
  var offsets: [Symbol: Int] {
    Dictionary(uniqueKeysWithValues: entries.compactMap { entry in entry.offset.map { (entry.symbol, $0) } })
  }
}

/// Identifiers of symbols in a target language: their names without what no identifier may hold, all different.
struct SourceIdentifiers {
  private var taken: Set<String>
  private var symbols: [Symbol: String] = [:]

  /// - Parameter reserved: what the surrounding source uses.
  init(reserved: Set<String>) { taken = reserved }

  mutating func reserve(_ names: [String]) { taken.formUnion(names) }

  mutating func identifier(_ symbol: Symbol, in graph: ExpressionGraph) -> String {
    if let known = symbols[symbol] { return known }
    var name = unique(graph.name(of: symbol))
    // A letter with digits is an intermediate result.
    if let first = name.first, "tuabsm".contains(first), name.dropFirst().allSatisfy(\.isNumber) {
      name += "_"
    }
    taken.insert(name)
    symbols[symbol] = name
    return name
  }

  private func unique(_ name: String) -> String {
    let letters = name.unicodeScalars.map {
      TextNames.isLetter($0) || TextNames.isDigit($0) ? Character($0) : "_"
    }
    var plain = String(letters)
    if plain.first.map({ $0.isNumber }) ?? true { plain = "s" + plain }
    var candidate = plain
    var suffix = 2
    while taken.contains(candidate) {
      candidate = "\(plain)_\(suffix)"
      suffix += 1
    }
    return candidate
  }
}

extension [String] {
  /// Joined into lines of at most some length, each behind an indentation.
  func wrapped(indentation: String, separator: String = ", ", longest: Int = 100) -> String {
    var lines: [String] = []
    var line = ""
    for item in self {
      if !line.isEmpty, line.count + item.count + separator.count > longest {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : separator) + item
    }
    lines.append(line)
    let end = String(separator.reversed().drop { $0 == " " }.reversed())
    return lines.map { indentation + $0 }.joined(separator: end + "\n")
  }
}
