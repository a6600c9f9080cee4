// Sampling of n-gram chains, 32 sequences side by side, from a counter-based generator.
#ifndef TRAINER_SAMPLING_H
#define TRAINER_SAMPLING_H

#include <stdint.h>

// Philox-4x32 with ten rounds (Salmon, Moraes, Dror, Shaw, SC 2011): four words out for a counter and a key.
void trainer_philox(const uint32_t counter[4], uint64_t key, uint32_t words[4]);

typedef struct {
  int tokens;            // d, at most 256
  int parents;           // n
  const int *lags;       // r_1 < ... < r_n
  int contexts;          // dⁿ
  const uint32_t *alias; // [kernel][context][token]: threshold · 2²⁴ in the upper 24 bits, alias in the lower 8
} trainer_chains;

typedef struct {
  uint64_t seed;   // the key
  uint64_t step;   // counter words 2 and 3; the upper 8 bits are the purpose
  uint32_t first;  // counter word 1 of row 0: the number of the sequence
} trainer_draw;

// Fills x [count][length] row by row. Sequence number s takes its token t from word t mod 4 of the block
// (t div 4, s, step): any part of a batch can be drawn anywhere. `kernels` [count] says which kernel each row
// follows. The first r_n tokens are uniform, or left as they stand when `started` is not 0.
void trainer_sample(const trainer_chains *chains, trainer_draw draw, const uint32_t *kernels, int count,
                    int length, int started, uint16_t *x);

// Walker's alias tables by Vose's method, one per row of d probabilities: entries as in trainer_chains.
void trainer_alias(const double *rows, long count, int d, uint32_t *entries);

// Rows from Dirichlet(alpha 1_d): p [count][contexts][d] for the sequences draw.first and on.
//
// Gammas by Marsaglia and Tsang (ACM TOMS 2000), eight sequences side by side; for alpha < 1 through
// G(alpha) = G(alpha + 1) U^(1/alpha), kept as logarithms, as at small alpha every gamma of a row may underflow.
void trainer_dirichlet(trainer_draw draw, double alpha, int d, int contexts, int count, double *p);

#endif
