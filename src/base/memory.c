/* Set-up memory that need not be checked, and an arena for plain data that is freed at once. */
#include "base/memory.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#endif

#define STATUS_LEAK 23
#define BLOCK_BYTES 16384

struct arena_block {
    struct arena_block *next;
    size_t used, capacity;
    _Alignas(max_align_t) char data[];
};

static void *checked(void *memory) {
    if (!memory) {
        fputs("fetchbench: out of memory\n", stderr);
        _Exit(1);
    }
    return memory;
}

void *memory_zalloc(size_t count, size_t size) {
    return checked(calloc(count ? count : 1, size ? size : 1));
}

char *memory_strdup(const char *text) {
    return checked(strdup(text));
}

int memory_check_leaks(void) {
#if defined(__SANITIZE_ADDRESS__)
    return __lsan_do_recoverable_leak_check() ? STATUS_LEAK : 0;
#else
    return 0;
#endif
}

static struct arena_block *block_with_room(struct arena *a, size_t size) {
    if (a->blocks && a->blocks->capacity - a->blocks->used >= size)
        return a->blocks;
    size_t capacity = size > BLOCK_BYTES ? size : BLOCK_BYTES;
    struct arena_block *block = memory_zalloc(1, sizeof *block + capacity);
    block->capacity = capacity;
    block->next = a->blocks;
    a->blocks = block;
    return block;
}

void *arena_alloc(struct arena *a, size_t size) {
    size_t rounded = (size + _Alignof(max_align_t) - 1) & ~(_Alignof(max_align_t) - 1);
    struct arena_block *block = block_with_room(a, rounded);
    void *memory = block->data + block->used;
    block->used += rounded;
    return memory;
}

char *arena_strdup(struct arena *a, const char *text) {
    if (!text)
        return NULL;
    size_t size = strlen(text) + 1;
    return memcpy(arena_alloc(a, size), text, size);
}

char *arena_printf(struct arena *a, const char *format, ...) {
    va_list arguments, copy;
    va_start(arguments, format);
    va_copy(copy, arguments);
    int length = vsnprintf(NULL, 0, format, copy);
    va_end(copy);
    char *text = arena_alloc(a, (size_t)(length < 0 ? 0 : length) + 1);
    vsnprintf(text, (size_t)(length < 0 ? 0 : length) + 1, format, arguments);
    va_end(arguments);
    return text;
}

void arena_take(struct arena *into, struct arena *from) {
    struct arena_block **last = &into->blocks;
    while (*last)
        last = &(*last)->next;
    *last = from->blocks;
    from->blocks = NULL;
}

void arena_fini(struct arena *a) {
    while (a->blocks) {
        struct arena_block *next = a->blocks->next;
        free(a->blocks);
        a->blocks = next;
    }
}
