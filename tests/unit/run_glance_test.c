/* What is shown of a run while it is on, from a recording made by hand. */
#include "run/glance.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define MS INT64_C(1000000)
#define GO (5000 * MS)

struct scene {
    struct recording recording;
    struct plan plan;
    struct plan_entry entry;
    struct glance glance;
    int64_t tickets;
};

static int open_scene(void **state) {
    static struct scene scene;
    scene = (struct scene){.plan = {.requests = 1000}};
    *state = &scene;
    glance_open(&scene.glance);
    return recording_open(&scene.recording, 1000, 1, 1, false, NULL);
}

static int close_scene(void **state) {
    struct scene *s = *state;
    glance_close(&s->glance);
    recording_close(&s->recording);
    return 0;
}

/* So many that were due 5 ms, and begun 1 ms, before their end. */
static void put(struct scene *s, int count) {
    for (int i = 0; i < count; i++) {
        struct sample sample = {
            .due_ns = GO, .paced = true, .start_ns = GO + 4 * MS, .end_ns = GO + 5 * MS, .status = 200};
        recording_put(&s->recording, 0, 0, s->tickets++, &sample, NULL);
    }
}

static void the_rate_is_that_of_the_last_second(void **state) {
    struct scene *s = *state;
    const struct run_feed *feed = &s->glance.feed;
    glance_begin(&s->glance, &s->plan, &s->entry);
    glance_take(&s->glance, &s->recording, GO - MS);
    assert_true(isnan(feed->rate_per_s));
    s->recording.facts->go_ns = GO;
    for (int look = 1; look <= 20; look++) {
        put(s, look <= 10 ? 10 : 30);
        glance_take(&s->glance, &s->recording, GO + look * 200 * MS);
        if (look <= 10 || look >= 16)
            assert_true(fabs(feed->rate_per_s - (look <= 10 ? 50 : 150)) < 1e-6);
    }
    assert_int_equal(feed->done, 400);
    assert_int_equal(feed->elapsed_ns, 4000 * MS);
}

static void a_run_of_a_count_has_a_total_and_one_of_a_time_a_length(void **state) {
    struct scene *s = *state;
    glance_begin(&s->glance, &s->plan, &s->entry);
    assert_int_equal(s->glance.feed.total, 1000);
    assert_int_equal(s->glance.feed.length_ns, 0);
    s->plan.duration_ns = s->plan.length_ns = 3000 * MS;
    glance_begin(&s->glance, &s->plan, &s->entry);
    assert_int_equal(s->glance.feed.total, 0);
    assert_int_equal(s->glance.feed.length_ns, 3000 * MS);
}

static void percentiles_of_an_open_loop_are_from_the_due_moment(void **state) {
    struct scene *s = *state;
    for (int open = 0; open < 2; open++) {
        s->plan.load = (struct load){.stages = {{10, 10, LOAD_NEVER_NS}}, .stage_count = (size_t)open};
        glance_begin(&s->glance, &s->plan, &s->entry);
        s->recording.facts->go_ns = GO;
        put(s, 3);
        glance_take(&s->glance, &s->recording, GO + 10 * MS);
        assert_int_equal(s->glance.feed.p50_ns, (open ? 5 : 1) * MS);
        assert_int_equal(s->glance.feed.total, 1000);
    }
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, open_scene, close_scene)

int main(void) {
    const struct CMUnitTest tests[] = {
        SCENE(the_rate_is_that_of_the_last_second),
        SCENE(a_run_of_a_count_has_a_total_and_one_of_a_time_a_length),
        SCENE(percentiles_of_an_open_loop_are_from_the_due_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
