// The loops of skinny.c. The small dimension is a constant in each case of the switches, so that its numbers stay
// in registers.

#if VECTOR_BITS == 512
#define WIDTH 8
typedef double8 NAME(v);
INLINE double NAME(sum_of)(NAME(v) s) {
  return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}
#else
#define WIDTH 4
typedef double4 NAME(v);
INLINE double NAME(sum_of)(NAME(v) s) { return (s[0] + s[2]) + (s[1] + s[3]); }
#endif

#define LOAD(p) (*(const NAME(v) *)(p))
#define STORE(p, x) (*(NAME(v) *)(p) = (x))

#define OUTER_CASE(DEPTH)                                                                     \
  case DEPTH:                                                                                 \
    for (int64_t i = 0; i < rows; ++i) {                                                      \
      double s[DEPTH];                                                                        \
      for (int k = 0; k < DEPTH; ++k) s[k] = a[k * ak + i * ai];                              \
      double *row = c + i * ldc;                                                              \
      int64_t j = 0;                                                                          \
      for (; j + WIDTH <= columns; j += WIDTH) {                                              \
        NAME(v) sum = s[0] * LOAD(b + j);                                                     \
        for (int k = 1; k < DEPTH; ++k) sum += s[k] * LOAD(b + k * ldb + j);                  \
        STORE(row + j, sum);                                                                  \
      }                                                                                       \
      for (; j < columns; ++j) {                                                              \
        double sum = s[0] * b[j];                                                             \
        for (int k = 1; k < DEPTH; ++k) sum += s[k] * b[k * ldb + j];                         \
        row[j] = sum;                                                                         \
      }                                                                                       \
    }                                                                                         \
    break;

static void NAME(outer)(double *c, int64_t ldc, const double *a, int64_t ak, int64_t ai, const double *b,
                        int64_t ldb, int64_t rows, int64_t columns, int64_t depth) {
  switch (depth) {
    OUTER_CASE(1) OUTER_CASE(2) OUTER_CASE(3) OUTER_CASE(4)
    OUTER_CASE(5) OUTER_CASE(6) OUTER_CASE(7) OUTER_CASE(8)
  }
}

// Up to four rows at a time: their sums fill eight registers.
#define ROWS_CASE(ROWS)                                                                       \
  case ROWS: {                                                                                \
    int64_t j = 0;                                                                            \
    for (; j + 2 * WIDTH <= columns; j += 2 * WIDTH) {                                        \
      NAME(v) sum[ROWS][2];                                                                   \
      for (int r = 0; r < ROWS; ++r) sum[r][0] = sum[r][1] = (NAME(v)){0};                    \
      for (int64_t k = 0; k < depth; ++k) {                                                   \
        const NAME(v) x = LOAD(b + k * ldb + j), y = LOAD(b + k * ldb + j + WIDTH);           \
        for (int r = 0; r < ROWS; ++r) {                                                      \
          sum[r][0] += a[r * lda + k] * x;                                                    \
          sum[r][1] += a[r * lda + k] * y;                                                    \
        }                                                                                     \
      }                                                                                       \
      for (int r = 0; r < ROWS; ++r) {                                                        \
        STORE(c + r * ldc + j, sum[r][0]);                                                    \
        STORE(c + r * ldc + j + WIDTH, sum[r][1]);                                            \
      }                                                                                       \
    }                                                                                         \
    for (; j < columns; ++j) {                                                                \
      double sum[ROWS] = {0};                                                                 \
      for (int64_t k = 0; k < depth; ++k) {                                                   \
        for (int r = 0; r < ROWS; ++r) sum[r] += a[r * lda + k] * b[k * ldb + j];             \
      }                                                                                       \
      for (int r = 0; r < ROWS; ++r) c[r * ldc + j] = sum[r];                                 \
    }                                                                                         \
  } break;

static void NAME(rows)(double *c, int64_t ldc, const double *a, int64_t lda, const double *b, int64_t ldb,
                       int64_t rows, int64_t columns, int64_t depth) {
  for (int64_t first = 0; first < rows; first += 4, a += 4 * lda, c += 4 * ldc) {
    switch (rows - first) {
      ROWS_CASE(1) ROWS_CASE(2) ROWS_CASE(3)
    default:
      switch (4) { ROWS_CASE(4) }
    }
  }
}

#define DOTS_CASE(ROWS)                                                                       \
  case ROWS:                                                                                  \
    for (int64_t j = 0; j < columns; ++j) {                                                   \
      const double *row = b + j * ldb;                                                        \
      NAME(v) sum[ROWS][2];                                                                   \
      for (int r = 0; r < ROWS; ++r) sum[r][0] = sum[r][1] = (NAME(v)){0};                    \
      int64_t k = 0;                                                                          \
      for (; k + 2 * WIDTH <= depth; k += 2 * WIDTH) {                                        \
        const NAME(v) x = LOAD(row + k), y = LOAD(row + k + WIDTH);                           \
        for (int r = 0; r < ROWS; ++r) {                                                      \
          sum[r][0] += LOAD(a + r * lda + k) * x;                                             \
          sum[r][1] += LOAD(a + r * lda + k + WIDTH) * y;                                     \
        }                                                                                     \
      }                                                                                       \
      double rest[ROWS] = {0};                                                                \
      for (; k < depth; ++k) {                                                                \
        for (int r = 0; r < ROWS; ++r) rest[r] += a[r * lda + k] * row[k];                    \
      }                                                                                       \
      for (int r = 0; r < ROWS; ++r) {                                                        \
        c[r * ldc + j] = NAME(sum_of)(sum[r][0] + sum[r][1]) + rest[r];                       \
      }                                                                                       \
    }                                                                                         \
    break;

static void NAME(dots)(double *c, int64_t ldc, const double *a, int64_t lda, const double *b, int64_t ldb,
                       int64_t rows, int64_t columns, int64_t depth) {
  for (int64_t first = 0; first < rows; first += 4, a += 4 * lda, c += 4 * ldc) {
    switch (rows - first) {
      DOTS_CASE(1) DOTS_CASE(2) DOTS_CASE(3)
    default:
      switch (4) { DOTS_CASE(4) }
    }
  }
}

#undef WIDTH
#undef LOAD
#undef STORE
#undef OUTER_CASE
#undef ROWS_CASE
#undef DOTS_CASE
