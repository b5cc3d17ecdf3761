/* Reading a file into memory that outlives fork without being copied. */
#include "plan/lines.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "base/buf.h"
#include "base/fd.h"

/* One step through a file's text. */
struct cursor {
    const char *at, *end;
    uint32_t number; /* of the line in hand */
    const char *line;
    size_t bytes;
};

static bool next_line(struct cursor *c) {
    while (c->at < c->end) {
        const char *feed = memchr(c->at, '\n', (size_t)(c->end - c->at));
        const char *stop = feed ? feed : c->end;
        c->line = c->at;
        c->bytes = (size_t)(stop - c->at);
        c->number++;
        c->at = feed ? feed + 1 : c->end;
        if (c->bytes && stop[-1] == '\r')
            c->bytes--;
        if (c->bytes && c->line[0] != '#')
            return true;
    }
    return false;
}

static struct cursor cursor_of(const struct buf *text) {
    const char *start = buf_text(text);
    struct cursor c = {.at = start, .end = start + text->length};
    if (text->length >= 3 && memcmp(start, "\xEF\xBB\xBF", 3) == 0)
        c.at += 3;
    return c;
}

/* Counts lines and their bytes, and refuses what none may hold. */
static int survey(struct lines *l, const struct buf *text, size_t *bytes, struct err *err) {
    struct cursor c = cursor_of(text);
    *bytes = 0;
    while (next_line(&c)) {
        if (memchr(c.line, '\0', c.bytes))
            return err_set(err, ERR_USAGE, "%.200s, line %u: there is a NUL byte in it", l->name, c.number);
        if (c.bytes > LINES_LINE_BYTES)
            return err_set(err, ERR_USAGE, "%.200s, line %u: it is longer than %d bytes", l->name, c.number,
                           LINES_LINE_BYTES);
        l->count++;
        l->longest = c.bytes > l->longest ? c.bytes : l->longest;
        *bytes += c.bytes + 1;
    }
    return l->count ? 0 : err_set(err, ERR_USAGE, "%.200s holds no line", l->name);
}

static int keep(struct lines *l, const struct buf *text, size_t bytes, struct err *err) {
    size_t items_bytes = l->count * sizeof *l->items;
    l->mapping_bytes = items_bytes + bytes;
    void *mapping = mmap(NULL, l->mapping_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (mapping == MAP_FAILED)
        return err_set_errno(err, "there is no memory for the %zu lines of %.200s", l->count, l->name);
    l->mapping = mapping;
    l->items = mapping;
    l->text = (char *)mapping + items_bytes;
    struct cursor c = cursor_of(text);
    uint64_t start = 0;
    for (size_t i = 0; next_line(&c); i++) {
        l->items[i] = (struct lines_item){.start = start, .number = c.number, .bytes = (uint16_t)c.bytes};
        memcpy(l->text + start, c.line, c.bytes);
        start += c.bytes + 1;
    }
    return 0;
}

int lines_open(struct lines *out, const char *file, struct err *err) {
    *out = (struct lines){.name = fd_file_name(file)};
    struct buf text;
    size_t bytes = 0;
    buf_init(&text, LINES_FILE_BYTES);
    int failed =
        fd_read_file(file, &text, err) || survey(out, &text, &bytes, err) || keep(out, &text, bytes, err);
    buf_fini(&text);
    return failed ? -1 : 0;
}

void lines_close(struct lines *lines) {
    if (lines->mapping)
        munmap(lines->mapping, lines->mapping_bytes);
    *lines = (struct lines){0};
}

void lines_prefault(const struct lines *lines) {
    if (!lines->mapping)
        return;
#ifdef MADV_POPULATE_READ
    if (madvise(lines->mapping, lines->mapping_bytes, MADV_POPULATE_READ) == 0)
        return;
#endif
    for (size_t i = 0; i < lines->mapping_bytes; i += 4096)
        (void)((const volatile char *)lines->mapping)[i];
}
