// The loops of trainer_layers.h for one precision and one instruction set: REAL, and NAME(function) for the copy.

typedef REAL NAME(v8) __attribute__((vector_size(8 * sizeof(REAL)), aligned(sizeof(REAL))));
#define V8 NAME(v8)

TRAINER_INLINE V8 NAME(load)(const REAL *p) { return *(const V8 *)p; }
TRAINER_INLINE void NAME(store)(REAL *p, V8 v) { *(V8 *)p = v; }
TRAINER_INLINE V8 NAME(all)(REAL value) { return (V8){value, value, value, value, value, value, value, value}; }
TRAINER_INLINE REAL NAME(total)(V8 v) {
  return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}

// ---------------------------------------------------------------------------------------------- selector

enum { NAME(WIDE) = TRAINER_BLOCK / 8 };
#define WIDE NAME(WIDE)
#define FULLY _Pragma("clang loop unroll(full)")
#define EACH FULLY for (int v = 0; v < WIDE; ++v)

// One step of a block: with H and D constant the loops unroll into straight code. With B_h the factor of k_h over sets
// whose smallest member is h, and A_hh' that of k_h k_h': q = p_0 + sum_h k_h B_h.
TRAINER_INLINE void NAME(selector_forward_at)(const int H, const int D, const REAL *p, const REAL *k, long stride,
                                              REAL *q, REAL *slope) {
  V8 kh[8], dk[8];
  FULLY for (int h = 0; h < H; ++h) {
    kh[h] = NAME(load)(k + h * stride);
    dk[h] = NAME(all)(0);
  }
  const REAL *pair = p + 8 * (1 + H), *triple = pair + 8 * (H * (H - 1) / 2);
  V8 value = NAME(load)(p);
  FULLY for (int h = 0; h < H; ++h) {
    V8 b = NAME(load)(p + 8 * (1 + h));
    if (D >= 2) {
      FULLY for (int i = h + 1; i < H; ++i, pair += 8) {
        V8 a = NAME(load)(pair);
        if (D >= 3) {
          const V8 product = kh[h] * kh[i];
          FULLY for (int j = i + 1; j < H; ++j, triple += 8) {
            const V8 leaf = NAME(load)(triple);
            a += leaf * kh[j];
            dk[j] += leaf * product;
          }
        }
        b += a * kh[i];
        dk[i] += a * kh[h];
      }
    }
    value += b * kh[h];
    NAME(store)(slope + h * stride, dk[h] + b);
  }
  NAME(store)(q, value);
}

TRAINER_INLINE void NAME(add)(REAL *target, V8 value) { NAME(store)(target, NAME(load)(target) + value); }

TRAINER_INLINE void NAME(selector_backward_at)(const int H, const int D, const REAL *k, const REAL *dq, long stride,
                                               REAL *slope, REAL *dp) {
  V8 g[WIDE];
  EACH g[v] = NAME(load)(dq + 8 * v);
  V8 sum = g[0];
  FULLY for (int v = 1; v < WIDE; ++v) sum += g[v];
  NAME(add)(dp, sum);
  REAL *pair = dp + 8 * (1 + H), *triple = pair + 8 * (H * (H - 1) / 2);
  FULLY for (int h = 0; h < H; ++h) {
    V8 one[WIDE];
    EACH one[v] = g[v] * NAME(load)(k + h * stride + 8 * v);
    sum = one[0];
    FULLY for (int v = 1; v < WIDE; ++v) sum += one[v];
    NAME(add)(dp + 8 * (1 + h), sum);
    EACH NAME(store)(slope + h * stride + 8 * v, g[v] * NAME(load)(slope + h * stride + 8 * v));
    if (D >= 2) {
      FULLY for (int i = h + 1; i < H; ++i, pair += 8) {
        V8 two[WIDE];
        EACH two[v] = one[v] * NAME(load)(k + i * stride + 8 * v);
        sum = two[0];
        FULLY for (int v = 1; v < WIDE; ++v) sum += two[v];
        NAME(add)(pair, sum);
        if (D >= 3) {
          FULLY for (int j = i + 1; j < H; ++j, triple += 8) {
            V8 three = NAME(load)(triple);
            EACH three += two[v] * NAME(load)(k + j * stride + 8 * v);
            NAME(store)(triple, three);
          }
        }
      }
    }
  }
}

