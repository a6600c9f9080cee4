#include "tiles.h"

#include <math.h>

// Contraction of a*b+c to one rounding would make the two copies disagree in more than speed where the
// element-wise program says a multiplication and an addition; TILE_FMA leaves it to the instruction set.
#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define NAME(function) JOIN(function, SUFFIX)

#define SUFFIX portable
#include "tiles_body.h"
#undef SUFFIX

#if defined(__x86_64__) && defined(__linux__)
#define HAS_AVX2 1
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
__m256d _ZGVdN4v_exp(__m256d);
__m256d _ZGVdN4v_log(__m256d);
#define SUFFIX avx2
#define VECTOR_MATH
#include "tiles_body.h"
#undef SUFFIX
#undef VECTOR_MATH
#pragma clang attribute pop
static int has_avx2(void) {
  static int known = -1;
  if (known < 0) known = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  return known;
}
#define DISPATCH(function, ...) (has_avx2() ? JOIN(function, avx2)(__VA_ARGS__) : JOIN(function, portable)(__VA_ARGS__))
#else
#define DISPATCH(function, ...) JOIN(function, portable)(__VA_ARGS__)
#endif

void tile_run(const tile_instruction *program, int32_t count, double *const *operands, int32_t n) {
  DISPATCH(run, program, count, operands, n);
}

void vector_exp(double *d, const double *a, int64_t n) { DISPATCH(exp, d, a, n); }
void vector_log(double *d, const double *a, int64_t n) { DISPATCH(log, d, a, n); }
