/* Whole transfers through file descriptors. */
#ifndef FETCHBENCH_BASE_FD_H
#define FETCHBENCH_BASE_FD_H

#include <stddef.h>

/* Writes all of it, however many calls that takes. 0, or -1 with errno set. */
int fd_write_all(int fd, const void *data, size_t length);

#endif