#define SELECTOR(H, D)                                                                                                 \
  static void NAME(selector_forward_##H##_##D)(const REAL *p, const REAL *k, int n, long stride, REAL *q,              \
                                               REAL *slope) {                                                          \
    for (int l = 0; l < n; l += 8) NAME(selector_forward_at)(H, D, p, k + l, stride, q + l, slope + l);                \
  }                                                                                                                    \
  static void NAME(selector_backward_##H##_##D)(const REAL *k, const REAL *dq, int n, long stride, REAL *slope,        \
                                                REAL *dp) {                                                            \
    for (int l = 0; l < n; l += TRAINER_BLOCK)                                                                         \
      NAME(selector_backward_at)(H, D, k + l, dq + l, stride, slope + l, dp);                                          \
  }
TRAINER_SELECTORS(SELECTOR)
#undef SELECTOR

// Any H and D, over the tree: A_S = p_S + sum over children S+h of k_h A_{S+h}, from the largest inner sets down; a
// leaf's A is its p. G_S is g times the product of S. Then dq/dk_h = sum over S of G_S A_{S+h}.
static void NAME(selector_forward_tree)(const trainer_tree *tree, const REAL *p, const REAL *k, int n, long stride,
                                        REAL *q, REAL *slope, REAL *scratch) {
  REAL *factor = scratch, *product = scratch + tree->inner * TRAINER_BLOCK;
  for (int from = 0; from < n; from += TRAINER_BLOCK) {
    for (int i = tree->inner - 1; i >= 0; --i) {
      V8 sum[WIDE];
      EACH sum[v] = NAME(load)(p + 8 * tree->node[i]);
      const int first = tree->child[i];
      const REAL *kh = k + tree->head[i] * stride + from;
      for (int c = 0; c < tree->children[i]; ++c, kh += stride) {
        const int place = tree->place[first + c];
        if (place >= 0) {
          const REAL *below = factor + place * TRAINER_BLOCK;
          EACH sum[v] += NAME(load)(kh + 8 * v) * NAME(load)(below + 8 * v);
        } else {
          const V8 leaf = NAME(load)(p + 8 * (first + c));
          EACH sum[v] += NAME(load)(kh + 8 * v) * leaf;
        }
      }
      EACH NAME(store)(factor + i * TRAINER_BLOCK + 8 * v, sum[v]);
    }
    EACH NAME(store)(q + from + 8 * v, NAME(load)(factor + 8 * v));
    EACH NAME(store)(product + 8 * v, NAME(all)(1));
    for (int i = 0; i < tree->inner; ++i) {
      const REAL *kh = k + tree->head[i] * stride + from;
      for (int c = 0; c < tree->children[i]; ++c, kh += stride) {
        const int place = tree->place[tree->child[i] + c];
        if (place < 0) continue;
        EACH NAME(store)(product + place * TRAINER_BLOCK + 8 * v,
                         NAME(load)(product + i * TRAINER_BLOCK + 8 * v) * NAME(load)(kh + 8 * v));
      }
    }
    for (int h = 0; h < tree->heads; ++h) {
      V8 sum[WIDE];
      EACH sum[v] = NAME(all)(0);
      for (int i = 0; i < tree->inner; ++i) {
        const int c = h - tree->head[i];
        if (c < 0 || c >= tree->children[i]) continue;
        const REAL *g = product + i * TRAINER_BLOCK;
        const int place = tree->place[tree->child[i] + c];
        if (place >= 0) {
          const REAL *below = factor + place * TRAINER_BLOCK;
          EACH sum[v] += NAME(load)(g + 8 * v) * NAME(load)(below + 8 * v);
        } else {
          const V8 leaf = NAME(load)(p + 8 * (tree->child[i] + c));
          EACH sum[v] += NAME(load)(g + 8 * v) * leaf;
        }
      }
      EACH NAME(store)(slope + h * stride + from + 8 * v, sum[v]);
    }
  }
}

