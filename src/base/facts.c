/* Files are opened anew for every question: they are read once, before a run. */
#include "base/facts.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INTEGER_LIMIT (INT64_C(1) << 53) /* a report holds doubles */

bool facts_exist(const struct facts *f, const char *path) {
    char full[PATH_MAX];
    snprintf(full, sizeof full, "%s%s", f->root, path);
    return access(full, F_OK) == 0;
}

FILE *facts_open(const struct facts *f, const char *path) {
    char full[PATH_MAX];
    snprintf(full, sizeof full, "%s%s", f->root, path);
    return fopen(full, "re");
}

bool facts_read_line(const struct facts *f, const char *path, char *line, size_t size) {
    FILE *file = facts_open(f, path);
    if (!file)
        return false;
    bool got = fgets(line, (int)size, file) != NULL;
    (void)fclose(file); /* nothing was written to it */
    if (got)
        line[strcspn(line, "\n")] = '\0';
    return got && *line;
}

char *facts_read_text(const struct facts *f, const char *path) {
    char line[256];
    return facts_read_line(f, path, line, sizeof line) ? arena_strdup(f->arena, line) : NULL;
}

size_t facts_read_all(const struct facts *f, const char *path, char *text, size_t size) {
    FILE *file = facts_open(f, path);
    size_t got = file ? fread(text, 1, size - 1, file) : 0;
    text[got] = '\0';
    if (file)
        (void)fclose(file);
    return got;
}

int64_t facts_read_integer(const struct facts *f, const char *path) {
    char line[64], *end = line;
    if (!facts_read_line(f, path, line, sizeof line))
        return -1;
    long long value = strtoll(line, &end, 10);
    return end > line && value >= 0 && value < INTEGER_LIMIT ? value : -1;
}

bool facts_read_two(const struct facts *f, const char *path, double out[2]) {
    char line[64];
    if (!facts_read_line(f, path, line, sizeof line))
        return false;
    const char *next = line;
    for (int i = 0; i < 2; i++) {
        char *end = NULL;
        out[i] = strtod(next, &end);
        if (end == next || !isfinite(out[i]))
            return false;
        next = end;
    }
    return true;
}
