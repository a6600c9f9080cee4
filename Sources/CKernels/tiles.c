#include "tiles.h"

#include <math.h>

#include "instruction_sets.h"

#define SUFFIX portable
#include "tiles_body.h"
#undef SUFFIX

#ifdef HAS_AVX2
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
__m256d _ZGVdN4v_exp(__m256d);
__m256d _ZGVdN4v_log(__m256d);
#define SUFFIX avx2
#define VECTOR_MATH
#include "tiles_body.h"
#undef SUFFIX
#undef VECTOR_MATH
#pragma clang attribute pop
#endif

void tile_run(const tile_kernel *kernel, double **operands, double **bases, int64_t first, int64_t last) {
  DISPATCH(inside, kernel, operands, bases, 0, first, last);
}

void vector_log(double *d, const double *a, int64_t n) { DISPATCH(log, d, a, n); }
