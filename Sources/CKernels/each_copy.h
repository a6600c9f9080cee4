// Compiles a file of loops once an instruction set: BODY is its name. Inside, SUFFIX names the copy, and VECTOR_BITS is
// the width of its registers, 0 where that is the compiler's business.
#include "copies.h"
#include "vector_math.h"

#define SUFFIX portable
#define VECTOR_BITS 0
#include BODY
#undef SUFFIX
#undef VECTOR_BITS

#ifdef HAS_VECTOR_COPIES
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define SUFFIX avx2
#define VECTOR_BITS 256
#include BODY
#undef SUFFIX
#undef VECTOR_BITS
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#define SUFFIX avx512
#define VECTOR_BITS 512
#include BODY
#undef SUFFIX
#undef VECTOR_BITS
#pragma clang attribute pop
#endif
#undef BODY
