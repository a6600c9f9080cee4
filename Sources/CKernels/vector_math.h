// exp, log and cos of eight or sixteen numbers: glibc's libmvec (at most 4 ulp) where a copy has vectors, else one by one.
#ifndef CKERNELS_VECTOR_MATH_H
#define CKERNELS_VECTOR_MATH_H

#include <math.h>
#include <stdint.h>

#include "copies.h"

// Vectors as arguments change the convention of calls; none of these is called, all are inlined.
#pragma clang diagnostic ignored "-Wpsabi"

typedef float float8 __attribute__((vector_size(32), aligned(4)));
typedef float float16 __attribute__((vector_size(64), aligned(4)));
typedef double double4 __attribute__((vector_size(32), aligned(8)));
typedef double double8 __attribute__((vector_size(64), aligned(8)));

#define ONE_BY_ONE(vector, lanes, name, function)       \
  INLINE vector name(vector values) {                   \
    for (int lane = 0; lane < lanes; ++lane) values[lane] = function(values[lane]); \
    return values;                                      \
  }
// Entries of a table.
#define GATHER_ONE_BY_ONE(real, vector, name)           \
  INLINE vector name(const real *table, const uint16_t *index) { \
    vector found;                                       \
    for (int lane = 0; lane < 8; ++lane) found[lane] = table[index[lane]]; \
    return found;                                       \
  }
GATHER_ONE_BY_ONE(float, float8, gather_float8_portable)
GATHER_ONE_BY_ONE(double, double8, gather_double8_portable)

ONE_BY_ONE(float8, 8, exp_float8_portable, expf)
ONE_BY_ONE(float8, 8, log_float8_portable, logf)
ONE_BY_ONE(float8, 8, cos_float8_portable, cosf)
ONE_BY_ONE(double8, 8, exp_double8_portable, exp)
ONE_BY_ONE(double8, 8, log_double8_portable, log)
#undef ONE_BY_ONE

#ifdef HAS_VECTOR_COPIES
#include <immintrin.h>

#define MVEC(vector, register, name, function)          \
  INLINE vector name(vector values) { return (vector)function((register)values); }
#define HALVES(name, function)                          \
  INLINE double8 name(double8 values) {                 \
    const double4 low = (double4)function((__m256d)__builtin_shufflevector(values, values, 0, 1, 2, 3)); \
    const double4 high = (double4)function((__m256d)__builtin_shufflevector(values, values, 4, 5, 6, 7)); \
    return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7); \
  }

#define GATHER_FLOAT8(name)                             \
  INLINE float8 name(const float *table, const uint16_t *index) { \
    return (float8)_mm256_i32gather_ps(table, _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)index)), 4); \
  }

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
__m256 _ZGVdN8v_expf(__m256);
__m256 _ZGVdN8v_logf(__m256);
__m256 _ZGVdN8v_cosf(__m256);
__m256d _ZGVdN4v_exp(__m256d);
__m256d _ZGVdN4v_log(__m256d);
GATHER_FLOAT8(gather_float8_avx2)
GATHER_ONE_BY_ONE(double, double8, gather_double8_avx2)
MVEC(float8, __m256, exp_float8_avx2, _ZGVdN8v_expf)
MVEC(float8, __m256, log_float8_avx2, _ZGVdN8v_logf)
MVEC(float8, __m256, cos_float8_avx2, _ZGVdN8v_cosf)
HALVES(exp_double8_avx2, _ZGVdN4v_exp)
HALVES(log_double8_avx2, _ZGVdN4v_log)
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
__m512 _ZGVeN16v_expf(__m512);
__m512d _ZGVeN8v_exp(__m512d);
__m512d _ZGVeN8v_log(__m512d);
GATHER_FLOAT8(gather_float8_avx512)
INLINE double8 gather_double8_avx512(const double *table, const uint16_t *index) {
  return (double8)_mm512_i32gather_pd(_mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)index)), table, 8);
}
MVEC(float8, __m256, exp_float8_avx512, _ZGVdN8v_expf)
MVEC(float8, __m256, log_float8_avx512, _ZGVdN8v_logf)
MVEC(float8, __m256, cos_float8_avx512, _ZGVdN8v_cosf)
MVEC(float16, __m512, exp_float16_avx512, _ZGVeN16v_expf)
MVEC(double8, __m512d, exp_double8_avx512, _ZGVeN8v_exp)
MVEC(double8, __m512d, log_double8_avx512, _ZGVeN8v_log)
#pragma clang attribute pop
#undef GATHER_FLOAT8
#undef MVEC
#undef HALVES
#endif
#undef GATHER_ONE_BY_ONE

#endif
