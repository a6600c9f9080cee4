#include "trainer_sampling.h"

#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 10 };

#define BODY "trainer_sampling_body.h"
#include "each_copy.h"

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
  DISPATCH(sample, chains, draw, kernels, count, length, started, x);
}

void trainer_dirichlet(trainer_draw draw, double alpha, int d, int contexts, int count, double *p) {
  DISPATCH(dirichlet, draw, alpha, d, contexts, count, p);
}

void trainer_alias(const double *rows, long count, int d, uint32_t *entries) {
  double threshold[256];
  uint8_t small[256], large[256], alias[256];
  for (long row = 0; row < count; ++row, rows += d, entries += d) {
    int smalls = 0, larges = 0;
    double total = 0;
    for (int cell = 0; cell < d; ++cell) total += rows[cell];
    const double scale = d / total;
    for (int cell = 0; cell < d; ++cell) {
      threshold[cell] = rows[cell] * scale;
      alias[cell] = (uint8_t)cell;
      if (threshold[cell] < 1)
        small[smalls++] = (uint8_t)cell;
      else
        large[larges++] = (uint8_t)cell;
    }
    while (smalls && larges) {
      const int low = small[--smalls], high = large[larges - 1];
      alias[low] = (uint8_t)high;
      threshold[high] -= 1 - threshold[low];
      if (threshold[high] < 1) {
        --larges;
        small[smalls++] = (uint8_t)high;
      }
    }
    // What is left misses 1 by rounding only. A cell that always keeps its token has threshold 2^24, one more than
    // fits: its alias is itself.
    while (smalls) threshold[small[--smalls]] = 1;
    while (larges) threshold[large[--larges]] = 1;
    for (int cell = 0; cell < d; ++cell) {
      const uint32_t bits = (uint32_t)(threshold[cell] * 0x1p24 + 0.5);
      entries[cell] = bits >= 1u << 24 ? 0xFFFFFF00u | (uint32_t)cell : bits << 8 | alias[cell];
    }
  }
}
