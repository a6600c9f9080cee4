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

void tile_run_row(const tile_instruction *program, int32_t count, double **operands, const tile_array *arrays,
                  int32_t array_count, int64_t start, int64_t end, int32_t length) {
  for (int64_t first = start; first < end; first += length) {
    const int64_t left = end - first;
    for (int32_t k = 0; k < array_count; ++k) {
      operands[arrays[k].operand] = arrays[k].base + arrays[k].stride * first;
    }
    DISPATCH(run, program, count, operands, (int32_t)(left < length ? left : length));
  }
}

void vector_exp(double *d, const double *a, int64_t n) { DISPATCH(exp, d, a, n); }
void vector_log(double *d, const double *a, int64_t n) { DISPATCH(log, d, a, n); }
