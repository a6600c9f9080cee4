// Layer 1 of the full model for one precision and one instruction set: eight heads in lanes. Part of
// trainer_layers_body.h.

// ------------------------------------------------------------------------------------------- attention

// What position 0 of `x` gives to lag j.
INLINE V8 LAYER(attention_to)(const REAL *row, const REAL *place, int logs, V8 largest, const uint16_t *x, int j) {
  const V8 score = LAYER(load)(row + 8L * x[-j]), there = LAYER(load)(place + 8L * j);
  return logs ? EXP(score + there - largest) : score * there;
}

INLINE V8 LAYER(attention_shift)(const REAL *row, const REAL *place, int logs, const uint16_t *x, int lags) {
  V8 largest = LAYER(all)(0);
  if (!logs) return largest;
  largest = LAYER(load)(row + 8L * x[0]) + LAYER(load)(place);
  for (int j = 1; j <= lags; ++j)
    largest = __builtin_elementwise_max(largest, LAYER(load)(row + 8L * x[-j]) + LAYER(load)(place + 8L * j));
  return largest;
}

static void LAYER(attend_forward)(const REAL *pair, const REAL *place, int logs, const uint16_t *x, long step, int count,
                                 int lags, int d, REAL *u, REAL *z) {
  memset(u, 0, sizeof(REAL) * 8 * (size_t)count * (size_t)d);
  for (int i = 0; i < count; ++i, x += step, u += 8L * d) {
    const REAL *row = pair + 8L * x[0] * d;
    const V8 largest = LAYER(attention_shift)(row, place, logs, x, lags);
    V8 sum = LAYER(all)(0);
    for (int j = 0; j <= lags; ++j) {
      const V8 e = LAYER(attention_to)(row, place, logs, largest, x, j);
      sum += e;
      LAYER(add)(u + 8L * x[-j], e);
    }
    LAYER(store)(z + 8L * i, sum);
  }
}

static void LAYER(attend_backward)(const REAL *pair, const REAL *place, int logs, const uint16_t *x, long step, int count,
                                  int lags, int d, const REAL *du, const REAL *dz, REAL *dpair, REAL *dplace) {
  for (int i = 0; i < count; ++i, x += step, du += 8L * d) {
    const REAL *row = pair + 8L * x[0] * d;
    REAL *drow = dpair + 8L * x[0] * d;
    const V8 largest = LAYER(attention_shift)(row, place, logs, x, lags), all = LAYER(load)(dz + 8L * i);
    for (int j = 0; j <= lags; ++j) {
      const V8 e = LAYER(attention_to)(row, place, logs, largest, x, j);
      const V8 slope = e * (LAYER(load)(du + 8L * x[-j]) + all);
      LAYER(add)(drow + 8L * x[-j], slope);
      LAYER(add)(dplace + 8L * j, slope);
    }
  }
}

// ------------------------------------------------------------------------------------------------ maps

// P positions, E of their outputs.
INLINE void LAYER(maps_block)(const int P, const int E, const REAL *u, const REAL *map, int d, REAL *y) {
  V8 sum[2][4];
  FULLY for (int p = 0; p < P; ++p)
    FULLY for (int e = 0; e < E; ++e) sum[p][e] = LAYER(all)(0);
  for (int b = 0; b < d; ++b, map += 8L * d, u += 8)
    FULLY for (int p = 0; p < P; ++p) {
      const V8 weight = LAYER(load)(u + 8L * p * d);
      FULLY for (int e = 0; e < E; ++e) sum[p][e] += weight * LAYER(load)(map + 8 * e);
    }
  FULLY for (int p = 0; p < P; ++p)
    FULLY for (int e = 0; e < E; ++e) LAYER(store)(y + 8L * (p * d + e), sum[p][e]);
}

INLINE void LAYER(maps_rows)(const int P, const REAL *u, const REAL *map, int d, REAL *y) {
  int e = 0;
  for (; e + 4 <= d; e += 4) LAYER(maps_block)(P, 4, u, map + 8 * e, d, y + 8 * e);
  switch (d - e) {
  case 1: LAYER(maps_block)(P, 1, u, map + 8 * e, d, y + 8 * e); break;
  case 2: LAYER(maps_block)(P, 2, u, map + 8 * e, d, y + 8 * e); break;
  case 3: LAYER(maps_block)(P, 3, u, map + 8 * e, d, y + 8 * e); break;
  }
}

static void LAYER(maps_forward)(const REAL *u, const REAL *map, int count, int d, REAL *y) {
  int i = 0;
  for (; i + 2 <= count; i += 2) LAYER(maps_rows)(2, u + 8L * i * d, map, d, y + 8L * i * d);
  if (i < count) LAYER(maps_rows)(1, u + 8L * i * d, map, d, y + 8L * i * d);
}

