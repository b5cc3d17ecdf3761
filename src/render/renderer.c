/* The table of output formats. */
#include "render/renderer.h"

#include <string.h>

#define RENDERER(name) extern const struct renderer renderer_##name;
#include "render/renderers.def"
#undef RENDERER

const struct renderer *const renderer_table[] = {
#define RENDERER(name) &renderer_##name,
#include "render/renderers.def"
#undef RENDERER
    NULL};

#define RENDERER(name) "|" #name
const char renderer_words[] =
#include "render/renderers.def"
    ;
#undef RENDERER

const struct renderer *renderer_find(const char *name) {
    for (const struct renderer *const *row = renderer_table; *row; row++) {
        if (strcmp((*row)->name, name) == 0)
            return *row;
    }
    return NULL;
}
