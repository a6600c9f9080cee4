#include "trainer_layers.h"

#include <string.h>

// The shapes that get code of their own, where it is worth its size.
#define COMMON_SELECTORS(SELECTOR)                                                                 \
  SELECTOR(1, 1) SELECTOR(2, 1) SELECTOR(3, 1) SELECTOR(4, 1) SELECTOR(5, 1) SELECTOR(6, 1)        \
  SELECTOR(7, 1) SELECTOR(8, 1) SELECTOR(2, 2) SELECTOR(3, 2) SELECTOR(4, 2) SELECTOR(5, 2)        \
  SELECTOR(6, 2) SELECTOR(7, 2) SELECTOR(8, 2) SELECTOR(3, 3) SELECTOR(4, 3) SELECTOR(5, 3)        \
  SELECTOR(6, 3)

#define BODY "trainer_layers_copy.h"
#include "each_copy.h"

#define PICK(function, S, ...) return DISPATCH(JOIN(function, S), __VA_ARGS__)

#define EXPORT(REAL, S)                                                                                                \
  void trainer_selector_forward_##S(const trainer_tree *tree, const REAL *p, const REAL *k, int n, long stride,        \
                                    REAL *q, REAL *slope, REAL *scratch) {                                             \
    PICK(selector_forward, S, tree, p, k, n, stride, q, slope, scratch);                                               \
  }                                                                                                                    \
  void trainer_selector_backward_##S(const trainer_tree *tree, const REAL *k, const REAL *dq, int n, long stride,      \
                                     REAL *slope, REAL *dp, REAL *scratch) {                                           \
    PICK(selector_backward, S, tree, k, dq, n, stride, slope, dp, scratch);                                            \
  }                                                                                                                    \
  REAL trainer_largest_##S(const REAL *q, int count) { PICK(largest, S, q, count); }                                   \
  REAL trainer_smallest_##S(const REAL *q, int count) { PICK(smallest, S, q, count); }                                 \
  void trainer_exponentials_##S(const REAL *q, REAL a, REAL shift, int count, int n, REAL *e) {                        \
    PICK(exponentials, S, q, a, shift, count, n, e);                                                                   \
  }                                                                                                                    \
  void trainer_hits_##S(const uint16_t *x, int target, int count, int n, REAL *hit) {                                  \
    PICK(hits, S, x, target, count, n, hit);                                                                           \
  }                                                                                                                    \
  void trainer_attended_##S(const REAL *e, const REAL *hit, int n, REAL sums[2]) {                                     \
    PICK(attended, S, e, hit, n, sums);                                                                                \
  }                                                                                                                    \
  REAL trainer_attention_backward_##S(const REAL *e, const REAL *hit, const REAL *q, REAL up, REAL base, REAL a,       \
                                      int n, REAL *dq) {                                                               \
    PICK(attention_backward, S, e, hit, q, up, base, a, n, dq);                                                        \
  }                                                                                                                    \
  void trainer_copier_query_##S(const REAL *sigma, const uint16_t *x, int lags, int d, REAL *v) {                      \
    PICK(copier_query, S, sigma, x, lags, d, v);                                                                       \
  }                                                                                                                    \
  void trainer_copier_tables_##S(const REAL *sigma, const REAL *v, int d, int digits, int chunks, int codes,           \
                                 REAL *t) {                                                                            \
    PICK(copier_tables, S, sigma, v, d, digits, chunks, codes, t);                                                     \
  }                                                                                                                    \
  void trainer_copier_forward_##S(const REAL *t, const uint32_t *code, int digits, int chunks, int codes, int heads,   \
                                  int count, int n, long stride, REAL *k) {                                            \
    PICK(copier_forward, S, t, code, digits, chunks, codes, heads, count, n, stride, k);                               \
  }                                                                                                                    \
  void trainer_copier_backward_##S(const REAL *dk, const uint32_t *code, int digits, int chunks, int codes, int heads, \
                                   int count, long stride, REAL *dt) {                                                 \
    PICK(copier_backward, S, dk, code, digits, chunks, codes, heads, count, stride, dt);                               \
  }                                                                                                                    \
  void trainer_copier_tables_backward_##S(REAL *dt, const REAL *sigma, const REAL *v, int d, int digits, int chunks,   \
                                          int codes, REAL *dsigma, REAL *dv) {                                         \
    PICK(copier_tables_backward, S, dt, sigma, v, d, digits, chunks, codes, dsigma, dv);                               \
  }                                                                                                                    \
  void trainer_row_forward_##S(const REAL *v, const REAL *query, int heads, int d, int n, long stride, long distance,  \
                               int z, REAL *k) {                                                                       \
    PICK(row_forward, S, v, query, heads, d, n, stride, distance, z, k);                                               \
  }                                                                                                                    \
  void trainer_row_backward_##S(const REAL *v, const REAL *query, const REAL *dk, int heads, int d, int n,             \
                                long stride, long distance, int z, REAL *dv, REAL *dquery) {                           \
    PICK(row_backward, S, v, query, dk, heads, d, n, stride, distance, z, dv, dquery);                                 \
  }                                                                                                                    \
  void trainer_rectify_##S(long n, REAL *k) { PICK(rectify, S, n, k); }                                                \
  void trainer_rectify_backward_##S(const REAL *k, long n, REAL *dk) { PICK(rectify_backward, S, k, n, dk); }          \
  void trainer_counts_forward_##S(const uint16_t *counts, const int32_t *sequences, int count, const REAL *e, int d,   \
                                  long stride, long each, int width, REAL *sums) {                                     \
    PICK(counts_forward, S, counts, sequences, count, e, d, stride, each, width, sums);                                \
  }                                                                                                                    \
  void trainer_counts_backward_##S(const uint16_t *counts, const int32_t *sequences, int count, const REAL *c, int d,  \
                                   long stride, long each, int width, REAL *t) {                                       \
    PICK(counts_backward, S, counts, sequences, count, c, d, stride, each, width, t);                                  \
  }                                                                                                                    \
  void trainer_entries_forward_##S(const int32_t *first, const int32_t *end, const uint16_t *window,                   \
                                   const uint16_t *weight, const int32_t *sequences, int count, const REAL *e, int d,  \
                                   long each, int width, REAL *sums) {                                                 \
    PICK(entries_forward, S, first, end, window, weight, sequences, count, e, d, each, width, sums);                   \
  }                                                                                                                    \
  void trainer_entries_backward_##S(const int32_t *first, const int32_t *end, const uint16_t *window,                  \
                                    const uint16_t *weight, const int32_t *sequences, int count, const REAL *c, int d, \
                                    long each, int width, REAL *t) {                                                   \
    PICK(entries_backward, S, first, end, window, weight, sequences, count, c, d, each, width, t);                     \
  }                                                                                                                    \
  void trainer_attend_forward_##S(const REAL *pair, const REAL *place, int logs, const uint16_t *x, long step,         \
                                  int count, int lags, int d, REAL *u, REAL *z) {                                      \
    PICK(attend_forward, S, pair, place, logs, x, step, count, lags, d, u, z);                                         \
  }                                                                                                                    \
  void trainer_attend_backward_##S(const REAL *pair, const REAL *place, int logs, const uint16_t *x, long step,        \
                                   int count, int lags, int d, const REAL *du, const REAL *dz, REAL *dpair,            \
                                   REAL *dplace) {                                                                     \
    PICK(attend_backward, S, pair, place, logs, x, step, count, lags, d, du, dz, dpair, dplace);                       \
  }                                                                                                                    \
  void trainer_maps_forward_##S(const REAL *u, const REAL *map, int count, int d, REAL *y) {                           \
    PICK(maps_forward, S, u, map, count, d, y);                                                                        \
  }                                                                                                                    \
  void trainer_maps_backward_##S(const REAL *u, const REAL *dy, int count, int d, REAL *dmap) {                        \
    PICK(maps_backward, S, u, dy, count, d, dmap);                                                                     \
  }                                                                                                                    \
  void trainer_norms_##S(const REAL *y, const REAL *z, REAL epsilon, int count, int d, REAL *r) {                      \
    PICK(norms, S, y, z, epsilon, count, d, r);                                                                        \
  }                                                                                                                    \
  void trainer_match_forward_##S(const REAL *y, const REAL *r, const REAL *query, int count, int d, int heads,         \
                                 long stride, REAL *k) {                                                               \
    PICK(match_forward, S, y, r, query, count, d, heads, stride, k);                                                   \
  }                                                                                                                    \
  void trainer_match_backward_##S(const REAL *y, const REAL *z, const REAL *r, REAL epsilon, const REAL *query,        \
                                  const REAL *dk, int count, int d, int heads, long stride, REAL *dquery, REAL *dy,    \
                                  REAL *dz) {                                                                          \
    PICK(match_backward, S, y, z, r, epsilon, query, dk, count, d, heads, stride, dquery, dy, dz);                     \
  }                                                                                                                    \
  void trainer_criterion_##S(int logits, REAL epsilon, REAL a, int d, int count, int width, const int32_t *target,     \
                             const REAL *keys, REAL *sums, REAL *y, REAL *loss) {                                      \
    PICK(criterion, S, logits, epsilon, a, d, count, width, target, keys, sums, y, loss);                              \
  }                                                                                                                    \
  void trainer_copier_partial_##S(const REAL *sigma, const uint16_t *x, int count, int lags, const REAL *v, int heads, \
                                  long stride, REAL *k) {                                                              \
    PICK(copier_partial, S, sigma, x, count, lags, v, heads, stride, k);                                               \
  }                                                                                                                    \
  void trainer_copier_partial_backward_##S(const REAL *sigma, const uint16_t *x, int count, int lags, const REAL *v,   \
                                           int heads, long stride, const REAL *dk, REAL *dsigma, REAL *dv) {           \
    PICK(copier_partial_backward, S, sigma, x, count, lags, v, heads, stride, dk, dsigma, dv);                         \
  }                                                                                                                    \
  void trainer_look_up_##S(const REAL *table, const uint16_t *x, int count, int n, REAL *value) {                      \
    PICK(look_up, S, table, x, count, n, value);                                                                       \
  }                                                                                                                    \
  void trainer_scatter_##S(const REAL *e, const uint16_t *x, int count, REAL *sums) {                                  \
    PICK(scatter, S, e, x, count, sums);                                                                               \
  }                                                                                                                    \
  REAL trainer_row_logits_##S(const REAL *e, const REAL *q, int n, REAL *t) { PICK(row_logits, S, e, q, n, t); }

