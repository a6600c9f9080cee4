// The loops of trainer_layers.h for one precision and one instruction set.

// Eight heads, sequences or tokens side by side.
typedef REAL LAYER(v8) __attribute__((vector_size(8 * sizeof(REAL)), aligned(sizeof(REAL))));
#define V8 LAYER(v8)

INLINE V8 LAYER(load)(const REAL *p) { return *(const V8 *)p; }
INLINE void LAYER(store)(REAL *p, V8 v) { *(V8 *)p = v; }
INLINE V8 LAYER(all)(REAL value) { return value - (V8){0}; }

// Neighbouring positions side by side, as many as a register takes.
typedef REAL LAYER(positions) __attribute__((vector_size(POSITIONS * sizeof(REAL)), aligned(sizeof(REAL))));
#define ROW LAYER(positions)

INLINE ROW LAYER(load_row)(const REAL *p) { return *(const ROW *)p; }
INLINE void LAYER(store_row)(REAL *p, ROW v) { *(ROW *)p = v; }
INLINE ROW LAYER(row_of)(REAL value) { return value - (ROW){0}; }
// Sixteen as eight: the halves added.
#if POSITIONS == 16
INLINE V8 LAYER(eight)(ROW v) {
  return __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7) + __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15);
}
#else
INLINE V8 LAYER(eight)(ROW v) { return v; }
#endif
INLINE REAL LAYER(total)(V8 v) {
  return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}
INLINE REAL LAYER(total_row)(ROW v) { return LAYER(total)(LAYER(eight)(v)); }

// ---------------------------------------------------------------------------------------------- selector

enum { LAYER(WIDE) = TRAINER_BLOCK / POSITIONS };
#define WIDE LAYER(WIDE)
#define FULLY _Pragma("clang loop unroll(full)")
#define EACH FULLY for (int v = 0; v < WIDE; ++v)

// One step of a block: with H and D constant the loops unroll into straight code. With B_h the factor of k_h over sets
// whose smallest member is h, and A_hh' that of k_h k_h': q = p_0 + sum_h k_h B_h.
INLINE void LAYER(selector_forward_at)(const int H, const int D, const REAL *p, const REAL *k, long stride,
                                              REAL *q, REAL *slope) {
  ROW kh[8], dk[8];
  FULLY for (int h = 0; h < H; ++h) {
    kh[h] = LAYER(load_row)(k + h * stride);
    dk[h] = LAYER(row_of)(0);
  }
  const REAL *pair = p + 8 * (1 + H), *triple = pair + 8 * (H * (H - 1) / 2);
  ROW value = LAYER(row_of)(p[0]);
  FULLY for (int h = 0; h < H; ++h) {
    ROW b = LAYER(row_of)(p[8 * (1 + h)]);
    if (D >= 2) {
      FULLY for (int i = h + 1; i < H; ++i, pair += 8) {
        ROW a = LAYER(row_of)(pair[0]);
        if (D >= 3) {
          const ROW product = kh[h] * kh[i];
          FULLY for (int j = i + 1; j < H; ++j, triple += 8) {
            const ROW leaf = LAYER(row_of)(triple[0]);
            a += leaf * kh[j];
            dk[j] += leaf * product;
          }
        }
        b += a * kh[i];
        dk[i] += a * kh[h];
      }
    }
    value += b * kh[h];
    LAYER(store_row)(slope + h * stride, dk[h] + b);
  }
  LAYER(store_row)(q, value);
}

INLINE void LAYER(add)(REAL *target, V8 value) { LAYER(store)(target, LAYER(load)(target) + value); }
// To the eight lanes of a set's derivative.
INLINE void LAYER(add_row)(REAL *target, ROW value) { LAYER(add)(target, LAYER(eight)(value)); }

