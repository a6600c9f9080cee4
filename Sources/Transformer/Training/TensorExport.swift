import Foundation
import StrictJSON

/// safetensors: a header of JSON with names, types, shapes and places, then the numbers, little-endian.
///
/// Source: https://github.com/huggingface/safetensors. One tensor for each stack of the model's parameters, in double precision.
public enum TensorExport {
  /// The file of the model's parameters; `metadata` says which model and step they are of.
  public static func safetensors(
    _ parameters: [Double], of model: any TrainableModel, metadata: [String: String] = [:]
  ) -> Data {
    var entries: [String] = []
    let notes = metadata.merging(["model": model.identity]) { given, _ in given }
    entries.append(
      "\"__metadata__\":{"
        + notes.sorted { $0.key < $1.key }.map { "\(JSON.quoted($0.key)):\(JSON.quoted($0.value))" }
        .joined(separator: ",") + "}")
    for tensor in model.space.stacks {
      let bytes = (tensor.range.lowerBound * 8, tensor.range.upperBound * 8)
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      entries.append(
        "\(JSON.quoted(tensor.name)):{\"dtype\":\"F64\",\"shape\":[\(shape)],\"data_offsets\":[\(bytes.0),\(bytes.1)]}"
      )
    }
    var header = Data("{\(entries.joined(separator: ","))}".utf8)
    // The format asks for numbers at multiples of eight bytes, after spaces.
    header.append(contentsOf: Array(repeating: 0x20, count: (8 - header.count % 8) % 8))
    var file = Data()
    append(UInt64(header.count), to: &file)
    file.append(header)
    for value in parameters { append(value.bitPattern, to: &file) }
    return file
  }

  private static func append(_ word: UInt64, to data: inout Data) {
    withUnsafeBytes(of: word.littleEndian) { data.append(contentsOf: $0) }
  }
}
