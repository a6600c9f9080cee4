// Matrix products with one very small dimension. A general product packs its operands first, which costs more
// than such a product itself; these read the large operand once.
#ifndef CKERNELS_SKINNY_H
#define CKERNELS_SKINNY_H

#include <stdint.h>

// The largest small dimension that these take.
#define SKINNY_LIMIT 8

// C[i, j] = sum over k < depth <= SKINNY_LIMIT of a[k * ak + i * ai] * b[k * ldb + j]; C is rows x columns with
// leading dimension ldc.
void skinny_outer(double *c, int64_t ldc, const double *a, int64_t ak, int64_t ai, const double *b, int64_t ldb,
                  int64_t rows, int64_t columns, int64_t depth);

// C[i, j] = sum over k of a[i * lda + k] * b[k * ldb + j], i < rows <= SKINNY_LIMIT.
void skinny_rows(double *c, int64_t ldc, const double *a, int64_t lda, const double *b, int64_t ldb, int64_t rows,
                 int64_t columns, int64_t depth);

// C[i, j] = sum over k of a[i * lda + k] * b[j * ldb + k], i < rows <= SKINNY_LIMIT.
void skinny_dots(double *c, int64_t ldc, const double *a, int64_t lda, const double *b, int64_t ldb, int64_t rows,
                 int64_t columns, int64_t depth);

#endif
