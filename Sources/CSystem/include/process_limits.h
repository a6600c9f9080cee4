#ifndef PROCESS_LIMITS_H
#define PROCESS_LIMITS_H

#include <stdint.h>

/// Bytes that this process may still map under its limits of address space and data (ulimit -v, ulimit -d);
/// INT64_MAX without such limits.
int64_t process_room(void);

/// Whether so many bytes can be mapped now, in one piece: found by trying.
int process_can_map(int64_t bytes);

/// Begins the program anew, once, where such limits are set: OpenBLAS starts a thread for every processor as soon as
/// it is loaded, each asks for 128 MiB until it has them, and exit waits for it; and glibc's allocator reserves 64 MiB
/// for every thread. Only the environment that a program starts with can tell them not to. Returns where there is nothing
/// to do, or no way to do it.
void process_restart_without_blas_threads(char *const *arguments);

#endif
