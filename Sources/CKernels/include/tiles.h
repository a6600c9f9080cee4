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

// An operand that moves along a row: operands[operand] begins at base and advances by stride (0 or 1) an element.
typedef struct {
  int32_t operand, stride;
  double *base;
} tile_array;

// Runs a program over elements start <= i < end of a row, in tiles of at most `length` <= TILE_LENGTH. operands[k] is
// where operand k's tile begins; those of the arrays are set here, the others stay.
void tile_run_row(const tile_instruction *program, int32_t count, double **operands, const tile_array *arrays,
                  int32_t array_count, int64_t start, int64_t end, int32_t length);

// exp and log of n numbers; vectorised where the machine allows it (at most 4 ulp).
void vector_exp(double *d, const double *a, int64_t n);
void vector_log(double *d, const double *a, int64_t n);

#endif
