/* The life of a report and its lists. */
#include "report/report.h"

#include <stdlib.h>
#include <string.h>

#include "report/fields.h"

struct report *report_open(void) {
    struct report *r = memory_zalloc(1, sizeof *r);
    shape_clear(&report_shape, r);
    r->schema_version = REPORT_SCHEMA_VERSION;
    return r;
}

void report_close(struct report *r) {
    if (!r)
        return;
    arena_fini(&r->arena);
    free(r);
}

enum load_kind report_load_kind(const struct report_plan *p) {
    if (p->arrivals)
        return LOAD_OPEN;
    return p->duration_s > 0 ? LOAD_TIMED : LOAD_COUNTED; /* NaN is not */
}

/* The old array stays in the arena: doubling bounds what is lost to the size of the list. */
void *report_list_add(struct report *r, struct report_list *list, size_t size) {
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 2;
        char *items = arena_alloc(&r->arena, capacity * size);
        if (list->count)
            memcpy(items, list->items, list->count * size);
        list->items = items;
        list->capacity = capacity;
    }
    return (char *)list->items + list->count++ * size;
}
