import Foundation
import StrictJSON

/// Reading safetensors back.
extension TensorExport {
  private struct Entry {
    let dtype: String
    let shape: [Int]
    let offsets: [Int]

    /// nil for a value that describes no tensor.
    init?(_ json: JSON?) {
      func integers(_ key: String) -> [Int]? {
        guard case .array(let entries)? = json?[key] else { return nil }
        let integers = entries.compactMap(\.whole)
        return integers.count == entries.count ? integers : nil
      }
      guard let dtype = json?["dtype"]?.word, let shape = integers("shape"),
        let offsets = integers("data_offsets")
      else { return nil }
      (self.dtype, self.shape, self.offsets) = (dtype, shape, offsets)
    }
  }

  /// The arena of a model's file.
  ///
  /// - Throws: `TrainingError.tensors` for a file that is cut, or has other tensors than the model in double precision.
  public static func arena(_ file: Data, of model: any TrainableModel) throws -> [Double] {
    let bytes = [UInt8](file)
    guard bytes.count >= 8, let length = Int(exactly: word(bytes[0..<8])), length <= bytes.count - 8 else {
      throw TrainingError.tensors("a file that is cut, or no safetensors")
    }
    let header = Data(bytes[8..<8 + length])
    let members: JSON
    do {
      members = try JSON(parsing: header)
    } catch {
      throw TrainingError.tensors("a header that is not JSON (\(error))")
    }
    let numbers = bytes[(8 + length)...]
    return try model.space.stacks.flatMap { tensor -> [Double] in
      guard let entry = Entry(members[tensor.name]) else {
        throw TrainingError.tensors(
          "no tensor \(tensor.name)"
            + (members["__metadata__"]?["model"]?.word.map { " in a file of the model \($0)" } ?? ""))
      }
      let size = 8 * tensor.range.count
      guard entry.dtype == "F64", entry.shape == tensor.shape, entry.offsets.count == 2,
        (0...numbers.count).contains(entry.offsets[1]), entry.offsets[0] == entry.offsets[1] - size,
        entry.offsets[0] >= 0
      else {
        throw TrainingError.tensors(
          "\(tensor.name) as \(entry.dtype) \(entry.shape), where F64 \(tensor.shape) is needed")
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
