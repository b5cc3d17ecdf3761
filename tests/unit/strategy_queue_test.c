/* The bounded queue: order, bounds, ends, and many threads at once. */
#include "strategy/queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/clock.h"

#define TAKERS 8
#define ITEMS 20000

static struct ticket item_of(int64_t number) {
    return (struct ticket){.number = number, .queued_ns = number * 10};
}

static void fill(struct queue *q, int64_t first, int64_t count) {
    for (int64_t i = 0; i < count; i++)
        assert_true(queue_put(q, item_of(first + i)));
}

static void check_takes(struct queue *q, int64_t first, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        struct ticket item = {0};
        assert_true(queue_take(q, &item));
        assert_int_equal(item.number, first + i);
        assert_int_equal(item.queued_ns, item.number * 10);
    }
}

static void items_come_out_in_the_order_they_went_in(void **state) {
    (void)state;
    struct queue q;
    queue_init(&q, 3, 1);
    for (int64_t round = 0; round < 5; round++) {
        fill(&q, round * 2, 2);
        check_takes(&q, round * 2, 2);
    }
    queue_fini(&q);
}

static void a_closed_queue_gives_what_is_left_and_takes_no_more(void **state) {
    (void)state;
    struct queue q;
    struct ticket item = {0};
    queue_init(&q, 4, 1);
    fill(&q, 0, 3);
    queue_close(&q);
    assert_false(queue_put(&q, item_of(9)));
    check_takes(&q, 0, 3);
    assert_false(queue_take(&q, &item));
    queue_fini(&q);
}

static void a_dropped_queue_is_empty_and_says_how_many_it_dropped(void **state) {
    (void)state;
    struct queue q;
    struct ticket item = {0};
    queue_init(&q, 4, 1);
    fill(&q, 0, 3);
    assert_int_equal(queue_drop(&q), 3);
    assert_int_equal(queue_drop(&q), 0);
    assert_false(queue_take(&q, &item));
    assert_false(queue_put(&q, item_of(9)));
    queue_fini(&q);
}

static void a_reopened_queue_works_as_at_first(void **state) {
    (void)state;
    struct queue q;
    queue_init(&q, 3, 1);
    fill(&q, 0, 2);
    queue_drop(&q);
    queue_reopen(&q);
    fill(&q, 10, 3);
    check_takes(&q, 10, 3);
    queue_close(&q);
    queue_reopen(&q);
    fill(&q, 20, 3);
    check_takes(&q, 20, 3);
    queue_fini(&q);
}

/* Of an open loop; the taker gives back what it had and takes the next. */
static void put_due(struct queue *q, int64_t due_ns) {
    assert_true(queue_put(q, (struct ticket){.due_ns = due_ns, .queued_ns = due_ns}));
}

static bool next_found_free(struct queue *q, struct ticket *taken) {
    assert_true(queue_take(q, taken));
    return taken->found_free;
}

static void an_item_finds_a_taker_free_until_there_are_as_many_as_takers(void **state) {
    (void)state;
    struct queue q;
    struct ticket first = {0}, second = {0};
    int64_t later_ns = clock_now_ns() + 1000 * CLOCK_NS_PER_S;
    queue_init(&q, 8, 2);
    for (int64_t i = 0; i < 3; i++)
        put_due(&q, later_ns + i);
    assert_true(next_found_free(&q, &first)); /* no taker has begun yet, and so both are free */
    put_due(&q, later_ns + 3);
    assert_true(next_found_free(&q, &second));
    assert_false(next_found_free(&q, &first));
    assert_false(next_found_free(&q, &first));
    put_due(&q, later_ns + 4); /* both carry one */
    assert_false(next_found_free(&q, &second));
    queue_fini(&q);
}

static void an_item_put_late_may_have_been_due_while_no_taker_was_free(void **state) {
    (void)state;
    struct queue q;
    struct ticket only = {0};
    queue_init(&q, 8, 1);
    put_due(&q, 1);
    assert_true(next_found_free(&q, &only));
    put_due(&q, 2);
    assert_false(next_found_free(&q, &only));
    int64_t later_ns = clock_now_ns() + 1000 * CLOCK_NS_PER_S;
    queue_close(&q);
    assert_false(queue_take(&q, &only)); /* it is free from now on */
    q.closed = false;
    put_due(&q, 3);
    put_due(&q, later_ns);
    only = (struct ticket){0};
    assert_false(next_found_free(&q, &only));
    only = (struct ticket){0};
    assert_false(next_found_free(&q, &only));
    q.busy = 0;
    put_due(&q, later_ns);
    assert_true(next_found_free(&q, &only));
    queue_fini(&q);
}

