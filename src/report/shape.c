/* What every field is before it is known. */
#include <math.h>
#include <string.h>

#include "report/fields.h"

static void clear_field(const struct field *f, char *object) {
    const void *none = NULL;
    char *at = object + f->offset;
    switch (f->kind) {
    case FIELD_REAL:
        *(double *)(void *)at = NAN;
        break;
    case FIELD_REALS:
        for (size_t i = 0; i < f->count; i++)
            ((double *)(void *)at)[i] = NAN;
        break;
    case FIELD_INTEGER:
        *(int64_t *)(void *)at = f->nullable ? -1 : 0;
        break;
    case FIELD_MAYBE_FLAG:
        *(int *)(void *)at = -1;
        break;
    case FIELD_FLAG:
        *(bool *)(void *)at = false;
        break;
    case FIELD_OBJECT:
        shape_clear(f->shape, at);
        break;
    case FIELD_TEXT:
    case FIELD_MAYBE_OBJECT:
        memcpy(at, &none, sizeof none);
        break;
    default:
        memset(at, 0, sizeof(struct report_list));
    }
}

void shape_clear(const struct shape *shape, void *object) {
    for (const struct field *f = shape->fields; f->key; f++)
        clear_field(f, object);
}
