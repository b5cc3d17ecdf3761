/* Limits of the process. */
#include "base/limits.h"

#include <sys/resource.h>

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
