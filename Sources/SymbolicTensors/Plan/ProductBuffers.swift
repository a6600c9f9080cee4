import COpenBLAS
import CSystem
import Dispatch

/// The working memory of OpenBLAS's products.
///
/// Each product that is under way has a buffer of 128 MiB, which stays for later ones; where there is no room for one
/// the library asks for it again and again without end. Under a limit of address space as many products run at once
/// as there is room for, and the first buffer is taken before anything else can fill it.
enum ProductBuffers {
  private enum Supply {
    case unlimited
    case limited(DispatchSemaphore)
    /// Not even one, with so many bytes of room.
    case none(Int)
  }

  private static let bytes = 128 << 20
  /// For all else that a product needs, and what other threads map meanwhile.
  private static let margin = 16 << 20

  private static let supply: Supply = {
    openblas_set_num_threads(1)
    let room = process_room()
    guard room < .max else { return .unlimited }
    guard takeFirst() else { return .none(Int(room)) }
    // Most of the room is for the tensors.
    return .limited(DispatchSemaphore(value: max(1, Int(room) / 4 / bytes)))
  }()

  /// - Throws: `PlanError.noRoom` where no product can run.
  static func check() throws(PlanError) {
    if case .none(let room) = supply { throw .noRoom(needed: bytes + margin, room: room) }
  }

  /// Runs a product, when it has its turn. `check` has said that there can be one.
  static func withOne(_ product: () -> Void) {
    guard case .limited(let turns) = supply else { return product() }
    turns.wait()
    product()
    turns.signal()
  }

  /// A product that is large enough to take a buffer: small ones do without.
  ///
  /// - Returns: false where there is no room for it. Limits alone do not tell: the room may be in pieces.
  private static func takeFirst() -> Bool {
    var size: Int32 = 256
    var (one, zero) = (1.0, 0.0)
    let factor = [Double](repeating: 0, count: Int(size * size))
    var result = factor
    guard process_can_map(Int64(bytes + margin)) != 0 else { return false }
    dgemm_("N", "N", &size, &size, &size, &one, factor, &size, factor, &size, &zero, &result, &size)
    return true
  }
}
