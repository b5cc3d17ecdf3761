/* Lines of NDJSON in a buffer, and writing them. */
#include "endpoint/access_log.h"

#include "base/buf.h"
#include "base/fd.h"
#include "base/memory.h"
#include "endpoint/json_text.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEPT_BYTES ((size_t)64 << 10)
#define LIMIT_BYTES ((size_t)16 << 20) /* far more than the longest target in a line */

struct access_log {
    const char *path;
    int fd;
    int failure; /* errno of the first write that failed */
    struct buf lines;
};

int access_log_open(struct access_log **out, const char *path, struct err *err) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
    if (fd < 0)
        return err_set(err, ERR_USAGE, "cannot write '%s': %s", path, strerror(errno));
    struct access_log *log = memory_zalloc(1, sizeof *log);
    log->path = path;
    log->fd = fd;
    buf_init(&log->lines, LIMIT_BYTES);
    *out = log;
    return 0;
}

void access_log_add(struct access_log *log, const struct access_line *line) {
    struct json_text j;
    json_text_init(&j, &log->lines, false);
    json_text_open(&j, '{');
    json_text_key(&j, "target", strlen("target"));
    json_text_string(&j, line->target, line->target_bytes);
    json_text_key(&j, "client", strlen("client"));
    json_text_string(&j, line->client, strlen(line->client));
    buf_printf(&log->lines,
               ",\"status\":%u,\"arrived_ns\":%" PRId64 ",\"departed_ns\":%" PRId64 ",\"whole\":%s}\n",
               line->status, line->arrived_ns, line->departed_ns, line->is_whole ? "true" : "false");
    if (log->lines.length >= KEPT_BYTES)
        access_log_flush(log);
}

void access_log_flush(struct access_log *log) {
    if (log->lines.failed && !log->failure)
        log->failure = ENOMEM;
    if (!log->failure && log->lines.length > 0 && fd_write_all(log->fd, log->lines.text, log->lines.length))
        log->failure = errno;
    buf_clear(&log->lines);
}

int access_log_finish(struct access_log *log, struct err *err) {
    access_log_flush(log);
    errno = log->failure;
    return log->failure ? err_set_errno(err, "cannot write '%s'", log->path) : 0;
}

void access_log_close(struct access_log *log) {
    if (!log)
        return;
    close(log->fd);
    buf_fini(&log->lines);
    free(log);
}
