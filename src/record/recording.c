/* The shared mapping of a run: facts, slots, lanes, ring of samples, in that order. Writers use relaxed
 * atomics; the reader lives in another process and tolerates a state a few requests old. */
#include "record/recording.h"

#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096

enum { STOP_ASKED = 1, STOP_GAVE_UP = 2 };

static size_t page_round(size_t bytes) {
    return (bytes + PAGE - 1) / PAGE * PAGE;
}

/* Where the parts stand in the mapping. */
struct layout {
    size_t slots, lanes, ring, end;
};

static struct layout layout_of(int64_t requests, size_t slots, size_t lanes, bool drained) {
    struct layout at = {.slots = page_round(sizeof(struct run_facts))};
    at.lanes = at.slots + page_round(slots * sizeof(struct in_flight));
    at.ring = at.lanes + page_round(lanes * sizeof(struct lane));
    at.end = at.ring + page_round(ring_room(requests, drained) * sizeof(struct ring_slot));
    return at;
}

int recording_open(struct recording *r, int64_t requests, size_t slots, size_t lanes, bool drained,
                   struct err *err) {
    *r = (struct recording){.stop_fd = -1, .ready_fd = -1, .word_fd = -1, .drained = drained};
    size_t bytes = layout_of(requests, slots, lanes, drained).end;
    char *mapping =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapping == MAP_FAILED)
        return err_set_errno(err, "cannot reserve %zu bytes of shared memory", bytes);
    r->mapping = mapping;
    r->mapping_bytes = bytes;
    recording_shape(r, requests, slots, lanes);
    int *const fds[] = {&r->stop_fd, &r->ready_fd, &r->word_fd};
    for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++) {
        *fds[i] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        if (*fds[i] >= 0)
            continue;
        err_set_errno(err, "cannot make an eventfd");
        recording_close(r);
        return -1;
    }
    return 0;
}

void recording_close(struct recording *r) {
    const int fds[] = {r->stop_fd, r->ready_fd, r->word_fd};
    for (size_t i = 0; r->mapping && i < sizeof fds / sizeof fds[0]; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    if (r->mapping)
        munmap(r->mapping, r->mapping_bytes);
    *r = (struct recording){.stop_fd = -1, .ready_fd = -1, .word_fd = -1};
}

void recording_shape(struct recording *r, int64_t requests, size_t slots, size_t lanes) {
    struct layout at = layout_of(requests, slots, lanes, r->drained);
    r->facts = (struct run_facts *)(void *)r->mapping;
    r->slots = (struct in_flight *)(void *)(r->mapping + at.slots);
    r->slot_count = slots;
    r->lanes = (struct lane *)(void *)(r->mapping + at.lanes);
    r->lane_count = lanes;
    struct ring_slot *ring = (struct ring_slot *)(void *)(r->mapping + at.ring);
    ring_init(&r->ring, ring, ring_room(requests, r->drained), &r->facts->samples_placed,
              &r->facts->samples_taken);
    r->used_bytes = at.end;
}

int recording_reset(struct recording *r, int64_t requests, size_t slots, size_t lanes, struct err *err) {
    if (madvise(r->mapping, r->mapping_bytes, MADV_REMOVE))
        return err_set_errno(err, "cannot give shared memory back");
    recording_shape(r, requests, slots, lanes);
    if (r->used_bytes > r->mapping_bytes)
        return err_set(err, ERR_INTERNAL, "a run is larger than the recording made for it");
    const int fds[] = {r->stop_fd, r->ready_fd, r->word_fd};
    for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++) {
        uint64_t drained = 0;
        if (read(fds[i], &drained, sizeof drained) < 0 && errno != EAGAIN)
            return err_set_errno(err, "cannot reset an eventfd");
    }
    return 0;
}

/* Makes [from, to) present, but for pages before *end, which are; *end becomes where it ends. How many bytes.
 */
static size_t populate(char **end, const void *from, const void *to) {
    char *first = (char *)((uintptr_t)from / PAGE * PAGE), *past = (char *)page_round((uintptr_t)to);
    if (first < *end)
        first = *end;
    *end = past;
    if (first >= past || madvise(first, (size_t)(past - first), MADV_POPULATE_WRITE) == 0)
        return first < past ? (size_t)(past - first) : 0;
    for (char *at = first; at < past; at += PAGE)
        atomic_fetch_or_explicit((_Atomic char *)at, 0, memory_order_relaxed);
    return (size_t)(past - first);
}

void recording_prefault(struct recording *r, unsigned measures) {
    char *end = r->mapping;
    size_t present = populate(&end, r->mapping, r->lanes);
    for (size_t i = 0; i < r->lane_count; i++) {
        const struct lane *lane = &r->lanes[i];
        present += populate(&end, lane, lane->histograms);
        for (int m = 0; m < MEASURES; m++)
            if (measures & 1U << m)
                present += populate(&end, &lane->histograms[m], &lane->histograms[m + 1]);
    }
    present += populate(&end, r->ring.slots, r->ring.slots + r->ring.room);
    r->facts->present_bytes = (int64_t)present;
}

