import Foundation
import ParameterSpaces
import StrictJSON

/// The parameters file: `{"attention": [[..], ..], "coefficients": {"[]": 1, "[1 2]": 1, ..}, "scale": 0.01}`.
extension Parameters {
  /// - Throws: `DataFileError`, as `ParameterSpace.parameters(json:)`.
  public init(json data: Data, model: ModelDefinition) throws(DataFileError) {
    self.init(flat: try model.parameterSpace.parameters(json: data), model: model)
  }

  /// The file's text; sets in their order, numbers with all their digits.
  public func json(_ model: ModelDefinition) -> String { model.parameterSpace.file(flat) }
}
