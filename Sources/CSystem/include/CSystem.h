// What only the operating system can say or do, and Foundation does not pass on.
#ifndef CSYSTEM_H
#define CSYSTEM_H

#include "file_systems.h"
#include "process_limits.h"

#endif