INLINE void LAYER(selector_backward_at)(const int H, const int D, const REAL *k, const REAL *dq, long stride,
                                               REAL *slope, REAL *dp) {
  ROW g[WIDE];
  EACH g[v] = LAYER(load_row)(dq + POSITIONS * v);
  ROW sum = g[0];
  FULLY for (int v = 1; v < WIDE; ++v) sum += g[v];
  LAYER(add_row)(dp, sum);
  REAL *pair = dp + 8 * (1 + H), *triple = pair + 8 * (H * (H - 1) / 2);
  FULLY for (int h = 0; h < H; ++h) {
    ROW one[WIDE];
    EACH one[v] = g[v] * LAYER(load_row)(k + h * stride + POSITIONS * v);
    sum = one[0];
    FULLY for (int v = 1; v < WIDE; ++v) sum += one[v];
    LAYER(add_row)(dp + 8 * (1 + h), sum);
    EACH LAYER(store_row)(slope + h * stride + POSITIONS * v, g[v] * LAYER(load_row)(slope + h * stride + POSITIONS * v));
    if (D >= 2) {
      FULLY for (int i = h + 1; i < H; ++i, pair += 8) {
        ROW two[WIDE];
        EACH two[v] = one[v] * LAYER(load_row)(k + i * stride + POSITIONS * v);
        sum = two[0];
        FULLY for (int v = 1; v < WIDE; ++v) sum += two[v];
        LAYER(add_row)(pair, sum);
        if (D >= 3) {
          FULLY for (int j = i + 1; j < H; ++j, triple += 8) {
            ROW three = two[0] * LAYER(load_row)(k + j * stride);
            FULLY for (int v = 1; v < WIDE; ++v) three += two[v] * LAYER(load_row)(k + j * stride + POSITIONS * v);
            LAYER(add_row)(triple, three);
          }
        }
      }
    }
  }
}

#define SELECTOR(H, D)                                                                                                 \
  static void LAYER(selector_forward_##H##_##D)(const REAL *p, const REAL *k, int n, long stride, REAL *q,              \
                                               REAL *slope) {                                                          \
    for (int l = 0; l < n; l += POSITIONS) LAYER(selector_forward_at)(H, D, p, k + l, stride, q + l, slope + l);                \
  }                                                                                                                    \
  static void LAYER(selector_backward_##H##_##D)(const REAL *k, const REAL *dq, int n, long stride, REAL *slope,        \
                                                REAL *dp) {                                                            \
    for (int l = 0; l < n; l += TRAINER_BLOCK)                                                                         \
      LAYER(selector_backward_at)(H, D, k + l, dq + l, stride, slope + l, dp);                                          \
  }
TRAINER_SELECTORS(SELECTOR)
#undef SELECTOR

// Any H and D, over the tree: A_S = p_S + sum over children S+h of k_h A_{S+h}, from the largest inner sets down; a
// leaf's A is its p. G_S is g times the product of S. Then dq/dk_h = sum over S of G_S A_{S+h}.
static void LAYER(selector_forward_tree)(const trainer_tree *tree, const REAL *p, const REAL *k, int n, long stride,
                                        REAL *q, REAL *slope, REAL *scratch) {
  REAL *factor = scratch, *product = scratch + tree->inner * TRAINER_BLOCK;
  for (int from = 0; from < n; from += TRAINER_BLOCK) {
    for (int i = tree->inner - 1; i >= 0; --i) {
      ROW sum[WIDE];
      EACH sum[v] = LAYER(row_of)(p[8 * tree->node[i]]);
      const int first = tree->child[i];
      const REAL *kh = k + tree->head[i] * stride + from;
      for (int c = 0; c < tree->children[i]; ++c, kh += stride) {
        const int place = tree->place[first + c];
        if (place >= 0) {
          const REAL *below = factor + place * TRAINER_BLOCK;
          EACH sum[v] += LAYER(load_row)(kh + POSITIONS * v) * LAYER(load_row)(below + POSITIONS * v);
        } else {
          const ROW leaf = LAYER(row_of)(p[8 * (first + c)]);
          EACH sum[v] += LAYER(load_row)(kh + POSITIONS * v) * leaf;
        }
      }
      EACH LAYER(store_row)(factor + i * TRAINER_BLOCK + POSITIONS * v, sum[v]);
    }
    EACH LAYER(store_row)(q + from + POSITIONS * v, LAYER(load_row)(factor + POSITIONS * v));
    EACH LAYER(store_row)(product + POSITIONS * v, LAYER(row_of)(1));
    for (int i = 0; i < tree->inner; ++i) {
      const REAL *kh = k + tree->head[i] * stride + from;
      for (int c = 0; c < tree->children[i]; ++c, kh += stride) {
        const int place = tree->place[tree->child[i] + c];
        if (place < 0) continue;
        EACH LAYER(store_row)(product + place * TRAINER_BLOCK + POSITIONS * v,
                         LAYER(load_row)(product + i * TRAINER_BLOCK + POSITIONS * v) * LAYER(load_row)(kh + POSITIONS * v));
      }
    }
    for (int h = 0; h < tree->heads; ++h) {
      ROW sum[WIDE];
      EACH sum[v] = LAYER(row_of)(0);
      for (int i = 0; i < tree->inner; ++i) {
        const int c = h - tree->head[i];
        if (c < 0 || c >= tree->children[i]) continue;
        const REAL *g = product + i * TRAINER_BLOCK;
        const int place = tree->place[tree->child[i] + c];
        if (place >= 0) {
          const REAL *below = factor + place * TRAINER_BLOCK;
          EACH sum[v] += LAYER(load_row)(g + POSITIONS * v) * LAYER(load_row)(below + POSITIONS * v);
        } else {
          const ROW leaf = LAYER(row_of)(p[8 * (tree->child[i] + c)]);
          EACH sum[v] += LAYER(load_row)(g + POSITIONS * v) * leaf;
        }
      }
      EACH LAYER(store_row)(slope + h * stride + from + POSITIONS * v, sum[v]);
    }
  }
}

