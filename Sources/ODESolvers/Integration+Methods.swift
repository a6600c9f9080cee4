/// Which method is at work, and whether it should be.
extension Integration {
  /// What the integration has cost so far, in right-hand sides.
  private var cost: Double {
    Double(counts.evaluations) + rightHandSide.system.jacobianCost * Double(counts.jacobians)
  }

  /// Notices, from the step just accepted, whether stability limits the method, and which one the next step is for.
  func watchStability(step: Double) {
    let node = history.last
    switch method.stability {
    case .unlimited: break
    case .interval(let bound): stability.observe(rightHandSide, step: step, bound: bound)
    case .outpaced:
      // A method that has just started at order one takes shorter steps than it soon will.
      guard let rivalControl, stepsSinceRestart > 40 else { break }
      stability.observe(node, cost: cost, priceOfStep: priceOfImplicitStep, scale: rivalControl)
    }
    chooser?.observe(
      MethodChooser.Progress(reading: node.reading, cost: cost, remaining: endReading - node.reading),
      stability, priceOfStep: priceOfImplicitStep, spectralRadius: rightHandSide.spectralRadius)
  }

  /// Of a step of backward differentiation, in right-hand sides: Newton's iteration takes one or two, and a Jacobian
  /// serves some thirty steps.
  private var priceOfImplicitStep: Double { 1.5 + rightHandSide.system.jacobianCost / 30 }

  /// Changes to the method that the chooser wants, which starts from the last state: a restart point, as every restart.
  func changeMethod() throws {
    guard let choice = solver.stepper.choice, let chooser else { return }
    let chosen = chooser.isStiff ? choice.stiff : choice.nonStiff
    guard chosen != method else { return }
    do {
      try take(chosen)
    } catch is ProblemError where chooser.isStiff {
      // No memory for its matrices.
      self.chooser?.renounce()
      return
    }
    stability.forget()
    try goOnAfresh()
  }

  /// A step of the method at work; where the stiff one cannot even take its first, the other one goes on for good. Its
  /// Jacobian may not be had, for lack of memory, or not be finite where the right-hand side is.
  func stepOrRenounce() throws -> Double {
    do {
      return try takeStep()
    } catch let failure as StepFailure where stepsSinceRestart == 0 && chooser?.isStiff == true {
      if case .tooManySteps = failure.reason { throw failure }
      chooser?.renounce()
      try changeMethod()
      return try takeStep()
    }
  }

  /// Makes a method the one at work.
  func take(_ next: Stepper) throws {
    stepping = try next.make(rightHandSide, tolerance: solver.tolerance.local(next))
    control = try StepControl(ofOneStep: next, solver.tolerance, dimension: system.dimension)
    method = next
    anchorStepping = nil
  }
}
