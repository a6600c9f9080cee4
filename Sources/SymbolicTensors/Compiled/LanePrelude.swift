extension CSource {
  /// What code on vectors of lanes calls. As many lanes as the machine's registers hold; comparisons give masks.
  ///
  /// exp: x = n log 2 + r, |r| ≤ ½ log 2, Taylor to degree 13 in r, scaled by 2ⁿ in two factors so that
  /// subnormal results come out; about 1 ulp. log and pow go lane by lane.
  static let lanePrelude = """
    #if defined(__AVX512F__)
    #define LANES 8
    #elif defined(__AVX__)
    #define LANES 4
    #else
    #define LANES 2
    #endif
    typedef double V __attribute__((vector_size(8 * LANES)));
    typedef long long M __attribute__((vector_size(8 * LANES)));
    double log(double), pow(double, double), sqrt(double);

    static inline V select(M m, V a, V b) { return (V)(((M)a & m) | ((M)b & ~m)); }
    static inline V all(double a) { return (V){0} + a; }
    static inline V v_fabs(V a) { return (V)((M)a & 0x7fffffffffffffffLL); }
    static inline V v_sign(V a) { return select(a > 0, all(1), select(a < 0, all(-1), all(0))); }
    static inline V v_rectifier(V a) { return select(a > 0, a, all(0)); }
    static inline V v_step(V a) { return select(a > 0, all(1), all(0)); }
    static inline V v_unless_zero(V a, V b) { return select(a == 0, all(0), b); }
    static inline V v_maximum(V a, V b) { return select(a < b, b, a); }
    static inline V v_sqrt(V a) { for (int l = 0; l < LANES; l++) a[l] = sqrt(a[l]); return a; }
    static inline V v_log(V a) { for (int l = 0; l < LANES; l++) a[l] = log(a[l]); return a; }
    static inline V v_pow(V a, double b) { for (int l = 0; l < LANES; l++) a[l] = pow(a[l], b); return a; }
    static inline V v_exp(V x) {
      x = select(x > 1100, all(1100), select(x < -1100, all(-1100), x));
      const V magic = all(0x1.8p52), moved = x * 0x1.71547652b82fep0 + magic, n = moved - magic;
      const V r = (x - n * 0x1.62e42feep-1) - n * 0x1.a39ef35793c76p-33;
      V p = all(1.0 / 6227020800);
      p = p * r + 1.0 / 479001600;
      p = p * r + 1.0 / 39916800;
      p = p * r + 1.0 / 3628800;
      p = p * r + 1.0 / 362880;
      p = p * r + 1.0 / 40320;
      p = p * r + 1.0 / 5040;
      p = p * r + 1.0 / 720;
      p = p * r + 1.0 / 120;
      p = p * r + 1.0 / 24;
      p = p * r + 1.0 / 6;
      p = p * r + 0.5;
      p = 1 + (r + r * r * p);
      const M k = (M)moved - (M)magic, half = k >> 1;
      return p * (V)((half + 1023) << 52) * (V)((k - half + 1023) << 52);
    }

    """
}
