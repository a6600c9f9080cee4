import ParameterSpaces

extension ParameterGroup {
  /// w, the logits of all heads over the lags that they see.
  public static let attention: ParameterGroup = "attention"
  /// c, one for each set of heads.
  public static let coefficients: ParameterGroup = "coefficients"
  /// a, of the second layer.
  public static let scale: ParameterGroup = "scale"
}

extension ParameterSpace {
  /// w by head, then c by set, then a.
  init(heads: Int, sets: [HeadSet], lags: (_ head: Int) -> ClosedRange<Int>) {
    let attention = (1...heads).map { head in
      ParameterBlock(
        "w\(head)", name: "w[\(head) #1]", latex: "w^{(\(head))}_{#1}", group: .attention,
        axes: [.init("j", labels: lags(head).map(String.init))])
    }
    let coefficients = sets.map { set in
      ParameterBlock(
        "c\(set.suffix)", name: "c[\(set.label)]", latex: "c_{\(set.latex)}", group: .coefficients,
        family: .init("c", latex: "c_{#1}", letter: "S"))
    }
    let scale = ParameterBlock("a", name: ModelDefinition.scaleName, latex: "a", group: .scale)
    self.init(attention + coefficients + [scale])
  }
}

extension HeadSet {
  /// `_1_2` for {1, 2}, `_0` for ∅: what follows a letter in an identifier.
  public var suffix: String { members.isEmpty ? "_0" : members.map { "_\($0)" }.joined() }

  /// As equations write it, in TeX and in Markdown.
  public var latex: String {
    members.isEmpty
      ? "\\varnothing" : "\\lbrace \(members.map(String.init).joined(separator: ","))\\rbrace"
  }
}
