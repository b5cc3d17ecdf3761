/* A body read before anything is forked, so that all runs send the same bytes. */
#include "cli/datafile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"

#define LARGEST ((size_t)1 << 30)

static int read_all(int fd, const char *name, struct buf *out, struct err *err) {
    char block[1 << 16];
    for (;;) {
        ssize_t got = read(fd, block, sizeof block);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_set(err, ERR_USAGE, "--data-file %.200s cannot be read: %s", name, strerror(errno));
        if (got == 0)
            return 0;
        buf_append(out, block, (size_t)got);
        if (out->failed)
            return err_set(err, ERR_USAGE, "--data-file %.200s is larger than 1 GiB", name);
    }
}

static int read_file(const char *path, struct buf *out, struct err *err) {
    if (strcmp(path, "-") == 0)
        return read_all(STDIN_FILENO, path, out, err);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_set(err, ERR_USAGE, "--data-file %.200s cannot be read: %s", path, strerror(errno));
    int failed = read_all(fd, path, out, err);
    close(fd);
    return failed;
}

int datafile_read(struct plan *plan, const char *path, struct err *err) {
    struct buf body;
    if (plan->data)
        return err_set(err, ERR_USAGE, "--data and --data-file exclude each other");
    buf_init(&body, LARGEST);
    int failed = read_file(path, &body, err);
    if (!failed) {
        char *data = arena_alloc(&plan->arena, body.length + 1);
        memcpy(data, buf_text(&body), body.length);
        plan->data = data;
        plan->data_bytes = body.length;
    }
    buf_fini(&body);
    return failed;
}