static void LAYER(selector_backward_tree)(const trainer_tree *tree, const REAL *k, const REAL *dq, int n, long stride,
                                         REAL *slope, REAL *dp, REAL *scratch) {
  for (int from = 0; from < n; from += TRAINER_BLOCK) {
    EACH LAYER(store_row)(scratch + POSITIONS * v, LAYER(load_row)(dq + from + POSITIONS * v));
    for (int i = 0; i < tree->inner; ++i) {
      ROW g[WIDE];
      EACH g[v] = LAYER(load_row)(scratch + i * TRAINER_BLOCK + POSITIONS * v);
      ROW sum = g[0];
      for (int v = 1; v < WIDE; ++v) sum += g[v];
      LAYER(add_row)(dp + 8 * tree->node[i], sum);
      const int first = tree->child[i];
      const REAL *kh = k + tree->head[i] * stride + from;
      for (int c = 0; c < tree->children[i]; ++c, kh += stride) {
        const int place = tree->place[first + c];
        if (place >= 0) {
          EACH LAYER(store_row)(scratch + place * TRAINER_BLOCK + POSITIONS * v, g[v] * LAYER(load_row)(kh + POSITIONS * v));
        } else {
          ROW leaf = g[0] * LAYER(load_row)(kh);
          for (int v = 1; v < WIDE; ++v) leaf += g[v] * LAYER(load_row)(kh + POSITIONS * v);
          LAYER(add_row)(dp + 8 * (first + c), leaf);
        }
      }
    }
    for (int h = 0; h < tree->heads; ++h)
      EACH {
        REAL *there = slope + h * stride + from + POSITIONS * v;
        LAYER(store_row)(there, LAYER(load_row)(there) * LAYER(load_row)(dq + from + POSITIONS * v));
      }
  }
}

