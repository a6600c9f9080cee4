import Foundation

/// The variable that steps are taken in.
public enum TimeScale: String, CaseIterable, Hashable, Sendable, Codable {
  /// t itself.
  case linear
  /// s = log(1 + t), t > −1: dy/ds = (1 + t) y'. Flows that slow down like 1/t cost a fixed number of steps per
  /// decade. Times in outputs, events and messages remain t.
  case logarithmic
}

/// Maps t to the integrator's own clock, which always runs forward, and back.
struct Clock: Hashable, Sendable {
  let scale: TimeScale
  /// +1, or −1 when t decreases along the integration.
  let direction: Double

  func reading(at time: Double) -> Double {
    switch scale {
    case .linear: direction * time
    case .logarithmic: direction * log1p(time)
    }
  }

  func time(at reading: Double) -> Double {
    switch scale {
    case .linear: direction * reading
    case .logarithmic: expm1(direction * reading)
    }
  }

  /// dt/dclock.
  func rate(at time: Double) -> Double {
    switch scale {
    case .linear: direction
    case .logarithmic: direction * (1 + time)
    }
  }

  /// Turns the slots y', y'', y''' with respect to t into the same with respect to the clock, in place.
  /// By the chain rule with r = dt/dclock, whose own derivative dr/dt is 0 or the direction.
  func convert(_ derivatives: inout [[Double]], at time: Double) {
    let rate = rate(at: time)
    switch scale {
    case .linear:
      guard direction < 0 else { return }
      for order in stride(from: 0, to: derivatives.count, by: 2) { derivatives[order].scale(by: direction) }
    case .logarithmic:
      for index in derivatives.first?.indices ?? 0..<0 {
        let first = derivatives[0][index]
        let second = derivatives.count > 1 ? derivatives[1][index] : 0
        derivatives[0][index] = rate * first
        if derivatives.count > 1 { derivatives[1][index] = direction * rate * first + rate * rate * second }
        if derivatives.count > 2 {
          derivatives[2][index] =
            rate * (first + 3 * direction * rate * second + rate * rate * derivatives[2][index])
        }
      }
    }
  }
}

extension [Double] {
  mutating func scale(by factor: Double) {
    for index in indices { self[index] *= factor }
  }

  var allFinite: Bool { allSatisfy(\.isFinite) }
}
