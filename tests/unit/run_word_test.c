/* The runner with runs that go by word: whom it tells what, and what it does not count. The host refuses. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "http/targets.h"
#include "run/interrupt.h"
#include "run/runner.h"
#include "strategy/strategy.h"

#define MS INT64_C(1000000)
#define REQUESTS 2
#define TIMEOUT_NS (1500 * MS)

struct scene {
    struct plan plan;
    struct recording recording;
    struct launcher launcher;
    struct run_listener listener;
    int refusing; /* bound, and nobody listens */
    char url[64];
    int64_t ahead_ns; /* of the moment, when a run is ready */
    int readies, heards, finishes;
    struct run_result result; /* of the last run */
    int64_t ready_ns, go_ns, setup_start_ns;
};

static int bind_port(struct scene *s) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    s->refusing = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(s->refusing, (struct sockaddr *)&at, size) ||
        getsockname(s->refusing, (struct sockaddr *)&at, &size))
        return -1;
    return ntohs(at.sin_port);
}

static void give_word(struct scene *s) {
    recording_start_at(&s->recording, clock_now_ns() + s->ahead_ns);
}

static void on_ready(void *state, const struct run_feed *feed) {
    struct scene *s = state;
    s->readies++;
    assert_int_equal(feed->round, s->readies);
    assert_ptr_equal(feed->entry, &s->plan.entries[0]);
    give_word(s);
}

static int on_finished(void *state, const struct run_result *result, struct err *err) {
    struct scene *s = state;
    (void)err;
    s->finishes++;
    s->result = *result;
    s->ready_ns = s->recording.facts->ready_ns;
    s->go_ns = s->recording.facts->go_ns;
    s->setup_start_ns = s->recording.facts->setup_start_ns;
    return 0;
}

static int open_scene(void **state) {
    static struct scene scene;
    scene = (struct scene){.plan = {.requests = REQUESTS,
                                    .concurrency = 1,
                                    .rounds = 1,
                                    .ipv4_only = true,
                                    .timeout_ns = 20000 * MS,
                                    .connect_timeout_ns = 20000 * MS,
                                    .run_timeout_ns = 60000 * MS},
                           .recording = {.stop_fd = -1}};
    struct scene *s = &scene;
    struct err err = {0};
    *state = s;
    snprintf(s->url, sizeof s->url, "http://127.0.0.1:%d/", bind_port(s));
    s->plan.url = s->url;
    s->listener =
        (struct run_listener){.starts_by_word = true, .ready = on_ready, .finished = on_finished, .state = s};
    if (plan_add_modes(&s->plan, "sequential", &err) || plan_finish(&s->plan, &err) ||
        targets_find(&s->plan, &err))
        return -1;
    return strategy_configure(&s->plan, &s->plan.entries[0], &err);
}

static int close_scene(void **state) {
    struct scene *s = *state;
    recording_close(&s->recording);
    plan_fini(&s->plan);
    close(s->refusing);
    return 0;
}

static void execute(struct scene *s) {
    struct err err = {0};
    assert_int_equal(recording_open(&s->recording, REQUESTS, 1, runner_lanes(&s->plan), false, &err), 0);
    assert_int_equal(launcher_open(&s->launcher, &s->plan, &s->recording, &err), 0);
    assert_int_equal(runner_execute(&s->plan, &s->launcher, &s->recording, &s->listener, &err), 0);
    launcher_close(&s->launcher);
}

static void check_went(const struct scene *s) {
    assert_string_equal(run_reason_name(s->result.reason), "finished");
    assert_string_equal(s->result.failure.text, "");
    assert_int_equal(s->result.failed, REQUESTS);
    assert_true(s->result.start_agreed_ns > s->ready_ns);
    assert_true(s->go_ns >= s->result.start_agreed_ns);
    assert_int_equal(s->result.setup_ns, s->ready_ns - s->setup_start_ns);
}

static void every_run_waits_for_a_word_of_its_own(void **state) {
    struct scene *s = *state;
    s->plan.rounds = 3;
    s->ahead_ns = 20 * MS;
    execute(s);
    assert_int_equal(s->readies, 3);
    assert_int_equal(s->finishes, 3);
    check_went(s);
}

static void tell_by_descriptor(void *state, const struct run_feed *feed) {
    struct scene *s = state;
    (void)feed;
    s->readies++;
    assert_int_equal(eventfd_write(s->listener.control_fd, 1), 0);
}

/* As an owner does that finds the other end closed. */
static void hear_and_be_deaf(void *state) {
    struct scene *s = state;
    s->heards++;
    s->listener.control_fd = -1;
    give_word(s);
}

static void a_descriptor_of_the_callers_is_heard_while_the_run_waits(void **state) {
    struct scene *s = *state;
    int control_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    s->listener.control_fd = control_fd;
    s->listener.ready = tell_by_descriptor;
    s->listener.heard = hear_and_be_deaf;
    s->ahead_ns = MS;
    execute(s);
    close(control_fd);
    assert_int_equal(s->readies, 1);
    assert_int_equal(s->heards, 1);
    check_went(s);
}

static void a_run_that_cannot_begin_is_not_ready_but_finished(void **state) {
    struct scene *s = *state;
    s->plan.pin = "4095";
    execute(s);
    assert_int_equal(s->readies, 0);
    assert_int_equal(s->finishes, 1);
    assert_string_equal(run_reason_name(s->result.reason), "crashed");
    assert_int_equal(s->result.start_agreed_ns, 0);
    assert_int_equal(s->result.setup_ns, -1);
}

static void the_time_limit_does_not_count_the_wait(void **state) {
    struct scene *s = *state;
    s->plan.run_timeout_ns = TIMEOUT_NS;
    s->ahead_ns = TIMEOUT_NS + TIMEOUT_NS / 4;
    execute(s);
    check_went(s);
}

static void be_interrupted(void *state, const struct run_feed *feed) {
    struct scene *s = state;
    (void)feed;
    s->readies++;
    raise(SIGTERM);
}

/* The last test: interrupts are counted for good. */
static void a_run_that_is_interrupted_while_it_waits_never_began(void **state) {
    struct scene *s = *state;
    assert_int_equal(interrupt_install(NULL), 0);
    s->listener.ready = be_interrupted;
    execute(s);
    assert_int_equal(s->readies, 1);
    assert_int_equal(s->finishes, 1);
    assert_string_equal(run_reason_name(s->result.reason), "interrupted");
    assert_string_equal(s->result.failure.text, "");
    assert_int_equal(s->result.not_started, REQUESTS);
    assert_int_equal(s->go_ns, 0);
    assert_int_equal(s->result.wall_ns, -1);
    assert_int_equal(s->result.setup_ns, s->ready_ns - s->setup_start_ns);
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, open_scene, close_scene)

int main(void) {
    const struct CMUnitTest tests[] = {
        SCENE(every_run_waits_for_a_word_of_its_own),
        SCENE(a_descriptor_of_the_callers_is_heard_while_the_run_waits),
        SCENE(a_run_that_cannot_begin_is_not_ready_but_finished),
        SCENE(the_time_limit_does_not_count_the_wait),
        SCENE(a_run_that_is_interrupted_while_it_waits_never_began),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