void recording_forget(struct recording *r) {
    struct run_facts *f = r->facts;
    for (size_t i = 0; i < r->lane_count; i++) {
        memset(&r->lanes[i].counts, 0, sizeof r->lanes[i].counts);
        for (int m = 0; m < MEASURES; m++)
            histogram_reset(&r->lanes[i].histograms[m]);
    }
    ring_forget(&r->ring);
    memset(f->examples, 0, sizeof f->examples);
    for (int c = 0; c < ERROR_CLASSES; c++)
        f->example_claimed[c] = 0;
    for (size_t i = 0; i < r->slot_count; i++)
        r->slots[i].ticket_plus_1 = 0;
    f->handed_out = 0;
    f->last_outcome_ns = 0;
    f->last_completion_ns = 0;
    f->longest_failed_ns = 0;
    f->largest_gap_ns = 0;
    f->largest_gap_from_ns = 0;
    f->any_success = 0;
    f->failures_before_success = 0;
}

void recording_resume(struct recording *r) {
    uint64_t drained = 0;
    if (!atomic_exchange(&r->facts->gave_up, 0))
        return;
    atomic_fetch_and(&r->facts->stop, ~STOP_GAVE_UP);
    if ((read(r->stop_fd, &drained, sizeof drained) < 0 && errno != EAGAIN) || recording_stopping(r))
        recording_stop(r);
}

/* To counters of lanes: a locked add only where lanes are shared. `own` is known where these are expanded. */
static inline void add(bool own, _Atomic uint64_t *counter, uint64_t value) {
    if (own)
        atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + value,
                              memory_order_relaxed);
    else
        atomic_fetch_add_explicit(counter, value, memory_order_relaxed);
}

static inline void add_measure(bool own, struct histogram *h, int64_t value_ns) {
    if (own)
        histogram_record_alone(h, value_ns);
    else
        histogram_record(h, value_ns);
}

void recording_begin(struct recording *r, size_t slot, int64_t ticket, int64_t start_ns) {
    atomic_store_explicit(&r->slots[slot].start_ns, start_ns, memory_order_relaxed);
    atomic_store_explicit(&r->slots[slot].ticket_plus_1, ticket + 1, memory_order_release);
}

/* Sets what nobody else writes (`alone`), or what still is as it was seen; else false, and it is seen anew.
 */
static inline bool replace(bool alone, _Atomic int64_t *where, int64_t *seen, int64_t value) {
    if (!alone)
        return atomic_compare_exchange_weak_explicit(where, seen, value, memory_order_relaxed,
                                                     memory_order_relaxed);
    atomic_store_explicit(where, value, memory_order_relaxed);
    return true;
}

/* Whether it was raised. */
static inline bool raise_to(bool alone, _Atomic int64_t *highest, int64_t value) {
    int64_t seen = atomic_load_explicit(highest, memory_order_relaxed);
    while (value > seen && !replace(alone, highest, &seen, value)) {
    }
    return value > seen;
}

/* The first begins at go. A worker that was held up between its stamp and here comes with a moment that has
 * passed: it closes no gap. */
static inline void note_gap(bool alone, struct run_facts *f, int64_t end_ns) {
    int64_t before = atomic_load_explicit(&f->last_completion_ns, memory_order_relaxed);
    while (end_ns > before) {
        if (!replace(alone, &f->last_completion_ns, &before, end_ns))
            continue;
        int64_t since_ns = before ? before : f->go_ns;
        if (since_ns && raise_to(alone, &f->largest_gap_ns, end_ns - since_ns))
            f->largest_gap_from_ns = since_ns;
        return;
    }
}

static inline void put_completed(struct recording *r, struct lane *lane, const struct sample *s, bool own,
                                 bool alone) {
    add(own, &lane->counts.completed, 1);
    if (s->status < RECORDING_STATUSES)
        add(own, &lane->counts.statuses[s->status], 1);
#pragma GCC unroll MEASURES
    for (int m = 0; m < MEASURES; m++) {
        int64_t value_ns = sample_measure_ns(s, (enum measure)m);
        if (value_ns >= 0)
            add_measure(own, &lane->histograms[m], value_ns);
    }
    note_gap(alone, r->facts, s->end_ns);
    if (!atomic_load_explicit(&r->facts->any_success, memory_order_relaxed))
        atomic_store_explicit(&r->facts->any_success, 1, memory_order_relaxed);
}

static void stop_because(struct recording *r, int why) {
    atomic_fetch_or(&r->facts->stop, why);
    uint64_t one = 1;
    /* Full only when it is readable already, which is all that matters. */
    if (write(r->stop_fd, &one, sizeof one) < 0)
        return;
}

void recording_stop(struct recording *r) {
    stop_because(r, STOP_ASKED);
}

