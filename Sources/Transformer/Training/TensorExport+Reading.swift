import Foundation

/// Reading safetensors back.
extension TensorExport {
  private struct Entry: Decodable {
    let dtype: String
    let shape: [Int]
    let offsets: [Int]

    private enum CodingKeys: String, CodingKey {
      case dtype, shape
      case offsets = "data_offsets"
    }
  }

  /// The arena of a model's file.
  ///
  /// - Throws: `TrainingError.tensors` for a file that is cut, or has other tensors than the model's blocks in double precision.
  public static func arena(_ file: Data, of model: some TrainableModel) throws -> [Double] {
    let bytes = [UInt8](file)
    guard bytes.count >= 8, let length = Int(exactly: word(bytes[0..<8])), length <= bytes.count - 8 else {
      throw TrainingError.tensors("a file that is cut, or no safetensors")
    }
    let header = Data(bytes[8..<8 + length])
    guard let members = try? JSONSerialization.jsonObject(with: header) as? [String: Any] else {
      throw TrainingError.tensors("a header that is not JSON")
    }
    let numbers = bytes[(8 + length)...]
    return try model.blocks.flatMap { block -> [Double] in
      guard let member = members[block.name], let json = try? JSONSerialization.data(withJSONObject: member),
        let entry = try? JSONDecoder().decode(Entry.self, from: json)
      else { throw TrainingError.tensors("no tensor \(block.name)") }
      let size = 8 * block.range.count
      guard entry.dtype == "F64", entry.shape == block.shape, entry.offsets.count == 2,
        (0...numbers.count).contains(entry.offsets[1]), entry.offsets[0] == entry.offsets[1] - size,
        entry.offsets[0] >= 0
      else {
        throw TrainingError.tensors(
          "\(block.name) as \(entry.dtype) \(entry.shape), where F64 \(block.shape) is needed")
      }
      let start = numbers.startIndex + entry.offsets[0]
      return stride(from: start, to: start + size, by: 8).map {
        Double(bitPattern: word(numbers[$0..<$0 + 8]))
      }
    }
  }

  private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
