// The loops of trainer_layers.c for one instruction set: those on tokens, then the layers in float and in double.

static void NAME(codes)(const uint16_t *x, int count, int d, int digits, int scale, uint32_t *code) {
  LOOP(count, code[i] = x[i] * (uint32_t)scale);
  for (int digit = 1; digit < digits; ++digit) {
    scale *= d;
    LOOP(count - digit, code[i + digit] += x[i] * (uint32_t)scale);
  }
}

// Places in a histogram [token][window] of 16 bits, for the keys from `lags` on: x_i stride + sum_j x_(i-j) d^(j-1).
static void NAME(places)(const uint16_t *x, int count, int d, int lags, int stride, uint16_t *place) {
  LOOP(count, place[i] = (uint16_t)(x[i] * stride));
  for (int j = 1, power = 1; j <= lags; ++j, power *= d) LOOP(count, place[i] += (uint16_t)(x[i - j] * power));
}

#if VECTOR_BITS > 0
#define TRAINER_SELECTORS(SELECTOR) COMMON_SELECTORS(SELECTOR)
#else
#define TRAINER_SELECTORS(SELECTOR)
#endif

// A layer's function in this precision.
#define LAYER(function) JOIN(JOIN(function, PRECISION), SUFFIX)

#define REAL float
#define PRECISION f
#define GATHER NAME(gather_float8)
#define EXP NAME(exp_float8)
#define LOG NAME(log_float8)
#if VECTOR_BITS == 512
#define POSITIONS 16
#define EXP_ROW NAME(exp_float16)
#else
#define POSITIONS 8
#define EXP_ROW EXP
#endif
#include "trainer_layers_body.h"
#undef REAL
#undef PRECISION
#undef GATHER
#undef EXP
#undef LOG
#undef EXP_ROW

#define REAL double
#define PRECISION d
#define GATHER NAME(gather_double8)
#define EXP NAME(exp_double8)
#define LOG NAME(log_double8)
#define POSITIONS 8
#define EXP_ROW EXP
#include "trainer_layers_body.h"
#undef REAL
#undef PRECISION
#undef GATHER
#undef EXP
#undef LOG
#undef EXP_ROW
#undef LAYER
#undef TRAINER_SELECTORS
