/* Text held against a file. */
#ifndef FETCHBENCH_TESTS_GOLDEN_H
#define FETCHBENCH_TESTS_GOLDEN_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

#define LIMIT ((size_t)1 << 22)

static void golden_read(const char *path, struct buf *out) {
    char block[4096];
    FILE *file = fopen(path, "rb");
    if (!file)
        return;
    for (size_t got = fread(block, 1, sizeof block, file); got > 0; got = fread(block, 1, sizeof block, file))
        buf_append(out, block, got);
    fclose(file);
}

static int golden_write(const char *path, const struct buf *text) {
    FILE *file = fopen(path, "wb");
    if (!file)
        return 1;
    fwrite(buf_text(text), 1, text->length, file);
    return fclose(file) != 0;
}

static int golden_compare(const char *path, const struct buf *got) {
    struct buf wanted;
    buf_init(&wanted, LIMIT);
    golden_read(path, &wanted);
    bool same = wanted.length == got->length && strcmp(buf_text(&wanted), buf_text(got)) == 0;
    if (!same)
        printf("%s is otherwise. Wanted:\n%s\nGot:\n%s\n", path, buf_text(&wanted), buf_text(got));
    buf_fini(&wanted);
    return same ? 0 : 1;
}

/* 0 when the file holds the text, or with GOLDEN_UPDATE in the environment was made to. */
static int golden_check(const char *path, const struct buf *got) {
    return getenv("GOLDEN_UPDATE") ? golden_write(path, got) : golden_compare(path, got);
}

#endif
