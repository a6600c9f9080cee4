#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "file_systems.h"

#include <unistd.h>

int file_system_synchronize(int descriptor) {
#if defined(__linux__)
  return syncfs(descriptor);
#else
  (void)descriptor;
  sync();
  return 0;
#endif
}
