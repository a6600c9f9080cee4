#include "trainer_sampling.h"

#include <stdlib.h>
#include <string.h>

#include "trainer_targets.h"

enum { ROUNDS = 10 };

#pragma clang diagnostic ignored "-Wpsabi"

#define USE_GATHER 0
#define TARGET(name) name##_baseline
#include "trainer_sampling_body.h"
#undef TARGET
#undef USE_GATHER

#if TRAINER_AVX2
#include <immintrin.h>
#define USE_GATHER 1
#define TARGET(name) name##_avx2
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "trainer_sampling_body.h"
#pragma clang attribute pop
#endif

void trainer_philox(const uint32_t counter[4], uint64_t key, uint32_t words[4]) {
  uint32_t c[4] = {counter[0], counter[1], counter[2], counter[3]};
  uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
  for (int round = 0; round < ROUNDS; ++round) {
    uint64_t a = (uint64_t)c[0] * 0xD2511F53u, b = (uint64_t)c[2] * 0xCD9E8D57u;
    c[0] = (uint32_t)(b >> 32) ^ c[1] ^ k0;
    c[1] = (uint32_t)b;
    c[2] = (uint32_t)(a >> 32) ^ c[3] ^ k1;
    c[3] = (uint32_t)a;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  memcpy(words, c, sizeof c);
}

void trainer_sample(const trainer_chains *chains, trainer_draw draw, const uint32_t *kernels, int count,
                    int length, int started, uint16_t *x) {
#if TRAINER_AVX2
  if (trainer_has_avx2()) {
    sample_avx2(chains, draw, kernels, count, length, started, x);
    return;
  }
#endif
  sample_baseline(chains, draw, kernels, count, length, started, x);
}
