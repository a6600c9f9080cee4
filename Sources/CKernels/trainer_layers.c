#include "trainer_layers.h"

#include <math.h>
#include <string.h>

#include "trainer_targets.h"

#pragma clang diagnostic ignored "-Wpsabi"

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)

#define PORTABLE8(function)                                                                    \
  ({                                                                                               \
    NAME(v8) in = argument, out;                                                                   \
    for (int lane = 0; lane < 8; ++lane) out[lane] = function(in[lane]);                           \
    out;                                                                                           \
  })

#define PORTABLE_GATHER8(table, index)                                                             \
  ({                                                                                               \
    NAME(v8) found;                                                                                \
    for (int lane = 0; lane < 8; ++lane) found[lane] = (table)[(index)[lane]];                     \
    found;                                                                                         \
  })

// The shapes that get code of their own, where it is worth its size.
#define TRAINER_SELECTORS(SELECTOR)
#define COMMON_SELECTORS(SELECTOR)                                                                 \
  SELECTOR(1, 1) SELECTOR(2, 1) SELECTOR(3, 1) SELECTOR(4, 1) SELECTOR(5, 1) SELECTOR(6, 1)        \
  SELECTOR(7, 1) SELECTOR(8, 1) SELECTOR(2, 2) SELECTOR(3, 2) SELECTOR(4, 2) SELECTOR(5, 2)        \
  SELECTOR(6, 2) SELECTOR(7, 2) SELECTOR(8, 2) SELECTOR(3, 3) SELECTOR(4, 3) SELECTOR(5, 3)        \
  SELECTOR(6, 3)

// Loops without vectors of their own, for each instruction set.
#define CODES(name)                                                                                \
  static void name(const uint16_t *x, int count, int d, int digits, int scale, uint32_t *code) {   \
    for (int m = 0; m < count; ++m) code[m] = x[m] * (uint32_t)scale;                              \
    for (int i = 1; i < digits; ++i) {                                                             \
      scale *= d;                                                                                  \
      _Pragma("clang loop vectorize(assume_safety)")                                               \
      for (int m = i; m < count; ++m) code[m] += x[m - i] * (uint32_t)scale;                       \
    }                                                                                              \
  }
CODES(codes_portable)

// Places in a histogram [token][window] of 16 bits, for the keys from `lags` on: x_i stride + sum_j x_(i-j) d^(j-1).
#define PLACES(name)                                                                               \
  static void name(const uint16_t *x, int count, int d, int lags, int stride, uint16_t *place) {   \
    for (int i = 0; i < count; ++i) place[i] = (uint16_t)(x[i] * stride);                          \
    for (int j = 1, power = 1; j <= lags; ++j, power *= d) {                                       \
      _Pragma("clang loop vectorize(assume_safety)")                                               \
      for (int i = 0; i < count; ++i) place[i] += (uint16_t)(x[i - j] * power);                    \
    }                                                                                              \
  }
PLACES(places_portable)

// Float and double, each for the baseline ...
#define REAL float
#define NAME(function) JOIN(function, f_portable)
#define EXP8(value) ({ NAME(v8) argument = (value); PORTABLE8(expf); })
#define LOG8(value) ({ NAME(v8) argument = (value); PORTABLE8(logf); })
#define GATHER8(table, index) PORTABLE_GATHER8(table, index)
#include "trainer_layers_body.h"
#undef REAL
#undef NAME
#undef EXP8
#undef LOG8
#undef GATHER8
#define REAL double
#define NAME(function) JOIN(function, d_portable)
#define EXP8(value) ({ NAME(v8) argument = (value); PORTABLE8(exp); })
#define LOG8(value) ({ NAME(v8) argument = (value); PORTABLE8(log); })
#define GATHER8(table, index) PORTABLE_GATHER8(table, index)
#include "trainer_layers_body.h"
#undef REAL
#undef NAME
#undef EXP8
#undef LOG8
#undef GATHER8

