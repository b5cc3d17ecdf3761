/* File descriptors: whole transfers, and files without a name. */
#ifndef FETCHBENCH_BASE_FD_H
#define FETCHBENCH_BASE_FD_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/* Takes the places of those of the three standard descriptors that are closed, so that no file or socket
 * comes to stand where messages are written to: reading and writing them still fails. 0, or -1 with errno. */
int fd_hold_standard(void);

/* Writes all of it, however many calls that takes. 0, or -1 with errno set. */
int fd_write_all(int fd, const void *data, size_t length);

/* What messages call a file that was named on the command line, "-" being standard input. */
const char *fd_file_name(const char *path);

/* Appends all of that file to out, up to its limit. 0, or -1 with err filled (ERR_USAGE): it cannot be read,
 * or is larger. */
int fd_read_file(const char *path, struct buf *out, struct err *err);

/* Opens a new file without a name, for reading and writing, in the first of the folders (ended by NULL, in
 * which entries may be "") that takes it: nothing of it is left behind however the program ends.
 * Its descriptor, or -1 with errno of the last folder. */
int fd_open_temporary(const char *const *folders);

#endif