EXPORT(float, f)
EXPORT(double, d)

void trainer_codes(const uint16_t *x, int count, int d, int digits, int scale, uint32_t *code) {
  DISPATCH(codes, x, count, d, digits, scale, code);
}

// The first full window's key is at position `lags`; before it a key's window has as many tokens as precede it.
static int cut_windows(const trainer_windows *windows, int context) {
  return windows->all ? (windows->lags < context ? windows->lags : context) : 0;
}

// Numbers of the windows cut short: 1 + d + ... + d^(i-1) windows are shorter than i.
static int cut_window(const trainer_windows *windows, const uint16_t *x, int position) {
  int number = 0, shorter = 0, power = 1;
  for (int j = 1; j <= position; ++j, power *= windows->d) {
    number += x[position - j] * power;
    shorter += power;
  }
  return number + shorter;
}

static int query_window(const trainer_windows *windows, const uint16_t *x, int context, const uint32_t *code) {
  return context < windows->lags ? cut_window(windows, x, context) : windows->full + (int)code[context - 1];
}

// Neighbouring positions often have the same window and token: four histograms, so that an increment need not wait for
// the one before it. `counts` is the first.
enum { MOST_FOURFOLD = 512 };

static void count_fourfold(const uint16_t *place, int count, int size, uint16_t *counts) {
  uint16_t others[3][MOST_FOURFOLD];
  for (int other = 0; other < 3; ++other) memset(others[other], 0, sizeof(uint16_t) * (size_t)size);
  int i = 0;
  for (; i + 4 <= count; i += 4) {
    ++counts[place[i]];
    ++others[0][place[i + 1]];
    ++others[1][place[i + 2]];
    ++others[2][place[i + 3]];
  }
  for (; i < count; ++i) ++counts[place[i]];
  for (int n = 0; n < size; ++n) counts[n] += others[0][n] + others[1][n] + others[2][n];
}

