#include "process_limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__linux__)
// OpenBLAS starts a thread for every processor as soon as it is loaded, and each asks for a buffer of 128 MiB until
// it has one: under a limit of address space they spin, and exit waits for them for ever. We cut work among threads
// of our own, so it is told to start none. Only this section runs before the constructors of shared libraries.
static void start_no_blas_threads(int argc, char **argv, char **environment) {
  (void)argc, (void)argv, (void)environment;
  setenv("OPENBLAS_NUM_THREADS", "1", 1);
}

__attribute__((section(".preinit_array"), used)) static void (*const before_libraries)(int, char **, char **) =
    start_no_blas_threads;
#endif

// What is left under a limit when `used` bytes are taken.
static int64_t left(int resource, int64_t used) {
  struct rlimit limit;
  if (getrlimit(resource, &limit) || limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur > INT64_MAX) return INT64_MAX;
  return (int64_t)limit.rlim_cur > used ? (int64_t)limit.rlim_cur - used : 0;
}

int64_t process_room(void) {
  long long pages = 0, data = 0;
  // Size, resident, shared, text, libraries, data and stack, in pages; nothing of it on other systems.
  FILE *file = fopen("/proc/self/statm", "r");
  if (file) {
    if (fscanf(file, "%lld %*d %*d %*d %*d %lld", &pages, &data) != 2) pages = data = 0;
    fclose(file);
  }
  int64_t page = sysconf(_SC_PAGESIZE);
  int64_t space = left(RLIMIT_AS, pages * page), writable = left(RLIMIT_DATA, data * page);
  return space < writable ? space : writable;
}
