// The trainer's layers, forward and backward, in float (_f) and double (_d). Lengths over positions are padded: n is a
// multiple of TRAINER_BLOCK, and rows of an array over positions are `stride` apart. Only the copier's rows may begin
// within a block: their n is any number, and there is room for eight numbers behind them.
#ifndef TRAINER_LAYERS_H
#define TRAINER_LAYERS_H

#include <stdint.h>

enum { TRAINER_BLOCK = 32, TRAINER_LANES = 8 };

// The sets of heads as a tree: the parent of a set is the set without its largest head. Sets come by size, then
// lexicographically, so that the children of a set are neighbours, with heads head[i], head[i] + 1, ...
typedef struct {
  int heads;
  int degree;
  int inner;               // sets that have children; they are the first to be numbered 0..<inner in `node`
  const int32_t *node;     // [inner] the set
  const int32_t *child;    // [inner] its first child, a set
  const int32_t *children; // [inner] how many
  const int32_t *head;     // [inner] the head that the first child adds
  const int32_t *place;    // [set] its number among the inner sets, or -1
} trainer_tree;

#define TRAINER_LAYERS(REAL, S)                                                                                        \
  /* q[l] = sum_S p[S] prod_{h in S} k[h][l], and slope[h][l] = dq/dk[h]. p is [set][8], eight times the same.          \
     `scratch` holds 2 * inner * TRAINER_BLOCK numbers. */                                                             \
  void trainer_selector_forward_##S(const trainer_tree *tree, const REAL *p, const REAL *k, int n, long stride,        \
                                    REAL *q, REAL *slope, REAL *scratch);                                              \
  /* slope *= dq: that is dk. dp[set][lane] is added to. */                                                            \
  void trainer_selector_backward_##S(const trainer_tree *tree, const REAL *k, const REAL *dq, int n, long stride,      \
                                     REAL *slope, REAL *dp, REAL *scratch);                                            \
  /* The largest and the smallest of q[0..<count]. */                                                                  \
  REAL trainer_largest_##S(const REAL *q, int count);                                                                  \
  REAL trainer_smallest_##S(const REAL *q, int count);                                                                 \
  /* e[l] = exp(a (q[l] - shift)) for l < count, 0 up to n. */                                                         \
  void trainer_exponentials_##S(const REAL *q, REAL a, REAL shift, int count, int n, REAL *e);                         \
  /* hit[l] = 1 where x[l] == target, 0 elsewhere and from count to n. */                                              \
  void trainer_hits_##S(const uint16_t *x, int target, int count, int n, REAL *hit);                                   \
  /* sums: e, and e where hit. */                                                                                      \
  void trainer_attended_##S(const REAL *e, const REAL *hit, int n, REAL sums[2]);                                      \
  /* dlogit = e (up hit + base); dq = a dlogit; returns sum dlogit q. */                                               \
  REAL trainer_attention_backward_##S(const REAL *e, const REAL *hit, const REAL *q, REAL up, REAL base, REAL a,       \
                                      int n, REAL *dq);                                                                \
  /* Heads in lanes. Query side: v[e][8] = sum_k sigma[k][8] over lags k with token(k) = e. */                         \
  void trainer_copier_query_##S(const REAL *sigma, const uint16_t *x, int lags, int d, REAL *v);                       \
  /* Tables over `digits` neighbouring tokens: t[c][code][8] = sum_i sigma[c digits + i][8] v[digit i of code][8]. */  \
  void trainer_copier_tables_##S(const REAL *sigma, const REAL *v, int d, int digits, int chunks, int codes, REAL *t); \
  /* k[h][r] for key r = sum_c t[c][code[r - c digits]], heads of this group. `code` holds 8 times   \
     the codes and points at key 0's first lag. */   \
  void trainer_copier_forward_##S(const REAL *t, const uint32_t *code, int digits, int chunks, int codes, int heads,   \
                                  int count, int n, long stride, REAL *k);                                             \
  /* dk[h][r] -> dt[c][code][8], overwritten. */                                                                       \
  void trainer_copier_backward_##S(const REAL *dk, const uint32_t *code, int digits, int chunks, int codes, int heads, \
                                   int count, long stride, REAL *dt);                                                  \
  /* dt -> dsigma[lag][8], added to, and dv[e][8], overwritten. dt is used up. */                                      \
  void trainer_copier_tables_backward_##S(REAL *dt, const REAL *sigma, const REAL *v, int d, int digits, int chunks,   \
                                          int codes, REAL *dsigma, REAL *dv);                                          \
  /* Row of windows: k[h][Z] = sum_e v[h][e][Z] query[h][e][z], the queries' rows `distance` apart. */                \
  void trainer_row_forward_##S(const REAL *v, const REAL *query, int heads, int d, int n, long stride, long distance,  \
                               int z, REAL *k);                                                                        \
  /* dk[h][Z] -> dv[h][e][Z] and dquery[h][e][z], added to; the two may be one. */                                     \
  void trainer_row_backward_##S(const REAL *v, const REAL *query, const REAL *dk, int heads, int d, int n,             \
                                long stride, long distance, int z, REAL *dv, REAL *dquery);                            \
  /* k = max(k, 0); n is a multiple of 8. */                                                                           \
  void trainer_rectify_##S(long n, REAL *k);                                                                           \
  /* dk = 0 where the rectified k is. */                                                                               \
  void trainer_rectify_backward_##S(const REAL *k, long n, REAL *dk);                                                  \
  /* Histograms of some sequences, dense [sequence][d][stride], over e: sums[token][column] = sum_Z n[token][Z] e[Z],  \
     with an e for every token, `each` apart, where `each` is not 0. */                                                \
  void trainer_counts_forward_##S(const uint16_t *counts, const int32_t *sequences, int count, const REAL *e, int d,   \
                                  long stride, long each, int width, REAL *sums);                                      \
  /* t[Z] += sum over the sequences of sum_token n[token][Z] c[token][column]; a t for every token as with e. */      \
  void trainer_counts_backward_##S(const uint16_t *counts, const int32_t *sequences, int count, const REAL *c, int d,  \
                                   long stride, long each, int width, REAL *t);                                                   \
  /* The same for histograms without their zeros: windows and weights from first[sequence] on, padded so that those of \
     a token are a multiple of eight and end, counted from there, at end[sequence][token]. */                          \
  void trainer_entries_forward_##S(const int32_t *first, const int32_t *end, const uint16_t *window,                    \
                                   const uint16_t *weight, const int32_t *sequences, int count, const REAL *e, int d,      \
                                   long each, int width, REAL *sums);                                                             \
  void trainer_entries_backward_##S(const int32_t *first, const int32_t *end, const uint16_t *window,                   \
                                    const uint16_t *weight, const int32_t *sequences, int count, const REAL *c, int d,     \
                                    long each, int width, REAL *t);                                                               \
  /* Criterion of `count` sequences side by side, arrays [token][width], width a multiple of 8. sums[e] over the keys with token e is that of    \
     the exponentials, or of q when `keys` is not null: the linear layer, with keys[e] how many there are. Written over \
     sums: the c of counts_backward. y, when not null, gets the predictions; loss [width] gets the losses. */           \
  void trainer_criterion_##S(int logits, REAL epsilon, REAL a, int d, int count, int width, const int32_t *target,     \
                             const REAL *keys, REAL *sums, REAL *y, REAL *loss);                                       \
  /* Positions without a full window, keys i = 0..<count with lags 1...i of sigma[i][lag][8]: k[h][i]. */              \
  void trainer_copier_partial_##S(const REAL *sigma, const uint16_t *x, int count, int lags, const REAL *v, int heads, \
                                  long stride, REAL *k);                                                               \
  /* dk -> dsigma[i][lag][8] and dv[e][8], added to. */                                                                \
  void trainer_copier_partial_backward_##S(const REAL *sigma, const uint16_t *x, int count, int lags, const REAL *v,   \
                                           int heads, long stride, const REAL *dk, REAL *dsigma, REAL *dv);            \
  /* value[l] = table[x[l]] for l < count, 0 up to n. */                                                               \
  void trainer_look_up_##S(const REAL *table, const uint16_t *x, int count, int n, REAL *value);                       \
  /* sums[x[l]] += e[l]. */                                                                                            \
  void trainer_scatter_##S(const REAL *e, const uint16_t *x, int count, REAL *sums);                                   \
  /* Layer 1 of the full model, eight heads in lanes and `count` positions: position i sees its own token x[i step] and \
     those before it, x[i step - j] for j <= lags.                                                                      \
     e_j = pair[own][token j][8] place[j][8], or exp(pair + place - their largest over j) when `logs` is not 0;         \
     u[i][token][8] = sum of the e_j of that token, z[i][8] = sum of all. */                                            \
  void trainer_attend_forward_##S(const REAL *pair, const REAL *place, int logs, const uint16_t *x, long step,         \
                                  int count, int lags, int d, REAL *u, REAL *z);                                       \
  /* du, dz -> derivatives by the logarithms of pair and place, added to. */                                           \
  void trainer_attend_backward_##S(const REAL *pair, const REAL *place, int logs, const uint16_t *x, long step,        \
                                   int count, int lags, int d, const REAL *du, const REAL *dz, REAL *dpair,            \
                                   REAL *dplace);                                                                      \
  /* y[i][e][8] = sum_b u[i][b][8] map[b][e][8]. */                                                                    \
  void trainer_maps_forward_##S(const REAL *u, const REAL *map, int count, int d, REAL *y);                            \
  /* dmap[b][e][8] += sum_i u[i][b][8] dy[i][e][8]. */                                                                 \
  void trainer_maps_backward_##S(const REAL *u, const REAL *dy, int count, int d, REAL *dmap);                         \
  /* r[i][8] = 1 / sqrt(mean_e y[i][e]^2 + epsilon z[i]^2). */                                                         \
  void trainer_norms_##S(const REAL *y, const REAL *z, REAL epsilon, int count, int d, REAL *r);                       \
  /* k[h][i] = r[i] sum_e y[i][e] query[e][8] + query[d][8], the latter a constant. */                                 \
  void trainer_match_forward_##S(const REAL *y, const REAL *r, const REAL *query, int count, int d, int heads,         \
                                 long stride, REAL *k);                                                                \
  /* dk -> dquery[d + 1][8], added to; dy[i][e][8] and dz[i][8], through r too, overwritten. */                        \
  void trainer_match_backward_##S(const REAL *y, const REAL *z, const REAL *r, REAL epsilon, const REAL *query,        \
                                  const REAL *dk, int count, int d, int heads, long stride, REAL *dquery, REAL *dy,    \
                                  REAL *dz);                                                                           \
  /* dlogit[Z] = e[Z] t[Z] (or t[Z] when e is null) is written over t; returns sum dlogit q. */                        \
  REAL trainer_row_logits_##S(const REAL *e, const REAL *q, int n, REAL *t);

TRAINER_LAYERS(float, f)
TRAINER_LAYERS(double, d)
#undef TRAINER_LAYERS

// code[m] = scale sum_i x[m - i] dⁱ over `digits` tokens, those before x[0] counting as 0.
void trainer_codes(const uint16_t *x, int count, int d, int digits, int scale, uint32_t *code);
// Windows of `lags` tokens as numbers: first the windows that are cut short by the start of the sequence, by length,
// when `all` is not 0; then the full ones by sum_j x_{l-j} d^{j-1}.
typedef struct {
  int d;
  int lags;
  int all;
  int full;    // the number of the first full window
  long stride; // numbers, rounded up
} trainer_windows;

// One sequence of `length` tokens -> counts[token][window] over its keys, overwritten, and the query's window.
// `scratch` holds `length` numbers.
int trainer_count_windows(const trainer_windows *windows, const uint16_t *x, int length, uint32_t *scratch,
                          uint16_t *counts);
// The same as a list: window[r] of key r. Returns the query's window.
int trainer_list_windows(const trainer_windows *windows, const uint16_t *x, int length, uint32_t *scratch,
                         int32_t *window);

#endif