static void LAYER(selector_forward)(const trainer_tree *tree, const REAL *p, const REAL *k, int n, long stride, REAL *q,
                                   REAL *slope, REAL *scratch) {
  switch (tree->heads * 4 + (tree->degree <= 3 ? tree->degree : 0)) {
#define SELECTOR(H, D)                                                                                                 \
  case H * 4 + D: LAYER(selector_forward_##H##_##D)(p, k, n, stride, q, slope); return;
    TRAINER_SELECTORS(SELECTOR)
#undef SELECTOR
  default: LAYER(selector_forward_tree)(tree, p, k, n, stride, q, slope, scratch);
  }
}

static void LAYER(selector_backward)(const trainer_tree *tree, const REAL *k, const REAL *dq, int n, long stride,
                                    REAL *slope, REAL *dp, REAL *scratch) {
  switch (tree->heads * 4 + (tree->degree <= 3 ? tree->degree : 0)) {
#define SELECTOR(H, D)                                                                                                 \
  case H * 4 + D: LAYER(selector_backward_##H##_##D)(k, dq, n, stride, slope, dp); return;
    TRAINER_SELECTORS(SELECTOR)
#undef SELECTOR
  default: LAYER(selector_backward_tree)(tree, k, dq, n, stride, slope, dp, scratch);
  }
}

// -------------------------------------------------------------------------------------------- classifier

#define EXTREME(name, start, pick, is_better)                                                      \
  static REAL LAYER(name)(const REAL *q, int count) {                                               \
    REAL best = start;                                                                              \
    int l = 0;                                                                                      \
    if (count >= 8) {                                                                               \
      V8 many = LAYER(load)(q);                                                                     \
      for (l = 8; l + 8 <= count; l += 8) many = pick(many, LAYER(load)(q + l));                    \
      for (int lane = 0; lane < 8; ++lane) best = many[lane] is_better best ? many[lane] : best;    \
    }                                                                                               \
    for (; l < count; ++l) best = q[l] is_better best ? q[l] : best;                                \
    return best;                                                                                    \
  }
EXTREME(largest, -INFINITY, __builtin_elementwise_max, >)
EXTREME(smallest, INFINITY, __builtin_elementwise_min, <)
#undef EXTREME

static void LAYER(exponentials)(const REAL *q, REAL a, REAL shift, int count, int n, REAL *e) {
  for (int l = 0; l < n; l += POSITIONS) LAYER(store_row)(e + l, EXP_ROW((LAYER(load_row)(q + l) - shift) * a));
  for (int l = count; l < n; ++l) e[l] = 0;
}

static void LAYER(hits)(const uint16_t *x, int target, int count, int n, REAL *hit) {
  for (int l = 0; l < count; ++l) hit[l] = x[l] == target ? (REAL)1 : (REAL)0;
  for (int l = count; l < n; ++l) hit[l] = 0;
}

static void LAYER(attended)(const REAL *e, const REAL *hit, int n, REAL sums[2]) {
  ROW total = LAYER(row_of)(0), target = LAYER(row_of)(0);
  for (int l = 0; l < n; l += POSITIONS) {
    ROW el = LAYER(load_row)(e + l);
    total += el;
    target += el * LAYER(load_row)(hit + l);
  }
  sums[0] = LAYER(total_row)(total);
  sums[1] = LAYER(total_row)(target);
}

static REAL LAYER(attention_backward)(const REAL *e, const REAL *hit, const REAL *q, REAL up, REAL base, REAL a, int n,
                                     REAL *dq) {
  ROW sum = LAYER(row_of)(0);
  for (int l = 0; l < n; l += POSITIONS) {
    ROW dlogit = LAYER(load_row)(e + l) * (LAYER(load_row)(hit + l) * up + base);
    sum += dlogit * LAYER(load_row)(q + l);
    LAYER(store_row)(dq + l, dlogit * a);
  }
  return LAYER(total_row)(sum);
}

// ------------------------------------------------------------------------------------------------ copier

static void LAYER(copier_query)(const REAL *sigma, const uint16_t *x, int lags, int d, REAL *v) {
  memset(v, 0, sizeof(REAL) * 8 * (size_t)d);
  for (int j = 0; j < lags; ++j) {
    REAL *row = v + 8 * x[-1 - j];
    LAYER(store)(row, LAYER(load)(row) + LAYER(load)(sigma + 8 * j));
  }
}

static void LAYER(copier_tables)(const REAL *sigma, const REAL *v, int d, int digits, int chunks, int codes, REAL *t) {
  for (int c = 0; c < chunks; ++c) {
    REAL *table = t + 8L * c * codes;
    const REAL *s = sigma + 8L * c * digits;
    const V8 s0 = LAYER(load)(s);
    for (int e = 0; e < d; ++e) LAYER(store)(table + 8 * e, s0 * LAYER(load)(v + 8 * e));
    int size = d;
    for (int i = 1; i < digits; ++i, size *= d) {
      const V8 si = LAYER(load)(s + 8 * i);
      for (int e = d - 1; e >= 0; --e) {
        const V8 term = si * LAYER(load)(v + 8 * e);
        REAL *target = table + 8L * e * size;
        for (int code = 0; code < size; ++code)
          LAYER(store)(target + 8 * code, LAYER(load)(table + 8 * code) + term);
      }
    }
  }
}

// Eight vectors of eight heads to eight heads of eight positions, or back.
INLINE void LAYER(transpose)(V8 r[8]) {
#define LOW(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13)
#define HIGH(a, b) __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15)
#define LOW2(a, b) __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13)
#define HIGH2(a, b) __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15)
#define LOW4(a, b) __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11)
#define HIGH4(a, b) __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15)
  V8 a0 = LOW(r[0], r[1]), a1 = HIGH(r[0], r[1]), a2 = LOW(r[2], r[3]), a3 = HIGH(r[2], r[3]);
  V8 a4 = LOW(r[4], r[5]), a5 = HIGH(r[4], r[5]), a6 = LOW(r[6], r[7]), a7 = HIGH(r[6], r[7]);
  V8 b0 = LOW2(a0, a2), b1 = HIGH2(a0, a2), b2 = LOW2(a1, a3), b3 = HIGH2(a1, a3);
  V8 b4 = LOW2(a4, a6), b5 = HIGH2(a4, a6), b6 = LOW2(a5, a7), b7 = HIGH2(a5, a7);
  r[0] = LOW4(b0, b4), r[1] = LOW4(b1, b5), r[2] = LOW4(b2, b6), r[3] = LOW4(b3, b7);
  r[4] = HIGH4(b0, b4), r[5] = HIGH4(b1, b5), r[6] = HIGH4(b2, b6), r[7] = HIGH4(b3, b7);
#undef LOW
#undef HIGH
#undef LOW2
#undef HIGH2
#undef LOW4
#undef HIGH4
}

// Whole blocks of eight positions are straight code on registers; the rest, at most one block, is a loop.
INLINE void LAYER(copier_forward_block)(const REAL *t, const uint32_t *at, int digits, int chunks, int codes,
                                               V8 rows[8]) {
  FULLY for (int r = 0; r < 8; ++r) rows[r] = LAYER(load)(t + at[r]);
  for (int c = 1; c < chunks; ++c) {
    t += 8L * codes;
    at -= digits;
    FULLY for (int r = 0; r < 8; ++r) rows[r] += LAYER(load)(t + at[r]);
  }
}

static void LAYER(copier_forward)(const REAL *t, const uint32_t *code, int digits, int chunks, int codes, int heads,
                                 int count, int n, long stride, REAL *k) {
  int from = 0;
  for (; from + 8 <= count; from += 8) {
    V8 rows[8];
    LAYER(copier_forward_block)(t, code + from, digits, chunks, codes, rows);
    LAYER(transpose)(rows);
    REAL *target = k + from;
    FULLY for (int h = 0; h < 8; ++h, target += stride)
      if (h < heads) LAYER(store)(target, rows[h]);
  }
  for (; from < n; from += 8)
    for (int h = 0; h < heads; ++h) {
      V8 row = LAYER(all)(0);
      for (int r = 0; from + r < count && r < 8; ++r)
        for (int c = 0; c < chunks; ++c) row[r] += t[8L * c * codes + code[from + r - c * digits] + h];
      LAYER(store)(k + h * stride + from, row);
    }
}

static void LAYER(copier_backward)(const REAL *dk, const uint32_t *code, int digits, int chunks, int codes, int heads,
                                  int count, long stride, REAL *dt) {
  memset(dt, 0, sizeof(REAL) * 8 * (size_t)chunks * (size_t)codes);
  int from = 0;
  for (; from + 8 <= count; from += 8) {
    V8 rows[8];
    const REAL *source = dk + from;
    FULLY for (int h = 0; h < 8; ++h, source += stride)
      rows[h] = h < heads ? LAYER(load)(source) : LAYER(all)(0);
    LAYER(transpose)(rows);
    REAL *table = dt;
    const uint32_t *at = code + from;
    for (int c = 0; c < chunks; ++c, table += 8L * codes, at -= digits)
      FULLY for (int r = 0; r < 8; ++r) LAYER(add)(table + at[r], rows[r]);
  }
  for (; from < count; ++from)
    for (int c = 0; c < chunks; ++c) {
      REAL *row = dt + 8L * c * codes + code[from - c * digits];
      for (int h = 0; h < heads; ++h) row[h] += dk[h * stride + from];
    }
}

static void LAYER(copier_tables_backward)(REAL *dt, const REAL *sigma, const REAL *v, int d, int digits, int chunks,
                                         int codes, REAL *dsigma, REAL *dv) {
  memset(dv, 0, sizeof(REAL) * 8 * (size_t)d);
  for (int c = 0; c < chunks; ++c) {
    REAL *table = dt + 8L * c * codes;
    int size = codes / d;
    for (int i = digits - 1; i >= 0; --i, size /= d) {
      const V8 si = LAYER(load)(sigma + 8L * (c * digits + i));
      V8 gradient = LAYER(all)(0);
      for (int e = 0; e < d; ++e) {
        // What lies under slowest digit e, summed; then folded onto e = 0, where the next digit finds it.
        REAL *part = table + 8L * e * size;
        V8 sum = LAYER(all)(0);
        for (int code = 0; code < size; ++code) {
          V8 value = LAYER(load)(part + 8 * code);
          sum += value;
          if (e > 0) LAYER(store)(table + 8 * code, LAYER(load)(table + 8 * code) + value);
        }
        gradient += sum * LAYER(load)(v + 8 * e);
        LAYER(store)(dv + 8 * e, LAYER(load)(dv + 8 * e) + sum * si);
      }
      REAL *target = dsigma + 8L * (c * digits + i);
      LAYER(store)(target, LAYER(load)(target) + gradient);
    }
  }
}

static void LAYER(copier_partial)(const REAL *sigma, const uint16_t *x, int count, int lags, const REAL *v, int heads,
                                 long stride, REAL *k) {
  for (int i = 0; i < count; ++i) {
    V8 sum = LAYER(all)(0);
    for (int j = 1; j <= i && j <= lags; ++j)
      sum += LAYER(load)(sigma + 8L * (i * lags + j - 1)) * LAYER(load)(v + 8 * x[i - j]);
    for (int h = 0; h < heads; ++h) k[h * stride + i] = sum[h];
  }
}

static void LAYER(copier_partial_backward)(const REAL *sigma, const uint16_t *x, int count, int lags, const REAL *v,
                                          int heads, long stride, const REAL *dk, REAL *dsigma, REAL *dv) {
  for (int i = 0; i < count; ++i) {
    V8 g = LAYER(all)(0);
    for (int h = 0; h < heads; ++h) g[h] = dk[h * stride + i];
    for (int j = 1; j <= i && j <= lags; ++j) {
      const long weight = 8L * (i * lags + j - 1), token = 8L * x[i - j];
      LAYER(store)(dsigma + weight, LAYER(load)(dsigma + weight) + g * LAYER(load)(v + token));
      LAYER(store)(dv + token, LAYER(load)(dv + token) + g * LAYER(load)(sigma + weight));
    }
  }
}

static void LAYER(look_up)(const REAL *table, const uint16_t *x, int count, int n, REAL *value) {
  for (int l = 0; l < count; ++l) value[l] = table[x[l]];
  for (int l = count; l < n; ++l) value[l] = 0;
}

static void LAYER(scatter)(const REAL *e, const uint16_t *x, int count, REAL *sums) {
  for (int l = 0; l < count; ++l) sums[x[l]] += e[l];
}

// -------------------------------------------------------------------------------------- rows of windows

// `value` in the lanes where t equals `number`, 0 in the others.
INLINE V8 LAYER(where)(V8 t, REAL number, V8 value) {
  __typeof__(t == t) mask = t == number;
  return (V8)(mask & (__typeof__(mask))value);
}

static void LAYER(criterion)(int logits, REAL epsilon, REAL a, int d, int count, int width, const int32_t *target,
                            const REAL *keys, REAL *sums, REAL *y, REAL *loss) {
  for (int from = 0; from < count; from += 8) {
    V8 total = LAYER(all)(0), number = LAYER(all)(0), hit = LAYER(all)(0), t;
    for (int lane = 0; lane < 8; ++lane) t[lane] = (REAL)target[from + lane];
    for (int e = 0; e < d; ++e) {
      total += LAYER(load)(sums + e * width + from);
      if (keys) number += LAYER(load)(keys + e * width + from);
    }
    // y_e = sums_e / total; for the linear layer y_e = (keys_e (1 - a mean q) + a sums_e) / number.
    const V8 scale = 1 / (keys ? number : total), mean = total * scale;
    for (int e = 0; e < d; ++e) {
      REAL *there = sums + e * width + from;
      V8 ye = LAYER(load)(there) * scale;
      if (keys) ye = ye * a + LAYER(load)(keys + e * width + from) * scale * (1 - mean * a);
      LAYER(store)(there, ye);
      hit += LAYER(where)(t, (REAL)e, ye);
      if (y) LAYER(store)(y + e * width + from, ye);
    }
    V8 up = LAYER(all)(0), sum = LAYER(all)(0), largest = LAYER(all)(0);
    if (logits) {
      largest = LAYER(load)(sums + from);
      for (int e = 1; e < d; ++e) largest = __builtin_elementwise_max(largest, LAYER(load)(sums + e * width + from));
      for (int e = 0; e < d; ++e) sum += EXP(LAYER(load)(sums + e * width + from) - largest);
      LAYER(store)(loss + from, LOG(sum) + largest - hit);
      up = LAYER(all)(-1);
      sum = 1 / sum;
    } else {
      LAYER(store)(loss + from, -LOG(hit + epsilon));
      up = -1 / (hit + epsilon);
    }
    // The mean of dy under the weights that y is a mean of; then c = (dy - that) / total.
    V8 centre = LAYER(all)(0);
    for (int e = 0; e < d; ++e) {
      V8 ye = LAYER(load)(sums + e * width + from);
      V8 weight = keys ? LAYER(load)(keys + e * width + from) * scale : ye;
      V8 dy = logits ? EXP(ye - largest) * sum : LAYER(all)(0);
      dy += LAYER(where)(t, (REAL)e, up);
      centre += weight * dy;
      LAYER(store)(sums + e * width + from, dy);
    }
    for (int e = 0; e < d; ++e) {
      REAL *there = sums + e * width + from;
      LAYER(store)(there, (LAYER(load)(there) - centre) * scale);
    }
  }
}

static void LAYER(row_forward)(const REAL *v, const REAL *query, int heads, int d, int n, long stride, long distance,
                               int z, REAL *k) {
  for (int h = 0; h < heads; ++h) {
    const REAL *vh = v + (long)h * d * stride, *qh = query + (long)h * d * distance + z;
    for (int l = 0; l < n; l += POSITIONS) {
      ROW sum = qh[0] * LAYER(load_row)(vh + l);
      for (int e = 1; e < d; ++e) sum += qh[e * distance] * LAYER(load_row)(vh + e * stride + l);
      LAYER(store_row)(k + h * stride + l, sum);
    }
  }
}

static void LAYER(row_backward)(const REAL *v, const REAL *query, const REAL *dk, int heads, int d, int n, long stride,
                                long distance, int z, REAL *dv, REAL *dquery) {
  for (int h = 0; h < heads; ++h) {
    const REAL *dkh = dk + h * stride;
    for (int e = 0; e < d; ++e) {
      const long place = (long)h * d + e;
      const REAL *row = v + place * stride;
      REAL *drow = dv + place * stride;
      const ROW q = LAYER(row_of)(query[place * distance + z]);
      ROW sum = LAYER(row_of)(0);
      for (int l = 0; l < n; l += POSITIONS) {
        ROW g = LAYER(load_row)(dkh + l);
        sum += g * LAYER(load_row)(row + l);
        LAYER(store_row)(drow + l, LAYER(load_row)(drow + l) + g * q);
      }
      dquery[place * distance + z] += LAYER(total_row)(sum);
    }
  }
}

static void LAYER(rectify)(long n, REAL *k) {
  for (long l = 0; l < n; l += 8) LAYER(store)(k + l, __builtin_elementwise_max(LAYER(load)(k + l), LAYER(all)(0)));
}

static void LAYER(rectify_backward)(const REAL *k, long n, REAL *dk) {
  for (long l = 0; l < n; l += 8) {
    const V8 there = LAYER(load)(k + l);
    const __typeof__(there > 0) mask = there > 0;
    LAYER(store)(dk + l, (V8)(mask & (__typeof__(mask))LAYER(load)(dk + l)));
  }
}

typedef uint16_t LAYER(u8) __attribute__((vector_size(16), aligned(2)));
INLINE V8 LAYER(widen)(const uint16_t *p) {
  typedef int32_t wide __attribute__((vector_size(32)));
  return __builtin_convertvector(__builtin_convertvector(*(const LAYER(u8) *)p, wide), V8);
}

typedef uint16_t LAYER(u_row) __attribute__((vector_size(2 * POSITIONS), aligned(2)));
INLINE ROW LAYER(widen_row)(const uint16_t *p) {
  typedef int32_t wide __attribute__((vector_size(4 * POSITIONS)));
  return __builtin_convertvector(__builtin_convertvector(*(const LAYER(u_row) *)p, wide), ROW);
}

static void LAYER(counts_forward)(const uint16_t *counts, const int32_t *sequences, int count, const REAL *e, int d,
                                  long stride, long each, int width, REAL *sums) {
  for (int column = 0; column < count; ++column) {
    const uint16_t *own = counts + sequences[column] * d * stride;
    for (int token = 0; token < d; ++token, own += stride) {
      ROW sum = LAYER(row_of)(0);
      for (int l = 0; l < stride; l += POSITIONS) sum += LAYER(widen_row)(own + l) * LAYER(load_row)(e + token * each + l);
      sums[token * width + column] = LAYER(total_row)(sum);
    }
  }
}

static void LAYER(counts_backward)(const uint16_t *counts, const int32_t *sequences, int count, const REAL *c, int d,
                                   long stride, long each, int width, REAL *t) {
  for (int column = 0; column < count; ++column) {
    const uint16_t *own = counts + sequences[column] * d * stride;
    if (each) {
      for (int token = 0; token < d; ++token) {
        const REAL slope = c[token * width + column];
        REAL *there = t + token * each;
        for (int l = 0; l < stride; l += POSITIONS)
          LAYER(store_row)(there + l, LAYER(load_row)(there + l) + LAYER(widen_row)(own + token * stride + l) * slope);
      }
      continue;
    }
    for (int l = 0; l < stride; l += POSITIONS) {
      ROW sum = LAYER(load_row)(t + l);
      for (int token = 0; token < d; ++token)
        sum += LAYER(widen_row)(own + token * stride + l) * c[token * width + column];
      LAYER(store_row)(t + l, sum);
    }
  }
}

static void LAYER(entries_forward)(const int32_t *first, const int32_t *end, const uint16_t *window, const uint16_t *weight,
                                  const int32_t *sequences, int count, const REAL *e, int d, long each, int width,
                                   REAL *sums) {
  for (int column = 0; column < count; ++column) {
    const int sequence = sequences[column];
    const int32_t *ends = end + sequence * d;
    const uint16_t *w = window + first[sequence], *n = weight + first[sequence];
    int from = 0;
    for (int token = 0; token < d; ++token) {
      V8 sum = LAYER(all)(0);
      for (; from < ends[token]; from += 8) sum += GATHER(e + token * each, w + from) * LAYER(widen)(n + from);
      sums[token * width + column] = LAYER(total)(sum);
    }
  }
}

static void LAYER(entries_backward)(const int32_t *first, const int32_t *end, const uint16_t *window, const uint16_t *weight,
                                   const int32_t *sequences, int count, const REAL *c, int d, long each, int width,
                                    REAL *t) {
  for (int column = 0; column < count; ++column) {
    const int sequence = sequences[column];
    const int32_t *ends = end + sequence * d;
    const uint16_t *w = window + first[sequence], *n = weight + first[sequence];
    int from = 0;
    for (int token = 0; token < d; ++token) {
      const REAL slope = c[token * width + column];
      REAL *there = t + token * each;
      for (; from < ends[token]; ++from) there[w[from]] += (REAL)n[from] * slope;
    }
  }
}

static REAL LAYER(row_logits)(const REAL *e, const REAL *q, int n, REAL *t) {
  ROW sum = LAYER(row_of)(0);
  for (int l = 0; l < n; l += POSITIONS) {
    ROW dlogit = LAYER(load_row)(t + l);
    if (e) dlogit *= LAYER(load_row)(e + l);
    sum += dlogit * LAYER(load_row)(q + l);
    LAYER(store_row)(t + l, dlogit);
  }
  return LAYER(total_row)(sum);
}

#include "trainer_heads_body.h"

#undef V8
#undef ROW
#undef POSITIONS
#undef WIDE
#undef EACH
#undef FULLY
