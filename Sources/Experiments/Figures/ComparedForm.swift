/// A closed form beside what flow and training show of it, as the summary of a comparison has it.
struct ComparedForm {
  let name: String
  let predicted: Double
  let flow, training, trainingError: Double?

  static func all(in summary: JSON) -> [ComparedForm] {
    (summary["closed_forms"]?.entries ?? []).compactMap { form in
      guard let name = form["name"]?.word, let predicted = form["predicted"]?.double else { return nil }
      return ComparedForm(
        name: name, predicted: predicted, flow: form["theory"]?.double, training: form["training"]?.double,
        trainingError: form["training_standard_error"]?.double)
    }
  }
}

extension JSON {
  /// Of a list.
  var entries: [JSON]? { if case .array(let entries) = self { entries } else { nil } }
}
