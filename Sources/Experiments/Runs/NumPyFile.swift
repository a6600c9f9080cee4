import Foundation

/// An array as NumPy's `.npy`, version 1.0, in the order of C.
///
/// Source: numpy.lib.format, "NPY format", https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
struct NumPyFile {
  let data: Data

  /// Tokens, as `uint16`.
  init(_ values: some Sequence<UInt16>, shape: [Int]) {
    data = Self.header("<u2", shape) + Self.bytes(values.map(\.littleEndian))
  }

  /// Numbers, as `float64`.
  init(_ values: some Sequence<Double>, shape: [Int]) {
    data = Self.header("<f8", shape) + Self.bytes(values.map(\.bitPattern.littleEndian))
  }

  /// Magic, version, length and a dictionary, padded so that the numbers begin at a multiple of 64 bytes.
  private static func header(_ type: String, _ shape: [Int]) -> Data {
    let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    let words = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(sizes)), }"
    let padding = 63 - (10 + words.utf8.count) % 64
    let text = words + String(repeating: " ", count: padding) + "\n"
    let length = UInt16(text.utf8.count)
    return Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)])
      + Data(text.utf8)
  }

  private static func bytes<Word>(_ words: [Word]) -> Data { words.withUnsafeBytes { Data($0) } }
}
