import Dispatch
import Foundation

/// Work split by kernel: what a kernel gives does not depend on the number of threads.
enum Concurrent {
  /// `body(index)` for 0..<count; the error with the smallest index is thrown.
  static func map<Value: Sendable, Failure: Error>(
    _ count: Int, threads: Int, _ body: @Sendable (Int) throws(Failure) -> Value
  ) throws(Failure) -> [Value] {
    var results = [Result<Value, Failure>?](repeating: nil, count: count)
    let workers = max(1, min(threads, count))
    results.withUnsafeMutableBufferPointer { buffer in
      let slots = Slots(buffer: buffer)
      DispatchQueue.concurrentPerform(iterations: workers) { worker in
        for index in stride(from: worker, to: count, by: workers) {
          do throws(Failure) { slots.buffer[index] = .success(try body(index)) } catch {
            slots.buffer[index] = .failure(error)
          }
        }
      }
    }
    var values: [Value] = []
    values.reserveCapacity(count)
    for result in results {
      if let result { values.append(try result.get()) }
    }
    return values
  }

  /// Fills row `index` of a row-major array, each row by one call.
  static func fill(
    _ array: inout [Double], rowLength: Int, threads: Int,
    _ body: @Sendable (Int, UnsafeMutableBufferPointer<Double>) -> Void
  ) {
    let count = rowLength == 0 ? 0 : array.count / rowLength
    let workers = max(1, min(threads, count))
    array.withUnsafeMutableBufferPointer { buffer in
      let slots = Slots(buffer: buffer)
      DispatchQueue.concurrentPerform(iterations: workers) { worker in
        for index in stride(from: worker, to: count, by: workers) {
          let row = slots.buffer[index * rowLength..<(index + 1) * rowLength]
          body(index, UnsafeMutableBufferPointer(rebasing: row))
        }
      }
    }
  }

  static var processors: Int { ProcessInfo.processInfo.activeProcessorCount }

  /// Workers write disjoint elements.
  private struct Slots<Element>: @unchecked Sendable {
    let buffer: UnsafeMutableBufferPointer<Element>
  }
}
