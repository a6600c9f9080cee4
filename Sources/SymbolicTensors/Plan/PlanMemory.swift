/// The arrays of a layout.
struct PlanMemory {
  /// Every block of memory, for whoever keeps what points into it.
  let owned: [Buffer]
  private let buffers: [Buffer]

  init(_ layout: PlanLayout) {
    let workspace = Buffer(count: layout.workspace)
    buffers = layout.arrays.map { array in
      layout.place(array).map { Buffer(workspace, from: $0, count: layout.count(array)) }
        ?? Buffer(count: layout.count(array))
    }
    owned = [workspace] + layout.arrays.filter { layout.place($0) == nil }.map { [buffers] in buffers[$0] }
  }

  subscript(array: ArrayID) -> Buffer { buffers[array] }
}
