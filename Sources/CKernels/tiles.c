#include "tiles.h"

#define BODY "tiles_body.h"
#include "each_copy.h"

void tile_run(const tile_kernel *kernel, double **operands, double **bases, int64_t first, int64_t last) {
  DISPATCH(inside, kernel, operands, bases, 0, first, last);
}

void vector_log(double *d, const double *a, int64_t n) { DISPATCH(log, d, a, n); }