static void NAME(selector_backward_tree)(const trainer_tree *tree, const REAL *k, const REAL *dq, int n, long stride,
                                         REAL *slope, REAL *dp, REAL *scratch) {
  for (int from = 0; from < n; from += TRAINER_BLOCK) {
    EACH NAME(store)(scratch + 8 * v, NAME(load)(dq + from + 8 * v));
    for (int i = 0; i < tree->inner; ++i) {
      V8 g[WIDE];
      EACH g[v] = NAME(load)(scratch + i * TRAINER_BLOCK + 8 * v);
      V8 sum = g[0];
      for (int v = 1; v < WIDE; ++v) sum += g[v];
      NAME(add)(dp + 8 * tree->node[i], sum);
      const int first = tree->child[i];
      const REAL *kh = k + tree->head[i] * stride + from;
      for (int c = 0; c < tree->children[i]; ++c, kh += stride) {
        const int place = tree->place[first + c];
        if (place >= 0) {
          EACH NAME(store)(scratch + place * TRAINER_BLOCK + 8 * v, g[v] * NAME(load)(kh + 8 * v));
        } else {
          V8 leaf = g[0] * NAME(load)(kh);
          for (int v = 1; v < WIDE; ++v) leaf += g[v] * NAME(load)(kh + 8 * v);
          NAME(add)(dp + 8 * (first + c), leaf);
        }
      }
    }
    for (int h = 0; h < tree->heads; ++h)
      EACH {
        REAL *there = slope + h * stride + from + 8 * v;
        NAME(store)(there, NAME(load)(there) * NAME(load)(dq + from + 8 * v));
      }
  }
}

