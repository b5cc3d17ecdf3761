/* Entries in a file without a name. */
#include "samples/spool.h"

#include <errno.h>
#include <unistd.h>

#include "base/fd.h"

int spool_open(struct spool *s, const char *const *folders, struct err *err) {
    *s = (struct spool){.fd = fd_open_temporary(folders)};
    if (s->fd >= 0)
        return 0;
    err_set_errno(err, "no folder takes the temporary file that samples wait in (TMPDIR names one)");
    return -1;
}

void spool_close(struct spool *s) {
    if (s->fd >= 0)
        close(s->fd);
    s->fd = -1;
}

int spool_write(struct spool *s, int64_t at, const struct ring_entry *entries, size_t count,
                struct err *err) {
    const char *rest = (const char *)entries;
    size_t length = count * sizeof *entries;
    off_t offset = at * (off_t)sizeof *entries;
    while (length > 0) {
        ssize_t put = pwrite(s->fd, rest, length, offset);
        if (put < 0 && errno != EINTR)
            return err_set_errno(err, "the temporary file that samples wait in cannot be written");
        if (put > 0) {
            rest += put;
            length -= (size_t)put;
            offset += put;
        }
    }
    return 0;
}

int spool_read(struct spool *s, int64_t at, struct ring_entry *entries, size_t count, struct err *err) {
    char *rest = (char *)entries;
    size_t length = count * sizeof *entries;
    off_t offset = at * (off_t)sizeof *entries;
    while (length > 0) {
        ssize_t got = pread(s->fd, rest, length, offset);
        if (got == 0)
            errno = EIO;
        if (got == 0 || (got < 0 && errno != EINTR))
            return err_set_errno(err, "the temporary file that samples wait in cannot be read");
        if (got > 0) {
            rest += got;
            length -= (size_t)got;
            offset += got;
        }
    }
    atomic_fetch_add_explicit(&s->reads, 1, memory_order_relaxed);
    return 0;
}

int spool_clear(struct spool *s, struct err *err) {
    if (ftruncate(s->fd, 0))
        return err_set_errno(err, "the temporary file that samples wait in cannot be emptied");
    return 0;
}
