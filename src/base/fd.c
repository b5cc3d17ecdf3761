/* write() may take a part, or be interrupted before it took any. */
#include "base/fd.h"

#include <errno.h>
#include <unistd.h>

int fd_write_all(int fd, const void *data, size_t length) {
    const char *rest = data;
    while (length > 0) {
        ssize_t put = write(fd, rest, length);
        if (put < 0 && errno != EINTR)
            return -1;
        if (put > 0) {
            rest += put;
            length -= (size_t)put;
        }
    }
    return 0;
}
