/* An external merge sort of two levels: sorted parts, and one merge of them all through a heap. */
#include "samples/order.h"

#include <stdlib.h>

#define LEAST_AHEAD 32 /* entries of a part that are read at once, at least */

/* A sorted part of the spool and what of it is in memory. */
struct part {
    int64_t next, end;        /* in the spool, not read yet */
    struct ring_entry *ahead; /* read */
    size_t at, have;
};

struct merge {
    struct spool *spool;
    enum order order;
    struct part *parts;
    size_t *heap; /* of parts, the one with the least entry first */
    size_t heap_count;
    size_t ahead;
};

static int compare_numbers(int64_t a, int64_t b) {
    return (a > b) - (a < b);
}

static int by_ticket(const void *a, const void *b) {
    const struct ring_entry *x = a, *y = b;
    return compare_numbers(x->ticket, y->ticket);
}

static int by_end(const void *a, const void *b) {
    const struct ring_entry *x = a, *y = b;
    int ends = compare_numbers(x->sample.end_ns, y->sample.end_ns);
    return ends ? ends : by_ticket(a, b);
}

static int compare(enum order order, const struct ring_entry *a, const struct ring_entry *b) {
    return order == ORDER_ISSUED ? by_ticket(a, b) : by_end(a, b);
}

/* What comes from one loop stands in order already. */
static bool is_sorted(const struct ring_entry *entries, size_t count, enum order order) {
    for (size_t i = 1; i < count; i++)
        if (compare(order, &entries[i - 1], &entries[i]) > 0)
            return false;
    return true;
}

void order_sort(struct ring_entry *entries, size_t count, enum order order) {
    if (!is_sorted(entries, count, order))
        qsort(entries, count, sizeof *entries, order == ORDER_ISSUED ? by_ticket : by_end);
}

static size_t part_length(int64_t count, int64_t from) {
    return (size_t)(count - from < ORDER_PART ? count - from : ORDER_PART);
}

static int sort_parts(struct spool *s, int64_t count, enum order order, struct ring_entry *room,
                      struct err *err) {
    for (int64_t from = 0; from < count; from += ORDER_PART) {
        size_t length = part_length(count, from);
        if (spool_read(s, from, room, length, err))
            return -1;
        if (is_sorted(room, length, order))
            continue;
        order_sort(room, length, order);
        if (spool_write(s, from, room, length, err))
            return -1;
    }
    return 0;
}

static const struct ring_entry *head(const struct merge *m, size_t heap_place) {
    const struct part *p = &m->parts[m->heap[heap_place]];
    return &p->ahead[p->at];
}

static void sift_down(struct merge *m, size_t place) {
    for (;;) {
        size_t least = place;
        for (size_t child = 2 * place + 1; child <= 2 * place + 2 && child < m->heap_count; child++)
            if (compare(m->order, head(m, child), head(m, least)) < 0)
                least = child;
        if (least == place)
            return;
        size_t moved = m->heap[place];
        m->heap[place] = m->heap[least];
        m->heap[least] = moved;
        place = least;
    }
}

/* 1 when there is something to read, 0 at the part's end, -1 with err filled. */
static int read_ahead(struct merge *m, struct part *p, struct err *err) {
    size_t left = (size_t)(p->end - p->next);
    p->at = 0;
    p->have = left < m->ahead ? left : m->ahead;
    if (p->have == 0)
        return 0;
    if (spool_read(m->spool, p->next, p->ahead, p->have, err))
        return -1;
    p->next += (int64_t)p->have;
    return 1;
}

static int begin_parts(struct merge *m, int64_t count, struct ring_entry *ahead, struct err *err) {
    for (int64_t from = 0; from < count; from += ORDER_PART) {
        struct part *p = &m->parts[m->heap_count];
        *p = (struct part){.next = from, .end = from + (int64_t)part_length(count, from), .ahead = ahead};
        if (read_ahead(m, p, err) < 0)
            return -1;
        ahead += m->ahead;
        m->heap[m->heap_count] = m->heap_count;
        m->heap_count++;
    }
    for (size_t i = m->heap_count; i-- > 0;)
        sift_down(m, i);
    return 0;
}

static int merge_parts(struct merge *m, struct order_visitor visitor, struct err *err) {
    while (m->heap_count > 0) {
        struct part *p = &m->parts[m->heap[0]];
        if (visitor.visit(visitor.state, &p->ahead[p->at++]))
            return -1;
        int more = p->at < p->have ? 1 : read_ahead(m, p, err);
        if (more < 0)
            return -1;
        if (!more)
            m->heap[0] = m->heap[--m->heap_count];
        sift_down(m, 0);
    }
    return 0;
}

static int walk_parts(struct spool *s, int64_t count, enum order order, struct ring_entry *room,
                      struct order_visitor visitor, struct err *err) {
    size_t parts = (size_t)((count + ORDER_PART - 1) / ORDER_PART);
    bool fits = ORDER_PART / parts >= LEAST_AHEAD;
    struct merge m = {.spool = s, .order = order, .ahead = fits ? ORDER_PART / parts : LEAST_AHEAD};
    struct ring_entry *ahead = fits ? room : calloc(parts * m.ahead, sizeof *ahead);
    m.parts = calloc(parts, sizeof *m.parts);
    m.heap = calloc(parts, sizeof *m.heap);
    int failed = -1;
    if (!ahead || !m.parts || !m.heap)
        err_set(err, ERR_OUTPUT, "there is no memory to put samples in order");
    else if (sort_parts(s, count, order, room, err) == 0 && begin_parts(&m, count, ahead, err) == 0)
        failed = merge_parts(&m, visitor, err);
    if (!fits)
        free(ahead);
    free(m.parts);
    free(m.heap);
    return failed;
}

int order_walk(struct spool *s, int64_t count, enum order order, struct ring_entry *room,
               struct order_visitor visitor, struct err *err) {
    if (count > ORDER_PART)
        return walk_parts(s, count, order, room, visitor, err);
    if (spool_read(s, 0, room, (size_t)count, err))
        return -1;
    order_sort(room, (size_t)count, order);
    for (int64_t i = 0; i < count; i++)
        if (visitor.visit(visitor.state, &room[i]))
            return -1;
    return 0;
}
