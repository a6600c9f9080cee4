// Which copy of the loops runs. Every file of loops is compiled for the machine's baseline and, on x86-64 Linux, for
// AVX2 with FMA and for AVX-512; the best that the processor has is picked when the first loop runs.
#ifndef CKERNELS_INSTRUCTION_SETS_H
#define CKERNELS_INSTRUCTION_SETS_H

typedef enum { INSTRUCTIONS_PORTABLE, INSTRUCTIONS_AVX2, INSTRUCTIONS_AVX512 } instruction_set;

// The one in use. The environment variable INFLOW_INSTRUCTIONS, one of portable, avx2 and avx512, asks for a lesser one;
// another value, or a set that the processor does not have, is passed over.
instruction_set instructions_in_use(void);

// As INFLOW_INSTRUCTIONS writes it.
const char *instruction_set_name(instruction_set set);

#endif
