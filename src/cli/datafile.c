/* A body read before anything is forked, so that all runs send the same bytes. */
#include "cli/datafile.h"

#include <string.h>

#include "base/buf.h"
#include "base/fd.h"

#define LARGEST ((size_t)1 << 30)

int datafile_read(struct plan *plan, const char *path, struct err *err) {
    struct buf body;
    if (plan->data)
        return err_set(err, ERR_USAGE, "--data and --data-file exclude each other");
    buf_init(&body, LARGEST);
    int failed = fd_read_file(path, &body, err);
    if (failed) {
        err_prefix(err, "--data-file");
    } else {
        char *data = arena_alloc(&plan->arena, body.length + 1);
        memcpy(data, buf_text(&body), body.length);
        plan->data = data;
        plan->data_bytes = body.length;
    }
    buf_fini(&body);
    return failed;
}
