// An interpreter of element-wise programs on tiles that fit the first-level cache: each instruction is one
// vectorised loop over a tile, so interpretation costs a few cycles per hundred elements.
#ifndef CKERNELS_TILES_H
#define CKERNELS_TILES_H

#include <stdint.h>

// Elements of the longest tile: 2 KiB of doubles.
#define TILE_LENGTH 256

typedef enum {
  TILE_ADD,        // d = a + b
  TILE_MULTIPLY,   // d = a * b
  TILE_LARGER,     // d = a < b ? b : a
  TILE_FMA,        // d = a * b + c
  TILE_RECIPROCAL, // d = 1 / a
  TILE_ROOT,       // d = sqrt(a)
  TILE_EXP,
  TILE_LOG,
  TILE_ABSOLUTE,
  TILE_SIGN,
  TILE_RECTIFIER,
  TILE_STEP,
  TILE_POWER,         // d = pow(a, exponent)
  TILE_GUARDED_POWER, // d = a == 0 ? 0 : pow(a, exponent)
  TILE_COPY,
  TILE_ACCUMULATE, // d += a
  TILE_REDUCE,     // *d += sum of a
  TILE_DOT,        // *d += sum of a * b
} tile_operation;

typedef struct {
  int32_t operation;
  // Bit 0, 1, 2: operand a, b, c is one number for the whole tile.
  int32_t broadcast;
  // Positions in the operand table.
  int32_t d, a, b, c;
  double exponent;
} tile_instruction;

// A program over a dense domain of one or more dimensions, the last one contiguous.
typedef struct {
  const tile_instruction *program;
  int32_t instructions, dimensions, arrays;
  // Elements of a tile, at most TILE_LENGTH.
  int32_t length;
  // The dimensions' extents.
  const int64_t *extents;
  // strides[dimension * arrays + array]; 0 or 1 in the last dimension.
  const int64_t *strides;
  // Where each array stands in the operand table.
  const int32_t *positions;
} tile_kernel;

// Runs a program over first <= i < last of the first dimension and all of the others. operands[k] is where operand k's
// tile begins; those of the arrays are set here, the others stay. bases[k] is where array k begins; used up.
void tile_run(const tile_kernel *kernel, double **operands, double **bases, int64_t first, int64_t last);

// log of n numbers; vectorised where the machine allows it (at most 4 ulp).
void vector_log(double *d, const double *a, int64_t n);

#endif
