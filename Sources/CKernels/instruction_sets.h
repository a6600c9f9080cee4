// Compiles a file of loops once per instruction set and picks a copy at run time. Before including a body, define
// SUFFIX; inside it name functions by NAME(...).
#ifndef CKERNELS_INSTRUCTION_SETS_H
#define CKERNELS_INSTRUCTION_SETS_H

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define NAME(function) JOIN(function, SUFFIX)

// Vectorised although the compiler cannot prove that operands do not overlap: an operand that is also the result
// is read at the element that is written.
#define LOOP(COUNT, EXPRESSION)                                                   \
  do {                                                                            \
    _Pragma("clang loop vectorize(assume_safety) interleave(enable)")             \
    for (int64_t i = 0; i < (COUNT); ++i) { EXPRESSION; }                         \
  } while (0)

#if defined(__x86_64__) && defined(__linux__)
#define HAS_AVX2 1
#include <immintrin.h>
static inline int has_avx2(void) {
  static int known = -1;
  if (known < 0) known = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  return known;
}
#define DISPATCH(function, ...)                                                   \
  (has_avx2() ? JOIN(function, avx2)(__VA_ARGS__) : JOIN(function, portable)(__VA_ARGS__))
#else
#define DISPATCH(function, ...) JOIN(function, portable)(__VA_ARGS__)
#endif

#endif
