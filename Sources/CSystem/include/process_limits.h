#ifndef PROCESS_LIMITS_H
#define PROCESS_LIMITS_H

#include <stdint.h>

/// Bytes that this process may still map under its limits of address space and data (ulimit -v, ulimit -d);
/// INT64_MAX without such limits.
int64_t process_room(void);

/// Whether so many bytes can be mapped now, in one piece: found by trying.
int process_can_map(int64_t bytes);

/// Begins the program anew, once, with what OpenBLAS and the allocator read from the environment when they are loaded, where
/// that is not set. Under such limits: OpenBLAS starts a thread for every processor, each asks for 128 MiB until it has
/// them, and exit waits for it; and glibc's allocator reserves 64 MiB for every thread. And the kernels that OpenBLAS is to
/// take, where `core` is not null. Returns where there is nothing to do, or no way to do it.
void process_restart(char *const *arguments, const char *core);

#endif