// B of the inputs, E of the outputs, over all positions.
INLINE void LAYER(outer_block)(const int B, const int E, const REAL *u, const REAL *dy, int count, int d,
                                      REAL *dmap) {
  V8 sum[2][4];
  FULLY for (int b = 0; b < B; ++b)
    FULLY for (int e = 0; e < E; ++e) sum[b][e] = LAYER(load)(dmap + 8L * (b * d + e));
  for (int i = 0; i < count; ++i, u += 8L * d, dy += 8L * d)
    FULLY for (int b = 0; b < B; ++b) {
      const V8 weight = LAYER(load)(u + 8 * b);
      FULLY for (int e = 0; e < E; ++e) sum[b][e] += weight * LAYER(load)(dy + 8 * e);
    }
  FULLY for (int b = 0; b < B; ++b)
    FULLY for (int e = 0; e < E; ++e) LAYER(store)(dmap + 8L * (b * d + e), sum[b][e]);
}

INLINE void LAYER(outer_rows)(const int B, const REAL *u, const REAL *dy, int count, int d, REAL *dmap) {
  int e = 0;
  for (; e + 4 <= d; e += 4) LAYER(outer_block)(B, 4, u, dy + 8 * e, count, d, dmap + 8 * e);
  switch (d - e) {
  case 1: LAYER(outer_block)(B, 1, u, dy + 8 * e, count, d, dmap + 8 * e); break;
  case 2: LAYER(outer_block)(B, 2, u, dy + 8 * e, count, d, dmap + 8 * e); break;
  case 3: LAYER(outer_block)(B, 3, u, dy + 8 * e, count, d, dmap + 8 * e); break;
  }
}

static void LAYER(maps_backward)(const REAL *u, const REAL *dy, int count, int d, REAL *dmap) {
  int b = 0;
  for (; b + 2 <= d; b += 2) LAYER(outer_rows)(2, u + 8 * b, dy, count, d, dmap + 8L * b * d);
  if (b < d) LAYER(outer_rows)(1, u + 8 * b, dy, count, d, dmap + 8L * b * d);
}

// ---------------------------------------------------------------------------------- norm and inner products

static void LAYER(norms)(const REAL *y, const REAL *z, REAL epsilon, int count, int d, REAL *r) {
  for (int i = 0; i < count; ++i, y += 8L * d) {
    V8 squares = LAYER(all)(0);
    for (int e = 0; e < d; ++e) squares += LAYER(load)(y + 8L * e) * LAYER(load)(y + 8L * e);
    const V8 total = LAYER(load)(z + 8L * i);
    LAYER(store)(r + 8L * i, 1 / __builtin_elementwise_sqrt(squares * ((REAL)1 / d) + total * total * epsilon));
  }
}

INLINE V8 LAYER(matched)(const REAL *y, const REAL *query, int d) {
  V8 sum = LAYER(all)(0);
  for (int e = 0; e < d; ++e) sum += LAYER(load)(y + 8L * e) * LAYER(load)(query + 8L * e);
  return sum;
}

static void LAYER(match_forward)(const REAL *y, const REAL *r, const REAL *query, int count, int d, int heads,
                                long stride, REAL *k) {
  const V8 constant = LAYER(load)(query + 8L * d);
  for (int from = 0; from < count; from += 8) {
    const int some = count - from < 8 ? count - from : 8;
    V8 rows[8];
    FULLY for (int i = 0; i < 8; ++i)
      rows[i] = i < some ? LAYER(matched)(y + 8L * (from + i) * d, query, d) * LAYER(load)(r + 8L * (from + i)) + constant
                         : LAYER(all)(0);
    LAYER(transpose)(rows);
    FULLY for (int h = 0; h < 8; ++h) {
      if (h >= heads) continue;
      if (some == 8) {
        LAYER(store)(k + h * stride + from, rows[h]);
      } else {
        for (int i = 0; i < some; ++i) k[h * stride + from + i] = rows[h][i];
      }
    }
  }
}

// With k - constant = r t: dt = r dk, and d(1/r^2) = -t r^3 dk / 2.
static void LAYER(match_backward)(const REAL *y, const REAL *z, const REAL *r, REAL epsilon, const REAL *query,
                                 const REAL *dk, int count, int d, int heads, long stride, REAL *dquery, REAL *dy,
                                 REAL *dz) {
  for (int from = 0; from < count; from += 8) {
    const int some = count - from < 8 ? count - from : 8;
    V8 rows[8];
    FULLY for (int h = 0; h < 8; ++h) {
      rows[h] = LAYER(all)(0);
      if (h >= heads) continue;
      if (some == 8) {
        rows[h] = LAYER(load)(dk + h * stride + from);
      } else {
        for (int i = 0; i < some; ++i) rows[h][i] = dk[h * stride + from + i];
      }
    }
    LAYER(transpose)(rows);
    for (int i = 0; i < some; ++i) {
      const long at = 8L * (from + i);
      const REAL *there = y + at * d;
      const V8 slope = rows[i] * LAYER(load)(r + at);
      const V8 norm = -slope * LAYER(matched)(there, query, d) * LAYER(load)(r + at) * LAYER(load)(r + at);
      LAYER(add)(dquery + 8L * d, rows[i]);
      for (int e = 0; e < d; ++e) {
        const V8 ye = LAYER(load)(there + 8L * e);
        LAYER(add)(dquery + 8L * e, slope * ye);
        LAYER(store)(dy + at * d + 8L * e, slope * LAYER(load)(query + 8L * e) + norm * ((REAL)1 / d) * ye);
      }
      LAYER(store)(dz + at, norm * epsilon * LAYER(load)(z + at));
    }
  }
}
