// Compiles a file of loops once for the machine's baseline and once for AVX2, and picks at run time.
//
// A loop file is included once per target, after TARGET(name) has been defined to decorate its functions.
#ifndef TRAINER_TARGETS_H
#define TRAINER_TARGETS_H

#if defined(__x86_64__) && defined(__linux__)
#define TRAINER_AVX2 1
static inline int trainer_has_avx2(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
#endif

#define TRAINER_INLINE static inline __attribute__((always_inline))

#endif
