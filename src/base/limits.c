/* Limits of the process. */
#include "base/limits.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

int64_t limits_raise_descriptors(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit))
        return 0;
    int64_t before = limit.rlim_cur > INT64_MAX ? 0 : (int64_t)limit.rlim_cur;
    if (limit.rlim_cur != limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
    return before;
}

void limits_restore_descriptors(int64_t soft) {
    struct rlimit limit;
    if (!soft || getrlimit(RLIMIT_NOFILE, &limit))
        return;
    limit.rlim_cur = (rlim_t)soft;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

void limits_make_room(int64_t descriptors) {
    struct rlimit limit;
    int lowest = dup(STDERR_FILENO); /* those below are taken */
    if (lowest < 0)
        return;
    close(lowest);
    if (getrlimit(RLIMIT_NOFILE, &limit))
        return;
    rlim_t last = (rlim_t)lowest + (rlim_t)descriptors;
    if (last >= limit.rlim_cur)
        last = limit.rlim_cur - 1;
    int fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, (int)last);
    if (fd >= 0)
        close(fd);
}
