// Vectorised inner loops: what Swift's default SSE2 code generation leaves on the table. Every function has a
// plain Swift twin that tests compare it with.
#ifndef CKERNELS_H
#define CKERNELS_H

#include "instruction_sets.h"
#include "skinny.h"
#include "tiles.h"
#include "trainer_layers.h"
#include "trainer_pool.h"
#include "trainer_sampling.h"

#endif
