/* write() and read() may take a part, or be interrupted before they took any; not every file system makes
 * files without a name. */
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_BYTES 65536

int fd_hold_standard(void) {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        bool is_open = fcntl(fd, F_GETFD) >= 0 || errno != EBADF;
        if (!is_open && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            return -1;
    }
    return 0;
}

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

static bool is_standard_input(const char *path) {
    return strcmp(path, "-") == 0;
}

const char *fd_file_name(const char *path) {
    return is_standard_input(path) ? "standard input" : path;
}

static int refuse(const char *path, struct err *err) {
    return err_set(err, ERR_USAGE, "%.200s cannot be read: %s", fd_file_name(path), strerror(errno));
}

static int read_all(int fd, const char *path, struct buf *out, struct err *err) {
    char chunk[CHUNK_BYTES];
    for (;;) {
        ssize_t got = read(fd, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return refuse(path, err);
        if (got == 0)
            return 0;
        buf_append(out, chunk, (size_t)got);
        if (out->failed)
            return err_set(err, ERR_USAGE, "%.200s is larger than %zu MiB, or than memory",
                           fd_file_name(path), out->limit >> 20);
    }
}

int fd_read_file(const char *path, struct buf *out, struct err *err) {
    if (is_standard_input(path))
        return read_all(STDIN_FILENO, path, out, err);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return refuse(path, err);
    int failed = read_all(fd, path, out, err);
    close(fd);
    return failed;
}

static int open_and_unlink(const char *folder) {
    char name[PATH_MAX];
    int length = snprintf(name, sizeof name, "%s/.fetchbench-XXXXXX", folder);
    if (length < 0 || (size_t)length >= sizeof name) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int fd = mkostemp(name, O_CLOEXEC);
    if (fd >= 0 && unlink(name)) {
        close(fd);
        return -1;
    }
    return fd;
}

int fd_open_temporary(const char *const *folders) {
    int fd = -1;
    for (; *folders && fd < 0; folders++) {
        if (!**folders)
            continue;
        fd = open(*folders, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
        if (fd < 0)
            fd = open_and_unlink(*folders);
    }
    return fd;
}
