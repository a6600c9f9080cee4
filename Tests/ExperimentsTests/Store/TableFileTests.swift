import Foundation
import InductionModel
import Testing

@testable import Experiments

@Suite struct TableFileTests {
  private func claim(_ folder: TemporaryFolder) throws -> RunClaim {
    try RunClaim(folder["run"], of: RunIdentity(.flow, content: "a"), .replace)
  }

  @Test func trajectoryRowsReadBackToTheSameBits() throws {
    let temporary = try TemporaryFolder()
    let claim = try claim(temporary)
    defer { claim.release() }
    let model = try ModelDefinition(tokens: 3, window: 2, heads: 2, degree: 2)
    let parameters = Parameters(
      attention: [[0.1, 1.0 / 3], [-2e-300, 1e22]], coefficients: [1, 0.3, 1e-17, 2], scale: 0.01)
    let rows = TrajectoryFile(ObservedModel(theoryOf: model), .time)
    let file = try TableFile(in: claim, .trajectory, columns: rows.columns)
    try file.append(rows.row(time: 0, loss: 1.1, parameters.flat))
    try file.append(rows.row(time: 1e-3, loss: 0.7, parameters.flat))
    // Read while the file is still open: what a killed run leaves.
    let lines = try String(contentsOfFile: temporary["run/trajectory.csv"], encoding: .utf8).split(
      separator: "\n")
    #expect(
      lines[0]
        == "time,loss,a,w[1 1],w[1 2],w[2 1],w[2 2],c[],c[1],c[2],c[1 2],"
        + "sigma[1 1],sigma[1 2],sigma[2 1],sigma[2 2],p[],p[1],p[2],p[1 2],row")
    #expect(lines.count == 3)
    let row = try lines[2].split(separator: ",").map { try #require(Double($0)) }
    let expected = [1e-3, 0.7, 0.01, 0.1, 1.0 / 3, -2e-300, 1e22, 1, 0.3, 1e-17, 2]
    #expect(Array(row.prefix(expected.count)) == expected)
    #expect(abs(row[11] + row[12] - 1) < 1e-15)
    #expect(abs(row[15...18].reduce(0, +) - 1) < 1e-15)
    #expect(row.last == 1)
  }

  /// What follows the mark goes, what stands before it must be what was written.
  @Test func goesOnFromAMark() throws {
    let temporary = try TemporaryFolder()
    let claim = try claim(temporary)
    defer { claim.release() }
    let file = try TableFile(in: claim, .trajectory, columns: ["time", "loss"])
    for row in 0..<3 { try file.append(["\(row)", "1"]) }
    let mark = try file.mark()
    #expect(try file.mark(at: 1).rows == 1)
    #expect(try file.mark() == mark)
    let whole = try String(contentsOfFile: temporary["run/trajectory.csv"], encoding: .utf8)
    try file.append(["3", "1"])
    let path = temporary["run/trajectory.csv"]
    let resumed = try TableFile(in: claim, .trajectory, resuming: mark)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == whole)
    try resumed.append(["3", "0.5"])
    #expect(try String(contentsOfFile: path, encoding: .utf8) == whole + "3,0.5,3\n")
    for damage in ["1,1,1\n", "time", "2,1,2\n"] {
      let damaged = whole.replacingOccurrences(of: damage, with: damage.hasPrefix("time") ? "Time" : "")
      try Data(damaged.utf8).write(to: URL(fileURLWithPath: path))
      #expect(throws: RunFolderError.self) { try TableFile(in: claim, .trajectory, resuming: mark) }
    }
  }
}
