#include "instruction_sets.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

const char *instruction_set_name(instruction_set set) {
  switch (set) {
  case INSTRUCTIONS_AVX512: return "avx512";
  case INSTRUCTIONS_AVX2: return "avx2";
  default: return "portable";
  }
}

static instruction_set best(void) {
#if defined(__x86_64__) && defined(__linux__)
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return INSTRUCTIONS_PORTABLE;
  const int wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                   __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  return wide ? INSTRUCTIONS_AVX512 : INSTRUCTIONS_AVX2;
#else
  return INSTRUCTIONS_PORTABLE;
#endif
}

instruction_set instructions_in_use(void) {
  static atomic_int known = -1;
  int set = atomic_load_explicit(&known, memory_order_relaxed);
  if (set >= 0) return (instruction_set)set;
  set = (int)best();
  const char *wanted = getenv("INFLOW_INSTRUCTIONS");
  for (int lesser = 0; wanted && lesser < set; ++lesser)
    if (strcmp(wanted, instruction_set_name((instruction_set)lesser)) == 0) set = lesser;
  atomic_store_explicit(&known, set, memory_order_relaxed);
  return (instruction_set)set;
}
