// The sampler's loops; see trainer_sampling.h.

typedef uint32_t NAME(u8x) __attribute__((vector_size(32), aligned(4)));
typedef uint64_t NAME(q4x) __attribute__((vector_size(32), aligned(8)));
typedef uint16_t NAME(h8x) __attribute__((vector_size(16), aligned(2)));
#define U8 NAME(u8x)
#define Q4 NAME(q4x)

// 32 × 32 → 64 bits in every lane: the even lanes, then the odd ones.
INLINE void NAME(multiply)(U8 a, uint32_t constant, U8 *high, U8 *low) {
  const uint64_t mask = 0xFFFFFFFFu;
  Q4 wide = (Q4)a;
  Q4 even = (wide & mask) * (uint64_t)constant;
  Q4 odd = (wide >> 32) * (uint64_t)constant;
  *high = (U8)((even >> 32) | (odd & ~mask));
  *low = (U8)((even & mask) | (odd << 32));
}

INLINE void NAME(philox)(U8 c0, U8 c1, U8 c2, U8 c3, uint64_t key, U8 words[4]) {
  uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
#pragma clang loop unroll(full)
  for (int round = 0; round < ROUNDS; ++round) {
    U8 high0, low0, high1, low1;
    NAME(multiply)(c0, 0xD2511F53u, &high0, &low0);
    NAME(multiply)(c2, 0xCD9E8D57u, &high1, &low1);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  words[0] = c0;
  words[1] = c1;
  words[2] = c2;
  words[3] = c3;
}

INLINE U8 NAME(look_up)(const uint32_t *table, U8 index) {
#if VECTOR_BITS > 0
  return (U8)_mm256_i32gather_epi32((const int *)table, (__m256i)index, 4);
#else
  U8 found;
  for (int lane = 0; lane < 8; ++lane) found[lane] = table[index[lane]];
  return found;
#endif
}

// Eight tokens of eight sequences, packed in pairs, written as eight rows of eight tokens.
INLINE void NAME(store_tile)(const U8 pairs[4], uint16_t *x, int length, int from, int until,
                                       int rows) {
  U8 a = __builtin_shufflevector(pairs[0], pairs[1], 0, 8, 1, 9, 4, 12, 5, 13);
  U8 b = __builtin_shufflevector(pairs[0], pairs[1], 2, 10, 3, 11, 6, 14, 7, 15);
  U8 c = __builtin_shufflevector(pairs[2], pairs[3], 0, 8, 1, 9, 4, 12, 5, 13);
  U8 d = __builtin_shufflevector(pairs[2], pairs[3], 2, 10, 3, 11, 6, 14, 7, 15);
  U8 packed[4] = {
      __builtin_shufflevector(a, c, 0, 1, 8, 9, 4, 5, 12, 13),
      __builtin_shufflevector(a, c, 2, 3, 10, 11, 6, 7, 14, 15),
      __builtin_shufflevector(b, d, 0, 1, 8, 9, 4, 5, 12, 13),
      __builtin_shufflevector(b, d, 2, 3, 10, 11, 6, 7, 14, 15),
  };
  const uint16_t *source = (const uint16_t *)packed;
  uint16_t *target = x + from;
  if (until - from == 8 && rows == 8) {
    // Stores, where memcpy of two sizes would become a call.
#pragma clang loop unroll(full)
    for (int row = 0; row < 8; ++row, target += length)
      *(NAME(h8x) *)target = *(const NAME(h8x) *)(source + (row & 3) * 16 + (row >> 2) * 8);
    return;
  }
  for (int row = 0; row < rows; ++row, target += length)
    for (int t = 0; t < until - from; ++t) target[t] = source[(row & 3) * 16 + (row >> 2) * 8 + t];
}

enum { NAME(GROUPS) = 4, NAME(ROWS) = 8 * NAME(GROUPS) };

// xoshiro128+ (Blackman and Vigna), eight steps of every row; the upper 24 bits of a word.
INLINE void NAME(draw_words)(U8 state[4], U8 words[8][NAME(GROUPS)], int g) {
  U8 s0 = state[0], s1 = state[1], s2 = state[2], s3 = state[3];
#pragma clang loop unroll(full)
  for (int step = 0; step < 8; ++step) {
    words[step][g] = (s0 + s3) >> 8;
    U8 shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = (s3 << 11) | (s3 >> 21);
  }
  state[0] = s0, state[1] = s1, state[2] = s2, state[3] = s3;
}

// The next token of eight rows: cell ⌊u d⌋ of the row's alias table, and its remainder against the threshold.
INLINE U8 NAME(next)(const uint32_t *alias, U8 row, U8 word, uint32_t d) {
  U8 scaled = word * d;
  U8 cell = scaled >> 24;
  U8 entry = NAME(look_up)(alias, row + cell);
  U8 keep = (U8)((scaled & 0xFFFFFF) < (entry >> 8));
  return (keep & cell) | (~keep & (entry & 0xFF));
}

// Eight steps of 32 rows, all with their parents in the past. `past` is the token before the first of them. The
// first three parents are written out: with n a constant the loop is gone.
INLINE void NAME(walk)(const trainer_chains *chains, const int n, const U8 *base,
                                 U8 (*words)[NAME(GROUPS)], U8 (*past)[NAME(GROUPS)]) {
  const uint32_t d = (uint32_t)chains->tokens;
  const uint32_t *alias = chains->alias;
  const int r1 = n > 0 ? chains->lags[0] : 1, r2 = n > 1 ? chains->lags[1] : 1, r3 = n > 2 ? chains->lags[2] : 1;
#pragma clang loop unroll(full)
  for (int step = 0; step < 8; ++step) {
    U8 *now = past[step + 1];
#pragma clang loop unroll(full)
    for (int g = 0; g < NAME(GROUPS); ++g) {
      U8 row = base[g];
      if (n > 0) row += past[step + 1 - r1][g] * d;
      if (n > 1) row += past[step + 1 - r2][g] * (d * d);
      if (n > 2) row += past[step + 1 - r3][g] * (d * d * d);
      uint32_t power = d * d * d * d;
      for (int i = 3; i < n; ++i, power *= d) row += past[step + 1 - chains->lags[i]][g] * power;
      now[g] = NAME(next)(alias, row, words[step][g], d);
    }
  }
}

static void NAME(sample)(const trainer_chains *chains, trainer_draw draw, const uint32_t *kernels, int count,
                           int length, int started, uint16_t *x) {
  enum { GROUPS = NAME(GROUPS), ROWS = NAME(ROWS) };
  const int n = chains->parents, longest = n ? chains->lags[n - 1] : 0;
  const uint32_t d = (uint32_t)chains->tokens;
  const uint32_t per_kernel = (uint32_t)chains->contexts * d;
  const U8 zero = {0}, lanes = {0, 1, 2, 3, 4, 5, 6, 7};
  // The last r_n tokens of every row, then the eight that are being drawn.
  U8 (*history)[GROUPS] = aligned_alloc(64, sizeof(U8[GROUPS]) * (size_t)(longest + 8));
  if (!history) return;
  U8 (*drawn)[GROUPS] = history + longest;
  for (int first = 0; first < count; first += ROWS) {
    const int rows = count - first < ROWS ? count - first : ROWS;
    U8 base[GROUPS], state[GROUPS][4];
    for (int g = 0; g < GROUPS; ++g) {
      for (int lane = 0; lane < 8; ++lane) {
        int row = first + g * 8 + lane;
        base[g][lane] = (row < count ? kernels[row] : 0) * per_kernel;
      }
      NAME(philox)(zero, lanes + (draw.first + (uint32_t)(first + g * 8)), zero + (uint32_t)draw.step,
                     zero + (uint32_t)(draw.step >> 32), draw.seed, state[g]);
      // xoshiro's one forbidden state is all zeros.
      state[g][0] |= (U8)((state[g][0] | state[g][1] | state[g][2] | state[g][3]) == 0) & 1;
    }
    for (int from = 0; from < length; from += 8) {
      const int until = from + 8 < length ? from + 8 : length;
      U8 words[8][GROUPS];
      for (int g = 0; g < GROUPS; ++g) NAME(draw_words)(state[g], words, g);
      if (from >= longest) {
        switch (n) {
        case 1: NAME(walk)(chains, 1, base, words, drawn - 1); break;
        case 2: NAME(walk)(chains, 2, base, words, drawn - 1); break;
        case 3: NAME(walk)(chains, 3, base, words, drawn - 1); break;
        default: NAME(walk)(chains, n, base, words, drawn - 1);
        }
      } else {
        for (int step = 0; step < 8; ++step) {
          const int t = from + step;
          for (int g = 0; g < GROUPS; ++g) {
            if (t >= longest) {
              U8 row = base[g];
              uint32_t power = d;
              for (int i = 0; i < n; ++i, power *= d) row += drawn[step - chains->lags[i]][g] * power;
              drawn[step][g] = NAME(next)(chains->alias, row, words[step][g], d);
            } else if (started) {
              drawn[step][g] = zero;
              for (int lane = 0; lane < 8 && g * 8 + lane < rows && t < length; ++lane)
                drawn[step][g][lane] = x[(long)(first + g * 8 + lane) * length + t];
            } else {
              drawn[step][g] = (words[step][g] * d) >> 24;
            }
          }
        }
      }
      for (int g = 0; g < GROUPS; ++g) {
        U8 pairs[4];
        int left = rows - g * 8;
        if (left <= 0) break;
        for (int pair = 0; pair < 4; ++pair) pairs[pair] = drawn[2 * pair][g] | drawn[2 * pair + 1][g] << 16;
        NAME(store_tile)(pairs, x + (long)(first + g * 8) * length, length, from, until, left < 8 ? left : 8);
      }
      memmove(history, history + 8, sizeof(U8[GROUPS]) * (size_t)longest);
    }
  }
  free(history);
}

#define F8 float8

// Uniform in (0, 1) with 24 bits.
INLINE F8 NAME(uniform)(U8 word) {
  return (__builtin_convertvector((word >> 8), F8) + 0.5f) * 0x1p-24f;
}

INLINE F8 NAME(choose)(U8 mask, F8 yes, F8 no) { return (F8)((mask & (U8)yes) | (~mask & (U8)no)); }

// The logarithm of a Gamma(alpha) variable in every lane, from the blocks start, start + stride, ...
INLINE F8 NAME(log_gamma)(float alpha, trainer_draw draw, U8 number, uint32_t start, uint32_t stride) {
  const U8 zero = {0};
  const float shape = alpha < 1 ? alpha + 1 : alpha, size = shape - 1.0f / 3, spread = 1 / sqrtf(9 * size);
  F8 result = {0};
  U8 pending = ~zero;
  for (uint32_t block = start;; block += stride) {
    U8 words[4];
    NAME(philox)(zero + block, number, zero + (uint32_t)draw.step, zero + (uint32_t)(draw.step >> 32), draw.seed,
                   words);
    const F8 radius = __builtin_elementwise_sqrt(NAME(log_float8)(NAME(uniform)(words[0])) * -2.0f);
    const F8 normal = radius * NAME(cos_float8)(NAME(uniform)(words[1]) * 6.2831853f);
    const F8 root = normal * spread + 1.0f;
    const U8 positive = (U8)(root > 0.0f);
    const F8 cube = NAME(choose)(positive, root * root * root, (F8){0} + 1.0f);
    const F8 log_cube = NAME(log_float8)(cube);
    const F8 bound = normal * normal * 0.5f + (1.0f - cube + log_cube) * size;
    const U8 accepted = pending & positive & (U8)(NAME(log_float8)(NAME(uniform)(words[2])) < bound);
    F8 value = log_cube + logf(size);
    if (alpha < 1) value += NAME(log_float8)(NAME(uniform)(words[3])) / alpha;
    result = NAME(choose)(accepted, value, result);
    pending &= ~accepted;
    if (!__builtin_reduce_or(pending)) return result;
  }
}

static void NAME(dirichlet)(trainer_draw draw, double alpha, int d, int contexts, int count, double *p) {
  const U8 lanes = {0, 1, 2, 3, 4, 5, 6, 7};
  const uint32_t gammas = (uint32_t)contexts * (uint32_t)d;
  F8 row[256];
  for (int first = 0; first < count; first += 8) {
    const int here = count - first < 8 ? count - first : 8;
    const U8 number = lanes + (draw.first + (uint32_t)first);
    for (int context = 0; context < contexts; ++context) {
      for (int token = 0; token < d; ++token)
        row[token] = NAME(log_gamma)((float)alpha, draw, number, (uint32_t)(context * d + token), gammas);
      F8 largest = row[0], total = {0};
      for (int token = 1; token < d; ++token) largest = __builtin_elementwise_max(largest, row[token]);
      for (int token = 0; token < d; ++token) total += row[token] = NAME(exp_float8)(row[token] - largest);
      for (int token = 0; token < d; ++token) {
        const F8 share = row[token] / total;
        for (int lane = 0; lane < here; ++lane)
          p[((long)(first + lane) * contexts + context) * d + token] = share[lane];
      }
    }
  }
}

#undef F8
#undef U8
#undef Q4
