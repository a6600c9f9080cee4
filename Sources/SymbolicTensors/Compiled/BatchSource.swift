/// C that integrates many starts of one flow at once, a start a lane. Every lane has its own time and step; one
/// that has arrived takes the next start. No lane's numbers depend on another's.
enum BatchSource {
  static func program(_ tape: ScalarTape) -> String {
    let body = CSource(tape, name: "body", element: .lanes)
    return CSource.lanePrelude + body.text + """

      #define DIMENSION \(tape.inputCount)
      #define SCRATCH \(max(1, body.scratch))
      static void stage(int number, const V *restrict x, V (*restrict k)[DIMENSION], V h, V *restrict y) {
        switch (number) {
      \(stages)
        }
      }

      \(driver)
      """
  }

  private static var stages: String {
    let weights = DormandPrince8.stages + [DormandPrince8.solution]
    return weights.enumerated().map { number, weights in
      """
        case \(number + 1):
          for (int i = 0; i < DIMENSION; i++) y[i] = x[i] + h * (\(combination(weights, "i")));
          break;
      """
    }.joined(separator: "\n")
  }

  private static func combination(_ weights: [DormandPrince8.Weight], _ component: String) -> String {
    weights.map { "\(CSource.literal($0.value)) * k[\($0.stage)][\(component)]" }.joined(separator: " + ")
  }

  /// Step control as in DOP853, without its stabilisation. `steps[n]` becomes the number of attempts, negative
  /// where a start did not arrive.
  private static var driver: String {
    """
    void inductionflow_integrate(
        long count, double *states, double span, double relative, double absolute, long limit, long *steps) {
      static _Thread_local V scratch[SCRATCH];
      V x[DIMENSION] = {0}, y[DIMENSION], next[DIMENSION], k[12][DIMENSION] = {0};
      V t = {0}, h = {0};
      long owner[LANES], attempts[LANES], first = 0, working = 0;
      for (int l = 0; l < LANES; l++) owner[l] = -1;
      const double direction = span < 0 ? -1 : 1, length = span * direction;
      for (;;) {
        int refilled = 0;
        M fresh = {0};
        for (int l = 0; l < LANES; l++) {
          if (owner[l] < 0 && first < count) {
            owner[l] = first++;
            for (int i = 0; i < DIMENSION; i++) x[i][l] = states[owner[l] * DIMENSION + i];
            t[l] = 0;
            attempts[l] = 0;
            fresh[l] = -1;
            refilled = 1;
            working++;
          }
        }
        if (working == 0) return;
        if (refilled) {
          body(x, y, scratch);
          V size = {0}, speed = {0};
          for (int i = 0; i < DIMENSION; i++) {
            k[0][i] = select(fresh, y[i], k[0][i]);
            const V unit = absolute + relative * v_fabs(x[i]);
            size += (x[i] / unit) * (x[i] / unit);
            speed += (y[i] / unit) * (y[i] / unit);
          }
          const V guess = 0.01 * v_sqrt(size / v_maximum(speed, all(1e-300)));
          h = select(fresh, v_maximum(guess, all(1e-6 * length)), h);
        }
        const V left = length - t;
        const M last = h >= left;
        h = select(last, left, h);
        const V signedStep = direction * h;
        for (int number = 1; number < 12; number++) {
          stage(number, x, k, signedStep, y);
          body(y, k[number], scratch);
        }
        stage(12, x, k, signedStep, next);
        V fifth = {0}, third = {0};
        for (int i = 0; i < DIMENSION; i++) {
          const V unit = absolute + relative * v_maximum(v_fabs(x[i]), v_fabs(next[i]));
          const V a = (\(combination(DormandPrince8.fifth, "i"))) / unit;
          const V b = (\(combination(DormandPrince8.third, "i"))) / unit;
          fifth += a * a;
          third += b * b;
        }
        const V error = h * fifth / v_sqrt((fifth + 0.01 * third) * DIMENSION + 1e-300);
        const M accepted = error <= 1;
        body(next, y, scratch);
        for (int i = 0; i < DIMENSION; i++) {
          x[i] = select(accepted, next[i], x[i]);
          k[0][i] = select(accepted, y[i], k[0][i]);
        }
        t = select(accepted, select(last, all(length), t + h), t);
        for (int l = 0; l < LANES; l++) {
          if (owner[l] < 0) continue;
          attempts[l]++;
          const int arrived = accepted[l] && last[l];
          const double grown = error[l] == 0 ? 6 : 0.9 * pow(error[l], -0.125);
          const double factor = grown > 6 ? 6 : grown > 0.333 ? grown : 0.333;
          const double before = h[l];
          h[l] = before * factor;
          const int stuck = attempts[l] >= limit || !(h[l] > 1e-14 * length);
          if (arrived || stuck) {
            for (int i = 0; i < DIMENSION; i++) states[owner[l] * DIMENSION + i] = x[i][l];
            steps[owner[l]] = arrived ? attempts[l] : -attempts[l];
            owner[l] = -1;
            working--;
          }
        }
      }
    }

    """
  }
}
