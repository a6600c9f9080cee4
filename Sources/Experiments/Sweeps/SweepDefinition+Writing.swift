import Foundation

/// Writing a sweep, and what it is found by.
extension SweepDefinition {
  /// The sweep with its base in it and absolute paths: it means the same from anywhere.
  ///
  /// - Throws: `ConfigurationError` as `check`.
  public func yaml() throws -> String {
    let resolved = try mapInputs { $0 }
    return try ConfigurationTree.map([
      "format": .integer(Self.format), "base": resolved.namedBase, "run": .word(work.rawValue),
      "report": report == .table ? nil : .word(report.rawValue),
      "compare": work == .compare ? request.tree : nil,
      "axes": axes.isEmpty ? nil : .list(resolved.axes.map(\.tree)),
      "collect": quantities.isEmpty ? nil : .map(pairs: quantities.map { ($0.name, .text($0.path.text)) }),
    ]).yaml()
  }

  private var namedBase: ConfigurationTree {
    guard case .map(let entries) = base.content, entries["name"] == nil else { return base }
    return .map(pairs: [("name", .text(name))] + entries.map { ($0, $1) })
  }

  /// What the cells are and what is run in them, not what is gathered, nor names and paths: `ContentIdentity` of the
  /// first cell and a hash of every axis' values.
  ///
  /// - Throws: as `check`, and for files that cannot be read. O(sum of the axes).
  public func contentIdentity(_ hashes: InputHashes = InputHashes()) throws -> ContentIdentity {
    let hashed = try mapInputs { file in
      InputFile(path: "sha256:\(try hashes.hash(of: file))", keyPath: file.keyPath)
    }
    let axes = hashed.axes.map { axis in
      let values = (0..<axis.count).map { point in
        axis[point].map { $0.withCanonicalNumbers.lines.sorted().joined(separator: "\n") }
          .joined(separator: "\n")
      }
      return "axis of \(axis.count): \(axis.paths.map(\.description).joined(separator: ", ")): "
        + ContentIdentity(values.joined(separator: "\n")).hash
    }
    let first = try configuration(ofCell: 1).contentIdentity(hashes).hash
    let request = work == .compare ? ["compare = \(self.request.tree.line)"] : []
    let text = ["inflow sweep 1", "run = \(work.rawValue)", "first cell = \(first)"] + request + axes
    return ContentIdentity(text.map { $0 + "\n" }.joined())
  }

  /// The same sweep with each file that it names replaced, in the base and in the axes.
  private func mapInputs(_ replacement: (InputFile) throws -> InputFile) throws -> SweepDefinition {
    var result = self
    result.firstCell = nil
    let varied = axes.flatMap(\.paths)
    for file in try configuration(ofCell: 1).inputs {
      guard let path = ConfigurationPath(file.keyPath), !varied.contains(where: { $0.contains(path) }) else {
        continue
      }
      try result.base.set(replacement(file).tree, at: path, nil)
    }
    for index in axes.indices {
      try result.axes[index].mapValues { key, point, value in
        for file in try configuration(ofCell: cell(at: point, of: index)).inputs {
          guard let path = ConfigurationPath(file.keyPath), key.contains(path) else { continue }
          try value.set(replacement(file).tree, at: key.rest(of: path), nil)
        }
      }
    }
    return result
  }
}

extension SweepAxis {
  /// Changes the values that are listed; ranges and boxes have numbers alone.
  fileprivate mutating func mapValues(
    _ change: (_ key: ConfigurationPath, _ point: Int, inout ConfigurationTree) throws -> Void
  ) rethrows {
    func changed(_ column: SweepColumn) throws -> SweepColumn {
      guard case .list(var values) = column.values else { return column }
      for point in values.indices { try change(column.key, point, &values[point]) }
      var result = column
      result.values = .list(values)
      return result
    }
    switch kind {
    case .values(let column): kind = .values(try changed(column))
    case .seeds(let column): kind = .seeds(try changed(column))
    case .zip(let columns): kind = .zip(try columns.map(changed))
    case .box: break
    }
  }
}

extension ConfigurationTree {
  /// 1e2 and 100 alike.
  fileprivate var withCanonicalNumbers: ConfigurationTree {
    switch content {
    case .plain(let text):
      Int(text).map { .integer($0) } ?? number.map { .shortest($0) } ?? self
    case .null, .quoted: self
    case .list(let entries): .list(entries.map(\.withCanonicalNumbers))
    case .map(let entries): .map(pairs: entries.map { ($0, $1.withCanonicalNumbers) })
    }
  }
}