#if TRAINER_AVX2
#include <immintrin.h>
#undef TRAINER_SELECTORS
#define TRAINER_SELECTORS(SELECTOR) COMMON_SELECTORS(SELECTOR)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
CODES(codes_avx2)
PLACES(places_avx2)
__m256 _ZGVdN8v_expf(__m256);
__m256d _ZGVdN4v_exp(__m256d);
__m256 _ZGVdN8v_logf(__m256);
__m256d _ZGVdN4v_log(__m256d);
// ... and for AVX2 with glibc's vectorised exponentials.
#define REAL float
#define NAME(function) JOIN(function, f_avx2)
#define EXP8(value) ((NAME(v8))_ZGVdN8v_expf((__m256)(value)))
#define LOG8(value) ((NAME(v8))_ZGVdN8v_logf((__m256)(value)))
#define GATHER8(table, index)                                                                      \
  ((NAME(v8))_mm256_i32gather_ps(table, _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)(index))), 4))
#include "trainer_layers_body.h"
#undef REAL
#undef NAME
#undef EXP8
#undef LOG8
#undef GATHER8
#define REAL double
#define NAME(function) JOIN(function, d_avx2)
#define HALVES8(value, function)                                                                   \
  ({                                                                                               \
    NAME(v8) argument = (value), result;                                                           \
    _mm256_storeu_pd((double *)&result, function(_mm256_loadu_pd((const double *)&argument)));     \
    _mm256_storeu_pd((double *)&result + 4, function(_mm256_loadu_pd((const double *)&argument + 4))); \
    result;                                                                                        \
  })
#define EXP8(value) HALVES8(value, _ZGVdN4v_exp)
#define LOG8(value) HALVES8(value, _ZGVdN4v_log)
#define GATHER8(table, index) PORTABLE_GATHER8(table, index)
#include "trainer_layers_body.h"
#undef REAL
#undef NAME
#undef EXP8
#undef LOG8
#undef GATHER8
#pragma clang attribute pop
#define PICK(function, S, ...)                                                                     \
  return trainer_has_avx2() ? JOIN(function, S##_avx2)(__VA_ARGS__) : JOIN(function, S##_portable)(__VA_ARGS__)
#define PICK_PLAIN(function, ...)                                                                  \
  trainer_has_avx2() ? JOIN(function, avx2)(__VA_ARGS__) : JOIN(function, portable)(__VA_ARGS__)
#else
#define PICK_PLAIN(function, ...) JOIN(function, portable)(__VA_ARGS__)
#define PICK(function, S, ...) return JOIN(function, S##_portable)(__VA_ARGS__)
#endif

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
  void trainer_row_forward_##S(const REAL *v, int heads, int d, int n, long stride, int z, REAL *k) {                  \
    PICK(row_forward, S, v, heads, d, n, stride, z, k);                                                                \
  }                                                                                                                    \
  void trainer_row_backward_##S(const REAL *v, const REAL *dk, int heads, int d, int n, long stride, int z,            \
                                REAL *dv) {                                                                            \
    PICK(row_backward, S, v, dk, heads, d, n, stride, z, dv);                                                          \
  }                                                                                                                    \
  void trainer_counts_forward_##S(const uint16_t *counts, const int32_t *sequences, int count, const REAL *e, int d,   \
                                  long stride, int width, REAL *sums) {                                                \
    PICK(counts_forward, S, counts, sequences, count, e, d, stride, width, sums);                                      \
  }                                                                                                                    \
  void trainer_counts_backward_##S(const uint16_t *counts, const int32_t *sequences, int count, const REAL *c, int d,  \
                                   long stride, int width, REAL *t) {                                                  \
    PICK(counts_backward, S, counts, sequences, count, c, d, stride, width, t);                                        \
  }                                                                                                                    \
  void trainer_entries_forward_##S(const int32_t *first, const int32_t *end, const uint16_t *window,                    \
                                   const uint16_t *weight, const int32_t *sequences, int count, const REAL *e, int d,      \
                                   int width, REAL *sums) {                                                            \
    PICK(entries_forward, S, first, end, window, weight, sequences, count, e, d, width, sums);                         \
  }                                                                                                                    \
  void trainer_entries_backward_##S(const int32_t *first, const int32_t *end, const uint16_t *window,                   \
                                    const uint16_t *weight, const int32_t *sequences, int count, const REAL *c, int d,     \
                                    int width, REAL *t) {                                                              \
    PICK(entries_backward, S, first, end, window, weight, sequences, count, c, d, width, t);                           \
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
  PICK_PLAIN(codes, x, count, d, digits, scale, code);
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
    PICK_PLAIN(places, x + lags, keys, windows->d, lags, (int)stride, place);
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
