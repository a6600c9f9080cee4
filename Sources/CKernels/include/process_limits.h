#ifndef PROCESS_LIMITS_H
#define PROCESS_LIMITS_H

#include <stdint.h>

/// Bytes that this process may still map under its limits of address space and data (ulimit -v, ulimit -d);
/// INT64_MAX without such limits.
int64_t process_room(void);

#endif
