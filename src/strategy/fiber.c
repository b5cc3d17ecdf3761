/* The stacks, and what surrounds a switch: the sanitizers are told of each, since they keep books of stacks.
 */
#include "strategy/fiber.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/memory.h"
#include "strategy/switch.h"

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define WITH_TSAN
#endif
#if __has_feature(address_sanitizer)
#define WITH_ASAN
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define WITH_TSAN
#endif
#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN
#endif

#if defined(WITH_ASAN)
#include <sanitizer/common_interface_defs.h>
#endif
#if defined(WITH_TSAN)
#include <sanitizer/tsan_interface.h>
#endif

#if defined(WITH_ASAN) || defined(WITH_TSAN)
#define STACK_BYTES ((size_t)512 << 10) /* instrumented frames are larger */
#else
#define STACK_BYTES ((size_t)64 << 10)
#endif

/* What a sanitizer knows of one stack: of a fiber's, or of the thread's own. */
struct shadow {
    void *kept; /* ASan's, while the stack is left */
    const void *bottom;
    size_t bytes;
    void *context; /* TSan's */
};

struct fiber {
    struct switch_point at; /* where it was left */
    void (*run)(void *argument);
    void *argument;
    struct shadow shadow;
    bool ended;
};

struct fibers {
    struct switch_point thread; /* where the thread was left */
    struct shadow thread_shadow;
    struct fiber *items;
    size_t count, current;
    char *stacks;
    size_t stride; /* a stack with its guard */
    size_t guard_bytes;
};

/* Inlined always, since TSan counts the returns of functions: one entered on one stack's books and left on
 * another's would underrun those. */
static inline __attribute__((always_inline)) void leave(struct shadow *from, const struct shadow *to,
                                                        bool for_good) {
#if defined(WITH_ASAN)
    __sanitizer_start_switch_fiber(for_good ? NULL : &from->kept, to->bottom, to->bytes);
#endif
#if defined(WITH_TSAN)
    __tsan_switch_to_fiber(to->context, 0);
#endif
    (void)from, (void)to, (void)for_good;
}

/* `left`: the stack that was left for this one, whose place is learned here. */
static void arrive(struct shadow *here, struct shadow *left) {
#if defined(WITH_ASAN)
    __sanitizer_finish_switch_fiber(here->kept, &left->bottom, &left->bytes);
#endif
    (void)here, (void)left;
}

static void shadow_open(struct shadow *s, const void *bottom, size_t bytes) {
    *s = (struct shadow){.bottom = bottom, .bytes = bytes};
#if defined(WITH_TSAN)
    s->context = __tsan_create_fiber(0);
#endif
}

static void shadow_close(struct shadow *s) {
#if defined(WITH_TSAN)
    if (s->context)
        __tsan_destroy_fiber(s->context);
#endif
    s->context = NULL;
}

/* The first thing on a fiber's stack. It never comes back: the thread does not resume what has ended. */
static void begin(void *argument) {
    struct fibers *f = argument;
    struct fiber *here = &f->items[f->current];
    arrive(&here->shadow, &f->thread_shadow);
    here->run(here->argument);
    here->ended = true;
    leave(&here->shadow, &f->thread_shadow, true);
    switch_stacks(&here->at, &f->thread);
    abort();
}

static char *stack_of(const struct fibers *f, size_t index) {
    return f->stacks + index * f->stride + f->guard_bytes;
}

void fiber_prepare(struct fibers *f, size_t index, void (*run)(void *argument), void *argument) {
    struct fiber *fiber = &f->items[index];
    fiber->run = run;
    fiber->argument = argument;
    fiber->ended = false;
    fiber->shadow.kept = NULL;
    switch_prepare(&fiber->at, stack_of(f, index), STACK_BYTES, begin, f);
}

bool fiber_resume(struct fibers *f, size_t index) {
    struct fiber *fiber = &f->items[index];
    f->current = index;
#if defined(WITH_TSAN)
    f->thread_shadow.context = __tsan_get_current_fiber();
#endif
    leave(&f->thread_shadow, &fiber->shadow, false);
    switch_stacks(&f->thread, &fiber->at);
    arrive(&f->thread_shadow, &fiber->shadow);
    return !fiber->ended;
}

void fiber_yield(struct fibers *f) {
    struct fiber *here = &f->items[f->current];
    leave(&here->shadow, &f->thread_shadow, false);
    switch_stacks(&here->at, &f->thread);
    arrive(&here->shadow, &f->thread_shadow);
}

static int reserve_stacks(struct fibers *f, struct err *err) {
    long page = sysconf(_SC_PAGESIZE);
    f->guard_bytes = page > 0 ? (size_t)page : 4096;
    f->stride = STACK_BYTES + f->guard_bytes;
    char *stacks = mmap(NULL, f->count * f->stride, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (stacks == MAP_FAILED)
        return err_set_errno(err, "cannot reserve the stacks of %zu coroutines", f->count);
    f->stacks = stacks;
    madvise(stacks, f->count * f->stride, MADV_NOHUGEPAGE); /* a huge page would touch many stacks at once */
    for (size_t i = 0; i < f->count; i++)
        if (mprotect(stacks + i * f->stride, f->guard_bytes, PROT_NONE))
            return err_set_errno(err, "cannot guard the stack of coroutine %zu of %zu", i + 1, f->count);
    return 0;
}

int fibers_open(struct fibers **out, size_t count, struct err *err) {
    struct fibers *f = memory_zalloc(1, sizeof *f);
    f->count = count;
    f->items = memory_zalloc(count, sizeof *f->items);
    if (reserve_stacks(f, err)) {
        fibers_close(f);
        return -1;
    }
    for (size_t i = 0; i < count; i++)
        shadow_open(&f->items[i].shadow, stack_of(f, i), STACK_BYTES);
    *out = f;
    return 0;
}

void fibers_close(struct fibers *f) {
    if (!f)
        return;
    for (size_t i = 0; i < f->count; i++)
        shadow_close(&f->items[i].shadow);
    if (f->stacks)
        munmap(f->stacks, f->count * f->stride);
    free(f->items);
    free(f);
}