int trainer_count_windows(const trainer_windows *windows, const uint16_t *x, int length, uint32_t *scratch,
                          uint16_t *counts) {
  const int context = length - 1, lags = windows->lags;
  const uint32_t stride = (uint32_t)windows->stride;
  memset(counts, 0, sizeof(uint16_t) * (size_t)windows->d * stride);
  const int cut = cut_windows(windows, context);
  for (int i = 0; i < cut; ++i) ++counts[x[i] * stride + (uint32_t)cut_window(windows, x, i)];
  uint16_t *full = counts + windows->full;
  const int size = windows->d * (int)stride - windows->full, keys = context - lags;
  if (size <= MOST_FOURFOLD && keys >= size / 4) {
    uint16_t *place = (uint16_t *)scratch;
    DISPATCH(places, x + lags, keys, windows->d, lags, (int)stride, place);
    count_fourfold(place, keys, size, full);
    int query = 0;
    for (int j = lags; j >= 1; --j) query = query * windows->d + x[context - j];
    return windows->full + query;
  }
  trainer_codes(x, context, windows->d, lags, 1, scratch);
  for (int i = lags; i < context; ++i) ++full[x[i] * stride + scratch[i - 1]];
  return query_window(windows, x, context, scratch);
}

int trainer_list_windows(const trainer_windows *windows, const uint16_t *x, int length, uint32_t *scratch,
                         int32_t *window) {
  const int context = length - 1, lags = windows->lags;
  trainer_codes(x, context, windows->d, lags, 1, scratch);
  const int cut = cut_windows(windows, context);
  for (int i = 0; i < cut; ++i) window[i] = cut_window(windows, x, i);
  for (int i = lags; i < context; ++i) window[cut + i - lags] = windows->full + (int32_t)scratch[i - 1];
  return query_window(windows, x, context, scratch);
}