struct crowd {
    struct queue queue;
    _Atomic int taken[ITEMS];
    _Atomic int64_t sum;
    _Atomic bool refused;
};

static void *take_all(void *argument) {
    struct crowd *c = argument;
    struct ticket item = {0};
    while (queue_take(&c->queue, &item)) {
        c->taken[item.number]++;
        c->sum++;
    }
    return NULL;
}

static void start(pthread_t *thread, void *(*body)(void *), struct crowd *c) {
    assert_int_equal(pthread_create(thread, NULL, body, c), 0);
}

static void pass_items_through(size_t capacity) {
    struct crowd *c = calloc(1, sizeof *c);
    pthread_t takers[TAKERS];
    assert_non_null(c);
    queue_init(&c->queue, capacity, TAKERS);
    for (int i = 0; i < TAKERS; i++)
        start(&takers[i], take_all, c);
    fill(&c->queue, 0, ITEMS);
    queue_close(&c->queue);
    for (int i = 0; i < TAKERS; i++)
        pthread_join(takers[i], NULL);
    assert_int_equal(c->sum, ITEMS);
    for (int i = 0; i < ITEMS; i++)
        assert_int_equal(c->taken[i], 1);
    queue_fini(&c->queue);
    free(c);
}

static void each_item_is_taken_once_by_one_of_many_threads(void **state) {
    (void)state;
    pass_items_through(TAKERS);
    pass_items_through(1000);
}

static void a_queue_of_one_place_still_passes_everything(void **state) {
    (void)state;
    pass_items_through(1);
    pass_items_through(2);
    pass_items_through(3);
}

static void *put_until_refused(void *argument) {
    struct crowd *c = argument;
    while (queue_put(&c->queue, item_of(0)))
        continue;
    c->refused = true;
    return NULL;
}

static bool putter_waits(struct queue *q) {
    pthread_mutex_lock(&q->mutex);
    bool waits = q->putter_waits;
    pthread_mutex_unlock(&q->mutex);
    return waits;
}

static void a_putter_that_waits_for_room_is_woken_by_a_drop(void **state) {
    (void)state;
    struct crowd *c = calloc(1, sizeof *c);
    pthread_t putter;
    assert_non_null(c);
    queue_init(&c->queue, 4, TAKERS);
    start(&putter, put_until_refused, c);
    while (!putter_waits(&c->queue))
        sched_yield();
    assert_int_equal(queue_drop(&c->queue), 4);
    pthread_join(putter, NULL);
    assert_true(c->refused);
    queue_fini(&c->queue);
    free(c);
}

static void takers_that_wait_are_woken_by_a_close(void **state) {
    (void)state;
    struct crowd *c = calloc(1, sizeof *c);
    pthread_t takers[TAKERS];
    assert_non_null(c);
    queue_init(&c->queue, 4, TAKERS);
    for (int i = 0; i < TAKERS; i++)
        start(&takers[i], take_all, c);
    queue_close(&c->queue);
    for (int i = 0; i < TAKERS; i++)
        pthread_join(takers[i], NULL);
    assert_int_equal(c->sum, 0);
    queue_fini(&c->queue);
    free(c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_come_out_in_the_order_they_went_in),
        cmocka_unit_test(a_closed_queue_gives_what_is_left_and_takes_no_more),
        cmocka_unit_test(a_dropped_queue_is_empty_and_says_how_many_it_dropped),
        cmocka_unit_test(a_reopened_queue_works_as_at_first),
        cmocka_unit_test(an_item_finds_a_taker_free_until_there_are_as_many_as_takers),
        cmocka_unit_test(an_item_put_late_may_have_been_due_while_no_taker_was_free),
        cmocka_unit_test(each_item_is_taken_once_by_one_of_many_threads),
        cmocka_unit_test(a_queue_of_one_place_still_passes_everything),
        cmocka_unit_test(a_putter_that_waits_for_room_is_woken_by_a_drop),
        cmocka_unit_test(takers_that_wait_are_woken_by_a_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
