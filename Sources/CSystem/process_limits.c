#include "process_limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

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

int process_can_map(int64_t bytes) {
  void *place = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return place != MAP_FAILED && munmap(place, (size_t)bytes) == 0;
}

void process_restart(char *const *arguments, const char *core) {
  static const char threads[] = "OPENBLAS_NUM_THREADS", type[] = "OPENBLAS_CORETYPE";
  int changed = 0;
  const char *known = getenv(threads);
  if (process_room() != INT64_MAX && !(known && !strcmp(known, "1"))) {
    changed = !setenv(threads, "1", 1);
    setenv("MALLOC_ARENA_MAX", "1", 0);
  }
  if (core && !getenv(type)) changed |= !setenv(type, core, 0);
  char path[4096];
  ssize_t length = changed ? readlink("/proc/self/exe", path, sizeof path - 1) : 0;
  if (length <= 0) return;
  path[length] = 0;
  execv(path, arguments);
}
