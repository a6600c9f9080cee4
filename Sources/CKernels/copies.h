// Names the copies of a function, one an instruction set, and picks one of them at run time.
#ifndef CKERNELS_COPIES_H
#define CKERNELS_COPIES_H

#include "instruction_sets.h"

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
// In a file of loops that each_copy.h includes: the function of this copy.
#define NAME(function) JOIN(function, SUFFIX)

#define INLINE static inline __attribute__((always_inline))

// Vectorised although the compiler cannot prove that operands do not overlap: an operand that is also the result
// is read at the element that is written.
#define LOOP(COUNT, EXPRESSION)                                                   \
  do {                                                                            \
    _Pragma("clang loop vectorize(assume_safety) interleave(enable)")             \
    for (int64_t i = 0; i < (COUNT); ++i) { EXPRESSION; }                         \
  } while (0)

#if defined(__x86_64__) && defined(__linux__)
#define HAS_VECTOR_COPIES 1
#define DISPATCH(function, ...)                                                   \
  (instructions_in_use() == INSTRUCTIONS_AVX512 ? JOIN(function, avx512)(__VA_ARGS__) \
   : instructions_in_use() == INSTRUCTIONS_AVX2 ? JOIN(function, avx2)(__VA_ARGS__)   \
                                                : JOIN(function, portable)(__VA_ARGS__))
#else
#define DISPATCH(function, ...) JOIN(function, portable)(__VA_ARGS__)
#endif

#endif
