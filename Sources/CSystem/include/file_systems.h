#ifndef FILE_SYSTEMS_H
#define FILE_SYSTEMS_H

/// Forces everything that was written to the file system of an open file to the disk; on systems that cannot tell it from the
/// others, everything. 0, or -1 with errno.
int file_system_synchronize(int descriptor);

#endif