static void keep_example(struct run_facts *f, enum error_class class, const char *example) {
    if (!example || !*example || atomic_exchange(&f->example_claimed[class], 1))
        return;
    size_t length = strnlen(example, RECORDING_EXAMPLE - 1);
    memcpy(f->examples[class], example, length);
}

static void put_failed(struct recording *r, struct lane *lane, const struct sample *s, const char *example) {
    struct run_facts *f = r->facts;
    enum error_class class = (enum error_class)s->error;
    if (error_class_cuts(class))
        add_measure(r->own_lanes, &lane->histograms[MEASURE_AGE], s->end_ns - s->due_ns);
    if (class == ERROR_CANCELLED) {
        add(r->own_lanes, &lane->counts.cancelled, 1);
        return;
    }
    if (class == ERROR_UNFINISHED) {
        add(r->own_lanes, &lane->counts.unfinished, 1);
        raise_to(false, &f->oldest_unfinished_ns, s->end_ns - s->start_ns);
        return;
    }
    add(r->own_lanes, &lane->counts.failed, 1);
    add(r->own_lanes, &lane->counts.errors[class], 1);
    raise_to(false, &f->longest_failed_ns, s->end_ns + s->work_ns - s->start_ns);
    keep_example(f, class, example);
    if (r->keep_going || s->foreseen || atomic_load_explicit(&f->any_success, memory_order_relaxed))
        return;
    if (atomic_fetch_add(&f->failures_before_success, 1) + 1 != RECORDING_GIVE_UP)
        return;
    atomic_store(&f->gave_up, 1);
    stop_because(r, STOP_GAVE_UP);
}

/* Expanded twice, so that what lanes of one's own spare is not asked for at every counter. */
static inline __attribute__((always_inline)) void put(struct recording *r, struct lane *lane, int64_t ticket,
                                                      const struct sample *s, const char *example, bool own) {
    bool alone = own && r->lane_count == 1;
    struct lane_counts *c = &lane->counts;
    if (!ring_put(&r->ring, ticket, s, alone) && r->drained)
        add(own, &c->samples_lost, 1);
    raise_to(alone, &r->facts->last_outcome_ns, s->end_ns + s->work_ns);
    add(own, &c->bytes_received, (uint64_t)s->bytes_received + s->header_bytes);
    add(own, &c->bytes_sent, s->bytes_sent);
    if (s->waited)
        add(own, &c->waited, 1);
    if (s->retries)
        add(own, &c->retries, s->retries);
    if (s->redirects)
        add(own, &c->redirects, s->redirects);
    if (s->connections)
        add(own, &c->connections_opened, s->connections);
    else if (s->sent_ns)
        add(own, &c->connections_reused, 1);
    if (s->resumed)
        add(own, &c->tls_resumed, 1);
    if (s->error)
        put_failed(r, lane, s, example);
    else
        put_completed(r, lane, s, own, alone);
}

void recording_put(struct recording *r, size_t lane, size_t slot, int64_t ticket, const struct sample *s,
                   const char *example) {
    atomic_store_explicit(&r->slots[slot].ticket_plus_1, 0, memory_order_relaxed);
    if (r->own_lanes)
        put(r, &r->lanes[lane], ticket, s, example, true);
    else
        put(r, &r->lanes[lane], ticket, s, example, false);
}

void recording_turn(struct recording *r, size_t lane, int64_t busy_ns) {
    add_measure(r->own_lanes, &r->lanes[lane].histograms[MEASURE_TURN], busy_ns);
}

void recording_look(struct recording *r) {
    struct run_facts *f = r->facts;
    struct usage before = usage_now();
    int program = f->program;
    struct footprint now = footprint_of_tree(program ? program : getpid());
    footprint_raise(&f->footprint_seen, &now);
    recording_discount(r, usage_difference(usage_now(), before));
}

void recording_discount(struct recording *r, struct usage cost) {
    r->facts->discount = usage_sum(r->facts->discount, cost);
}

void recording_note(struct recording *r, const char *format, ...) {
    char(*notes)[RECORDING_NOTE] = r->facts->notes;
    int free = 0;
    while (free < RECORDING_NOTES && notes[free][0])
        free++;
    if (free == RECORDING_NOTES)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(notes[free], RECORDING_NOTE, format, arguments);
    va_end(arguments);
}

bool recording_has_room(const struct recording *r) {
    return !r->drained || ring_has_room(&r->ring);
}

size_t recording_lane_here(const struct recording *r) {
    if (r->lane_count == 1)
        return 0;
    int cpu = sched_getcpu();
    return cpu < 0 ? 0 : (size_t)cpu % r->lane_count;
}

bool recording_cuts(const struct recording *r, int64_t moment_ns) {
    int64_t cut_ns = atomic_load_explicit(&r->facts->cut_ns, memory_order_relaxed);
    return cut_ns && moment_ns >= cut_ns;
}

bool recording_stopping(const struct recording *r) {
    return atomic_load_explicit(&r->facts->stop, memory_order_relaxed) != 0;
}
