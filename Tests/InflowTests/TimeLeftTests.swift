import Testing
import inflow

@Suite struct TimeLeftTests {
  /// Work that goes on evenly: exact at any moment from one second on.
  @Test func evenWork() {
    var left = TimeLeft()
    for tenth in 1...90 {
      let seconds = Double(tenth) / 10
      let estimate = left.update(seconds, seconds / 10)
      if seconds < 1 {
        #expect(estimate == nil)
      } else {
        #expect(abs((estimate ?? 0) - (10 - seconds)) < 1e-9)
      }
    }
  }

  /// A beginning that does next to nothing tells nothing of what follows: after twice as long the estimate is right.
  @Test func slowBeginning() {
    var left = TimeLeft()
    for tenth in 1...20 { _ = left.update(Double(tenth) / 10, 1e-9 * Double(tenth)) }
    var estimate: Double?
    for tenth in 21...40 { estimate = left.update(Double(tenth) / 10, Double(tenth - 20) / 100) }
    #expect(abs((estimate ?? 0) - 8) < 1)
  }

  @Test func standingStillHasNoEnd() {
    var left = TimeLeft()
    for tenth in 1...50 { #expect(left.update(Double(tenth) / 10, 0) == nil) }
  }
}
