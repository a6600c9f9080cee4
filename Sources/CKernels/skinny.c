#include "skinny.h"

#define BODY "skinny_body.h"
#include "each_copy.h"

void skinny_outer(double *c, int64_t ldc, const double *a, int64_t ak, int64_t ai, const double *b, int64_t ldb,
                  int64_t rows, int64_t columns, int64_t depth) {
  DISPATCH(outer, c, ldc, a, ak, ai, b, ldb, rows, columns, depth);
}

void skinny_rows(double *c, int64_t ldc, const double *a, int64_t lda, const double *b, int64_t ldb, int64_t rows,
                 int64_t columns, int64_t depth) {
  DISPATCH(rows, c, ldc, a, lda, b, ldb, rows, columns, depth);
}

void skinny_dots(double *c, int64_t ldc, const double *a, int64_t lda, const double *b, int64_t ldb, int64_t rows,
                 int64_t columns, int64_t depth) {
  DISPATCH(dots, c, ldc, a, lda, b, ldb, rows, columns, depth);
}