static void NAME(selector_forward)(const trainer_tree *tree, const REAL *p, const REAL *k, int n, long stride, REAL *q,
                                   REAL *slope, REAL *scratch) {
  switch (tree->heads * 4 + (tree->degree <= 3 ? tree->degree : 0)) {
#define SELECTOR(H, D)                                                                                                 \
  case H * 4 + D: NAME(selector_forward_##H##_##D)(p, k, n, stride, q, slope); return;
    TRAINER_SELECTORS(SELECTOR)
#undef SELECTOR
  default: NAME(selector_forward_tree)(tree, p, k, n, stride, q, slope, scratch);
  }
}

static void NAME(selector_backward)(const trainer_tree *tree, const REAL *k, const REAL *dq, int n, long stride,
                                    REAL *slope, REAL *dp, REAL *scratch) {
  switch (tree->heads * 4 + (tree->degree <= 3 ? tree->degree : 0)) {
#define SELECTOR(H, D)                                                                                                 \
  case H * 4 + D: NAME(selector_backward_##H##_##D)(k, dq, n, stride, slope, dp); return;
    TRAINER_SELECTORS(SELECTOR)
#undef SELECTOR
  default: NAME(selector_backward_tree)(tree, k, dq, n, stride, slope, dp, scratch);
  }
}

// -------------------------------------------------------------------------------------------- classifier

static REAL NAME(largest)(const REAL *q, int count) {
  REAL largest = -INFINITY;
  int l = 0;
  if (count >= 8) {
    V8 many = NAME(load)(q);
    for (l = 8; l + 8 <= count; l += 8) {
      many = __builtin_elementwise_max(many, NAME(load)(q + l));
    }
    for (int lane = 0; lane < 8; ++lane) largest = many[lane] > largest ? many[lane] : largest;
  }
  for (; l < count; ++l) largest = q[l] > largest ? q[l] : largest;
  return largest;
}

static void NAME(exponentials)(const REAL *q, REAL a, REAL shift, int count, int n, REAL *e) {
  for (int l = 0; l < n; l += 8) NAME(store)(e + l, EXP8((NAME(load)(q + l) - shift) * a));
  for (int l = count; l < n; ++l) e[l] = 0;
}

static void NAME(hits)(const uint16_t *x, int target, int count, int n, REAL *hit) {
  for (int l = 0; l < count; ++l) hit[l] = x[l] == target ? (REAL)1 : (REAL)0;
  for (int l = count; l < n; ++l) hit[l] = 0;
}

static void NAME(attended)(const REAL *e, const REAL *hit, int n, REAL sums[2]) {
  V8 total = NAME(all)(0), target = NAME(all)(0);
  for (int l = 0; l < n; l += 8) {
    V8 el = NAME(load)(e + l);
    total += el;
    target += el * NAME(load)(hit + l);
  }
  sums[0] = NAME(total)(total);
  sums[1] = NAME(total)(target);
}

static REAL NAME(attention_backward)(const REAL *e, const REAL *hit, const REAL *q, REAL up, REAL base, REAL a, int n,
                                     REAL *dq) {
  V8 sum = NAME(all)(0);
  for (int l = 0; l < n; l += 8) {
    V8 dlogit = NAME(load)(e + l) * (NAME(load)(hit + l) * up + base);
    sum += dlogit * NAME(load)(q + l);
    NAME(store)(dq + l, dlogit * a);
  }
  return NAME(total)(sum);
}

// ------------------------------------------------------------------------------------------------ copier

static void NAME(copier_query)(const REAL *sigma, const uint16_t *x, int lags, int d, REAL *v) {
  memset(v, 0, sizeof(REAL) * 8 * (size_t)d);
  for (int j = 0; j < lags; ++j) {
    REAL *row = v + 8 * x[-1 - j];
    NAME(store)(row, NAME(load)(row) + NAME(load)(sigma + 8 * j));
  }
}

static void NAME(copier_tables)(const REAL *sigma, const REAL *v, int d, int digits, int chunks, int codes, REAL *t) {
  for (int c = 0; c < chunks; ++c) {
    REAL *table = t + 8L * c * codes;
    const REAL *s = sigma + 8L * c * digits;
    const V8 s0 = NAME(load)(s);
    for (int e = 0; e < d; ++e) NAME(store)(table + 8 * e, s0 * NAME(load)(v + 8 * e));
    int size = d;
    for (int i = 1; i < digits; ++i, size *= d) {
      const V8 si = NAME(load)(s + 8 * i);
      for (int e = d - 1; e >= 0; --e) {
        const V8 term = si * NAME(load)(v + 8 * e);
        REAL *target = table + 8L * e * size;
        for (int code = 0; code < size; ++code)
          NAME(store)(target + 8 * code, NAME(load)(table + 8 * code) + term);
      }
    }
  }
}

// Eight vectors of eight heads to eight heads of eight positions, or back.
TRAINER_INLINE void NAME(transpose)(V8 r[8]) {
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
TRAINER_INLINE void NAME(copier_forward_block)(const REAL *t, const uint32_t *at, int digits, int chunks, int codes,
                                               V8 rows[8]) {
  FULLY for (int r = 0; r < 8; ++r) rows[r] = NAME(load)(t + at[r]);
  for (int c = 1; c < chunks; ++c) {
    t += 8L * codes;
    at -= digits;
    FULLY for (int r = 0; r < 8; ++r) rows[r] += NAME(load)(t + at[r]);
  }
}

static void NAME(copier_forward)(const REAL *t, const uint32_t *code, int digits, int chunks, int codes, int heads,
                                 int count, int n, long stride, REAL *k) {
  int from = 0;
  for (; from + 8 <= count; from += 8) {
    V8 rows[8];
    NAME(copier_forward_block)(t, code + from, digits, chunks, codes, rows);
    NAME(transpose)(rows);
    REAL *target = k + from;
    FULLY for (int h = 0; h < 8; ++h, target += stride)
      if (h < heads) NAME(store)(target, rows[h]);
  }
  for (; from < n; from += 8)
    for (int h = 0; h < heads; ++h) {
      V8 row = NAME(all)(0);
      for (int r = 0; from + r < count && r < 8; ++r)
        for (int c = 0; c < chunks; ++c) row[r] += t[8L * c * codes + code[from + r - c * digits] + h];
      NAME(store)(k + h * stride + from, row);
    }
}

static void NAME(copier_backward)(const REAL *dk, const uint32_t *code, int digits, int chunks, int codes, int heads,
                                  int count, long stride, REAL *dt) {
  memset(dt, 0, sizeof(REAL) * 8 * (size_t)chunks * (size_t)codes);
  int from = 0;
  for (; from + 8 <= count; from += 8) {
    V8 rows[8];
    const REAL *source = dk + from;
    FULLY for (int h = 0; h < 8; ++h, source += stride)
      rows[h] = h < heads ? NAME(load)(source) : NAME(all)(0);
    NAME(transpose)(rows);
    REAL *table = dt;
    const uint32_t *at = code + from;
    for (int c = 0; c < chunks; ++c, table += 8L * codes, at -= digits)
      FULLY for (int r = 0; r < 8; ++r) NAME(add)(table + at[r], rows[r]);
  }
  for (; from < count; ++from)
    for (int c = 0; c < chunks; ++c) {
      REAL *row = dt + 8L * c * codes + code[from - c * digits];
      for (int h = 0; h < heads; ++h) row[h] += dk[h * stride + from];
    }
}

static void NAME(copier_tables_backward)(REAL *dt, const REAL *sigma, const REAL *v, int d, int digits, int chunks,
                                         int codes, REAL *dsigma, REAL *dv) {
  memset(dv, 0, sizeof(REAL) * 8 * (size_t)d);
  for (int c = 0; c < chunks; ++c) {
    REAL *table = dt + 8L * c * codes;
    int size = codes / d;
    for (int i = digits - 1; i >= 0; --i, size /= d) {
      const V8 si = NAME(load)(sigma + 8L * (c * digits + i));
      V8 gradient = NAME(all)(0);
      for (int e = 0; e < d; ++e) {
        // What lies under slowest digit e, summed; then folded onto e = 0, where the next digit finds it.
        REAL *part = table + 8L * e * size;
        V8 sum = NAME(all)(0);
        for (int code = 0; code < size; ++code) {
          V8 value = NAME(load)(part + 8 * code);
          sum += value;
          if (e > 0) NAME(store)(table + 8 * code, NAME(load)(table + 8 * code) + value);
        }
        gradient += sum * NAME(load)(v + 8 * e);
        NAME(store)(dv + 8 * e, NAME(load)(dv + 8 * e) + sum * si);
      }
      REAL *target = dsigma + 8L * (c * digits + i);
      NAME(store)(target, NAME(load)(target) + gradient);
    }
  }
}

static void NAME(copier_partial)(const REAL *sigma, const uint16_t *x, int count, int lags, const REAL *v, int heads,
                                 long stride, REAL *k) {
  for (int i = 0; i < count; ++i) {
    V8 sum = NAME(all)(0);
    for (int j = 1; j <= i && j <= lags; ++j)
      sum += NAME(load)(sigma + 8L * (i * lags + j - 1)) * NAME(load)(v + 8 * x[i - j]);
    for (int h = 0; h < heads; ++h) k[h * stride + i] = sum[h];
  }
}

static void NAME(copier_partial_backward)(const REAL *sigma, const uint16_t *x, int count, int lags, const REAL *v,
                                          int heads, long stride, const REAL *dk, REAL *dsigma, REAL *dv) {
  for (int i = 0; i < count; ++i) {
    V8 g = NAME(all)(0);
    for (int h = 0; h < heads; ++h) g[h] = dk[h * stride + i];
    for (int j = 1; j <= i && j <= lags; ++j) {
      const long weight = 8L * (i * lags + j - 1), token = 8L * x[i - j];
      NAME(store)(dsigma + weight, NAME(load)(dsigma + weight) + g * NAME(load)(v + token));
      NAME(store)(dv + token, NAME(load)(dv + token) + g * NAME(load)(sigma + weight));
    }
  }
}

static void NAME(look_up)(const REAL *table, const uint16_t *x, int count, int n, REAL *value) {
  for (int l = 0; l < count; ++l) value[l] = table[x[l]];
  for (int l = count; l < n; ++l) value[l] = 0;
}

static void NAME(scatter)(const REAL *e, const uint16_t *x, int count, REAL *sums) {
  for (int l = 0; l < count; ++l) sums[x[l]] += e[l];
}

// -------------------------------------------------------------------------------------- rows of windows

// `value` in the lanes where t equals `number`, 0 in the others.
TRAINER_INLINE V8 NAME(where)(V8 t, REAL number, V8 value) {
  __typeof__(t == t) mask = t == number;
  return (V8)(mask & (__typeof__(mask))value);
}

static void NAME(criterion)(int logits, REAL epsilon, REAL a, int d, int count, int width, const int32_t *target,
                            const REAL *keys, REAL *sums, REAL *y, REAL *loss) {
  for (int from = 0; from < count; from += 8) {
    V8 total = NAME(all)(0), number = NAME(all)(0), hit = NAME(all)(0), t;
    for (int lane = 0; lane < 8; ++lane) t[lane] = (REAL)target[from + lane];
    for (int e = 0; e < d; ++e) {
      total += NAME(load)(sums + e * width + from);
      if (keys) number += NAME(load)(keys + e * width + from);
    }
    // y_e = sums_e / total; for the linear layer y_e = (keys_e (1 - a mean q) + a sums_e) / number.
    const V8 scale = 1 / (keys ? number : total), mean = total * scale;
    for (int e = 0; e < d; ++e) {
      REAL *there = sums + e * width + from;
      V8 ye = NAME(load)(there) * scale;
      if (keys) ye = ye * a + NAME(load)(keys + e * width + from) * scale * (1 - mean * a);
      NAME(store)(there, ye);
      hit += NAME(where)(t, (REAL)e, ye);
      if (y) NAME(store)(y + e * width + from, ye);
    }
    V8 up = NAME(all)(0), sum = NAME(all)(0), largest = NAME(all)(0);
    if (logits) {
      largest = NAME(load)(sums + from);
      for (int e = 1; e < d; ++e) largest = __builtin_elementwise_max(largest, NAME(load)(sums + e * width + from));
      for (int e = 0; e < d; ++e) sum += EXP8(NAME(load)(sums + e * width + from) - largest);
      NAME(store)(loss + from, LOG8(sum) + largest - hit);
      up = NAME(all)(-1);
      sum = 1 / sum;
    } else {
      NAME(store)(loss + from, -LOG8(hit + epsilon));
      up = -1 / (hit + epsilon);
    }
    // The mean of dy under the weights that y is a mean of; then c = (dy - that) / total.
    V8 centre = NAME(all)(0);
    for (int e = 0; e < d; ++e) {
      V8 ye = NAME(load)(sums + e * width + from);
      V8 weight = keys ? NAME(load)(keys + e * width + from) * scale : ye;
      V8 dy = logits ? EXP8(ye - largest) * sum : NAME(all)(0);
      dy += NAME(where)(t, (REAL)e, up);
      centre += weight * dy;
      NAME(store)(sums + e * width + from, dy);
    }
    for (int e = 0; e < d; ++e) {
      REAL *there = sums + e * width + from;
      NAME(store)(there, (NAME(load)(there) - centre) * scale);
    }
  }
}

static void NAME(row_forward)(const REAL *v, int heads, int d, int n, long stride, int z, REAL *k) {
  for (int h = 0; h < heads; ++h) {
    const REAL *vh = v + (long)h * d * stride;
    for (int l = 0; l < n; l += 8) {
      V8 sum = NAME(all)(vh[z]) * NAME(load)(vh + l);
      for (int e = 1; e < d; ++e) sum += NAME(all)(vh[e * stride + z]) * NAME(load)(vh + e * stride + l);
      NAME(store)(k + h * stride + l, sum);
    }
  }
}

static void NAME(row_backward)(const REAL *v, const REAL *dk, int heads, int d, int n, long stride, int z, REAL *dv) {
  for (int h = 0; h < heads; ++h) {
    const REAL *dkh = dk + h * stride;
    for (int e = 0; e < d; ++e) {
      const REAL *row = v + ((long)h * d + e) * stride;
      REAL *drow = dv + ((long)h * d + e) * stride;
      const V8 query = NAME(all)(row[z]);
      V8 sum = NAME(all)(0);
      for (int l = 0; l < n; l += 8) {
        V8 g = NAME(load)(dkh + l);
        sum += g * NAME(load)(row + l);
        NAME(store)(drow + l, NAME(load)(drow + l) + g * query);
      }
      drow[z] += NAME(total)(sum);
    }
  }
}

typedef uint16_t NAME(u8) __attribute__((vector_size(16), aligned(2)));
TRAINER_INLINE V8 NAME(widen)(const uint16_t *p) {
  typedef int32_t wide __attribute__((vector_size(32)));
  return __builtin_convertvector(__builtin_convertvector(*(const NAME(u8) *)p, wide), V8);
}

static void NAME(counts_forward)(const uint16_t *counts, const int32_t *sequences, int count, const REAL *e, int d,
                                 long stride, int width, REAL *sums) {
  for (int column = 0; column < count; ++column) {
    const uint16_t *own = counts + sequences[column] * d * stride;
    for (int token = 0; token < d; ++token, own += stride) {
      V8 sum = NAME(all)(0);
      for (int l = 0; l < stride; l += 8) sum += NAME(widen)(own + l) * NAME(load)(e + l);
      sums[token * width + column] = NAME(total)(sum);
    }
  }
}

static void NAME(counts_backward)(const uint16_t *counts, const int32_t *sequences, int count, const REAL *c, int d,
                                  long stride, int width, REAL *t) {
  for (int column = 0; column < count; ++column) {
    const uint16_t *own = counts + sequences[column] * d * stride;
    for (int l = 0; l < stride; l += 8) {
      V8 sum = NAME(load)(t + l);
      for (int token = 0; token < d; ++token)
        sum += NAME(widen)(own + token * stride + l) * c[token * width + column];
      NAME(store)(t + l, sum);
    }
  }
}

static void NAME(entries_forward)(const int32_t *first, const int32_t *end, const uint16_t *window, const uint16_t *weight,
                                  const int32_t *sequences, int count, const REAL *e, int d, int width, REAL *sums) {
  for (int column = 0; column < count; ++column) {
    const int sequence = sequences[column];
    const int32_t *ends = end + sequence * d;
    const uint16_t *w = window + first[sequence], *n = weight + first[sequence];
    int from = 0;
    for (int token = 0; token < d; ++token) {
      V8 sum = NAME(all)(0);
      for (; from < ends[token]; from += 8) sum += GATHER8(e, w + from) * NAME(widen)(n + from);
      sums[token * width + column] = NAME(total)(sum);
    }
  }
}

static void NAME(entries_backward)(const int32_t *first, const int32_t *end, const uint16_t *window, const uint16_t *weight,
                                   const int32_t *sequences, int count, const REAL *c, int d, int width, REAL *t) {
  for (int column = 0; column < count; ++column) {
    const int sequence = sequences[column];
    const int32_t *ends = end + sequence * d;
    const uint16_t *w = window + first[sequence], *n = weight + first[sequence];
    int from = 0;
    for (int token = 0; token < d; ++token) {
      const REAL slope = c[token * width + column];
      for (; from < ends[token]; ++from) t[w[from]] += (REAL)n[from] * slope;
    }
  }
}

static REAL NAME(row_logits)(const REAL *e, const REAL *q, int n, REAL *t) {
  V8 sum = NAME(all)(0);
  for (int l = 0; l < n; l += 8) {
    V8 dlogit = NAME(load)(t + l);
    if (e) dlogit *= NAME(load)(e + l);
    sum += dlogit * NAME(load)(q + l);
    NAME(store)(t + l, dlogit);
  }
  return NAME(total)(sum);
}

#undef V8
#undef WIDE
#undef EACH
#undef FULLY
