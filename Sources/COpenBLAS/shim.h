// BLAS by its Fortran names: OpenBLAS's and GSL's C headers declare the same cblas_* symbols and clash.
#ifndef COPENBLAS_SHIM_H
#define COPENBLAS_SHIM_H

// Column-major C = alpha op(A) op(B) + beta C.
void dgemm_(const char *transa, const char *transb, const int *m, const int *n, const int *k,
            const double *alpha, const double *a, const int *lda, const double *b, const int *ldb,
            const double *beta, double *c, const int *ldc);
void sgemm_(const char *transa, const char *transb, const int *m, const int *n, const int *k,
            const float *alpha, const float *a, const int *lda, const float *b, const int *ldb,
            const float *beta, float *c, const int *ldc);
void dgemv_(const char *trans, const int *m, const int *n, const double *alpha, const double *a,
            const int *lda, const double *x, const int *incx, const double *beta, double *y,
            const int *incy);
// OpenBLAS's own thread pool; we keep it at one thread and split the work ourselves.
void openblas_set_num_threads(int threads);
char *openblas_get_config(void);
// The processor whose kernels are in use.
char *openblas_get_corename(void);

#endif
