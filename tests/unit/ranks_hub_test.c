/* Rank 0's side of a launch, with ranks that are rows of a table and a clock that is the test's. */
#include "ranks/hub.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/clock.h"

#define RANKS 4
#define DIGEST 77
#define MODES "raw-async"
#define MS INT64_C(1000000)
#define WAY_NS INT64_C(40000) /* of a message between two ranks */
#define MAIL 256

static int64_t now_ns;

/* In place of the C library's. */
int clock_gettime(clockid_t clock, struct timespec *t) {
    (void)clock;
    *t = (struct timespec){.tv_sec = now_ns / CLOCK_NS_PER_S, .tv_nsec = now_ns % CLOCK_NS_PER_S};
    return 0;
}

struct far_rank {
    int64_t offset_ns; /* its clock less rank 0's */
    bool mute, unreachable;
    int64_t given[MESSAGE_BYE + 1]; /* messages of each kind that it got */
    struct message last[MESSAGE_BYE + 1];
    char name[32]; /* with its orders */
    /* what the owner was told of it */
    int64_t reported, lost, refused, status;
    char text[64], trouble[64], why[100];
};

struct world {
    struct hub *hub;
    struct far_rank ranks[RANKS];
    struct message mail[MAIL]; /* to the hub, and from whom */
    int64_t from[MAIL];
    size_t first, last;
    struct ranks_progress sum;
    int64_t sums;
    char said[64];
};

static void post(struct world *w, int64_t from, const struct message *m) {
    assert_true(w->last - w->first < MAIL);
    w->from[w->last % MAIL] = from;
    w->mail[w->last++ % MAIL] = *m;
}

static int on_give(void *state, int64_t to, const struct message *head, const void *text, size_t length) {
    struct world *w = state;
    struct far_rank *r = &w->ranks[to];
    if (r->unreachable)
        return -1;
    r->given[head->kind]++;
    r->last[head->kind] = *head;
    if (head->kind == MESSAGE_ORDERS)
        snprintf(r->name, sizeof r->name, "%.*s", (int)length, (const char *)text);
    if (head->kind == MESSAGE_PING && head->ping.number && !r->mute) {
        struct message pong = *head;
        pong.kind = MESSAGE_PONG;
        pong.ping.answered_ns = now_ns + WAY_NS + r->offset_ns;
        post(w, to, &pong);
    }
    return 0;
}

static void on_progress(void *state, const struct ranks_progress *sum) {
    struct world *w = state;
    w->sum = *sum;
    w->sums++;
}

static void on_said(void *state, const char *sentence) {
    struct world *w = state;
    snprintf(w->said, sizeof w->said, "%s", sentence);
}

static void on_reported(void *state, int64_t rank, const char *host, const char *name, const char *trouble,
                        const char *report, size_t length) {
    struct far_rank *r = &((struct world *)state)->ranks[rank];
    r->reported++;
    snprintf(r->text, sizeof r->text, "%s|%s|%.*s", host, name, (int)length, report);
    snprintf(r->trouble, sizeof r->trouble, "%s", trouble);
}

static void on_lost(void *state, int64_t rank, const char *host, const char *why) {
    struct far_rank *r = &((struct world *)state)->ranks[rank];
    (void)host;
    r->lost++;
    snprintf(r->why, sizeof r->why, "%s", why);
}

static void on_refused(void *state, int64_t rank, const char *host, const char *why, int64_t status) {
    struct far_rank *r = &((struct world *)state)->ranks[rank];
    (void)host;
    r->refused++;
    r->status = status;
    snprintf(r->why, sizeof r->why, "%s", why);
}

static void tell(struct world *w, int64_t rank, const struct message *m, const char *text) {
    hub_heard(w->hub, rank, m, text, strlen(text));
}

static void greet(struct world *w, int64_t rank) {
    char host[8];
    snprintf(host, sizeof host, "h%d", (int)rank);
    tell(w, rank, &(struct message){.kind = MESSAGE_HELLO, .words.digest = DIGEST}, host);
}

static int setup(void **state) {
    struct world *w = calloc(1, sizeof *w);
    struct hub_owner owner = {w, w, on_give, on_progress, on_said, on_reported, on_lost, on_refused};
    now_ns = 1000 * CLOCK_NS_PER_S;
    w->hub = hub_open(RANKS, &owner,
                      &(struct hub_orders){.seed = 5, .digest = DIGEST, .name = "out.json", .modes = MODES});
    for (int64_t i = 0; i < RANKS; i++)
        w->ranks[i].offset_ns = -300 * CLOCK_NS_PER_S * i;
    *state = w;
    return 0;
}

static void settle(struct world *w, int64_t rank) {
    tell(w, rank, &(struct message){.kind = MESSAGE_SETTLED}, MODES);
}

/* All ranks have said who they are. */
static int setup_greeted(void **state) {
    struct world *w;
    setup(state);
    w = *state;
    for (int64_t i = 0; i < RANKS; i++)
        greet(w, i);
    hub_step(w->hub);
    return 0;
}

/* And that they can begin. */
static int setup_begun(void **state) {
    setup_greeted(state);
    struct world *w = *state;
    for (int64_t i = 0; i < RANKS; i++)
        settle(w, i);
    hub_step(w->hub);
    return 0;
}

static int teardown(void **state) {
    struct world *w = *state;
    hub_close(w->hub);
    free(w);
    return 0;
}

/* Lets that time pass, with every answer that comes in it; ranks that are not mute show that they live. */
static void pass(struct world *w, int64_t ns) {
    static const struct message alive = {.kind = MESSAGE_ALIVE};
    for (int64_t until_ns = now_ns + ns; now_ns < until_ns;) {
        hub_step(w->hub);
        bool quick = w->first != w->last;
        now_ns += quick ? 2 * WAY_NS : 20 * MS;
        for (size_t last = w->last; w->first != last; w->first++)
            hub_heard(w->hub, w->from[w->first % MAIL], &w->mail[w->first % MAIL], "", 0);
        for (int64_t i = 0; i < RANKS && !quick; i++)
            if (!w->ranks[i].mute)
                hub_heard(w->hub, i, &alive, "", 0);
    }
}

static void tell_number(struct world *w, int64_t rank, enum message_kind kind, int64_t number) {
    tell(w, rank, &(struct message){.kind = kind, .run.number = number}, "");
}

static void make_ready(struct world *w, int64_t run) {
    for (int64_t i = 0; i < RANKS; i++)
        tell_number(w, i, MESSAGE_READY, run);
}

static void make_pass(struct world *w, int64_t run) {
    for (int64_t i = 0; i < RANKS; i++)
        tell_number(w, i, MESSAGE_PASSED, run);
}

static void report(struct world *w, int64_t rank) {
    static const char text[] = "out.json\0\0{}"; /* the file's name, no trouble, the report */
    hub_heard(w->hub, rank, &(struct message){.kind = MESSAGE_REPORT}, text, sizeof text - 1);
}

static int64_t starts(const struct world *w, int64_t rank) {
    return w->ranks[rank].given[MESSAGE_START];
}

static const struct message *start_of(const struct world *w, int64_t rank) {
    return &w->ranks[rank].last[MESSAGE_START];
}

static int64_t given_to_all(const struct world *w, enum message_kind kind) {
    int64_t given = 0;
    for (int64_t i = 0; i < RANKS; i++)
        given += w->ranks[i].given[kind];
    return given;
}

static void orders_are_given_once_all_have_greeted(void **state) {
    struct world *w = *state;
    for (int64_t i = RANKS - 1; i >= 0; i--) {
        hub_step(w->hub);
        assert_int_equal(given_to_all(w, MESSAGE_ORDERS), 0);
        greet(w, i);
    }
    hub_step(w->hub);
    hub_step(w->hub);
    assert_int_equal(given_to_all(w, MESSAGE_ORDERS), RANKS);
    assert_int_equal(w->ranks[2].last[MESSAGE_ORDERS].orders.rank, 2);
    assert_int_equal(w->ranks[2].last[MESSAGE_ORDERS].orders.size, RANKS);
    assert_int_equal(w->ranks[2].last[MESSAGE_ORDERS].orders.seed, 5);
    assert_string_equal(w->ranks[2].name, "out.json");
}

static void assert_refused(struct world *w, int64_t rank, const char *why) {
    hub_step(w->hub);
    for (int64_t i = 0; i < RANKS; i++)
        assert_int_equal(w->ranks[i].refused, i == rank);
    assert_string_equal(w->ranks[rank].why, why);
    assert_int_equal(w->ranks[rank].status, 2);
    assert_int_equal(given_to_all(w, MESSAGE_BEGIN), 0);
    assert_true(hub_is_done(w->hub) && hub_has_all(w->hub));
}

static void other_words_on_a_rank_refuse_the_whole_before_any_orders(void **state) {
    struct world *w = *state;
    tell(w, 3, &(struct message){.kind = MESSAGE_HELLO, .words.digest = DIGEST + 1}, "h");
    hub_step(w->hub);
    assert_false(hub_is_done(w->hub)); /* others may say so too */
    for (int64_t i = 0; i < 3; i++)
        greet(w, i);
    assert_refused(w, 3, "it was started with other words than rank 0");
    assert_int_equal(given_to_all(w, MESSAGE_ORDERS), 0);
}

static void ranks_begin_once_the_last_is_settled(void **state) {
    struct world *w = *state;
    for (int64_t i = 0; i < RANKS; i++) {
        hub_step(w->hub);
        assert_int_equal(given_to_all(w, MESSAGE_BEGIN), 0);
        settle(w, i);
    }
    hub_step(w->hub);
    hub_step(w->hub);
    assert_int_equal(given_to_all(w, MESSAGE_BEGIN), RANKS);
}

static void what_a_rank_refuses_before_the_beginning_refuses_the_whole(void **state) {
    struct world *w = *state;
    tell(w, 2, &(struct message){.kind = MESSAGE_FAILED, .end.status = 2}, "there is no such file");
    for (int64_t i = 0; i < RANKS; i++)
        if (i != 2)
            settle(w, i);
    assert_refused(w, 2, "there is no such file");
}

static void other_modes_than_rank_0_s_refuse_the_whole(void **state) {
    struct world *w = *state;
    for (int64_t i = 0; i < RANKS; i++)
        tell(w, i, &(struct message){.kind = MESSAGE_SETTLED}, i == 1 ? "raw" : MODES);
    assert_refused(w, 1, "it can run raw and rank 0 raw-async, so name the modes by -M");
}

static void a_rank_that_dies_before_the_beginning_costs_its_share(void **state) {
    struct world *w = *state;
    tell(w, 2, &(struct message){.kind = MESSAGE_FAILED}, "its worker was ended by signal 9 (Killed)");
    for (int64_t i = 0; i < RANKS; i++)
        if (i != 2)
            settle(w, i);
    hub_step(w->hub);
    assert_int_equal(w->ranks[2].lost, 1);
    assert_int_equal(w->ranks[0].given[MESSAGE_BEGIN], 1);
    assert_false(hub_is_done(w->hub));
}

static void all_begin_at_one_moment_each_by_its_own_clock(void **state) {
    struct world *w = *state;
    make_ready(w, 1);
    pass(w, 100 * MS);
    int64_t agreed_ns = start_of(w, 0)->start.agreed_ns;
    assert_in_range(agreed_ns, 1000 * CLOCK_NS_PER_S, 1001 * CLOCK_NS_PER_S);
    for (int64_t i = 0; i < RANKS; i++) {
        assert_int_equal(starts(w, i), 1);
        assert_int_equal(start_of(w, i)->start.run, 1);
        assert_int_equal(start_of(w, i)->start.agreed_ns, agreed_ns);
        int64_t error_ns = start_of(w, i)->start.local_ns - agreed_ns - w->ranks[i].offset_ns;
        assert_true(llabs(error_ns) <= WAY_NS);
        assert_int_equal(w->ranks[i].last[MESSAGE_CLOCK].clock.offset_ns,
                         start_of(w, i)->start.local_ns - agreed_ns);
    }
}

static void nobody_begins_before_the_last_is_ready(void **state) {
    struct world *w = *state;
    for (int64_t i = 0; i < RANKS - 1; i++)
        tell_number(w, i, MESSAGE_READY, 1);
    pass(w, 5 * CLOCK_NS_PER_S);
    assert_int_equal(starts(w, 0), 0);
    assert_int_equal(w->ranks[1].given[MESSAGE_PING], 0);
    tell_number(w, RANKS - 1, MESSAGE_READY, 1);
    pass(w, 100 * MS);
    assert_int_equal(starts(w, 0), 1);
}

static void a_rank_that_passes_a_run_by_is_not_waited_for_and_joins_the_next(void **state) {
    struct world *w = *state;
    make_ready(w, 1);
    tell_number(w, 1, MESSAGE_PASSED, 1); /* it could not begin */
    pass(w, 100 * MS);
    assert_int_equal(starts(w, 0), 1);
    assert_int_equal(starts(w, 1), 0);
    tell_number(w, 1, MESSAGE_READY, 2);
    pass(w, 100 * MS);
    assert_int_equal(starts(w, 1), 0);
    make_pass(w, 1);
    make_ready(w, 2);
    pass(w, 100 * MS);
    for (int64_t i = 0; i < RANKS; i++)
        assert_int_equal(start_of(w, i)->start.run, 2);
}

static void a_run_that_all_pass_by_is_left_out(void **state) {
    struct world *w = *state;
    make_pass(w, 1);
    pass(w, 100 * MS);
    make_ready(w, 2);
    pass(w, 100 * MS);
    assert_int_equal(start_of(w, 0)->start.run, 2);
    assert_int_equal(starts(w, 0), 1);
}

static void say_round(struct world *w, int64_t rank, int64_t number, int64_t wanted) {
    tell(w, rank, &(struct message){.kind = MESSAGE_ROUND, .round = {number, wanted}}, "");
    hub_step(w->hub);
}

static void rank_0_decides_about_rounds_alone(void **state) {
    struct world *w = *state;
    say_round(w, 1, 1, 60);
    for (int64_t i = 0; i < RANKS; i++)
        assert_int_equal(w->ranks[i].given[MESSAGE_ROUNDS], 0);
    say_round(w, 0, 1, 9);
    for (int64_t i = 0; i < RANKS; i++) {
        assert_int_equal(w->ranks[i].given[MESSAGE_ROUNDS], 1);
        assert_int_equal(w->ranks[i].last[MESSAGE_ROUNDS].round.number, 1);
        assert_int_equal(w->ranks[i].last[MESSAGE_ROUNDS].round.rounds, 9);
    }
}

static void where_rank_0_is_lost_the_next_one_decides_about_rounds(void **state) {
    struct world *w = *state;
    say_round(w, 0, 1, 9);
    say_round(w, 1, 1, 60);
    tell(w, 0, &(struct message){.kind = MESSAGE_FAILED}, "its worker ended");
    hub_step(w->hub);
    assert_int_equal(w->ranks[2].given[MESSAGE_ROUNDS], 1); /* that one was told */
    say_round(w, 2, 2, 8);
    say_round(w, 1, 2, 7);
    assert_int_equal(w->ranks[2].given[MESSAGE_ROUNDS], 2);
    assert_int_equal(w->ranks[2].last[MESSAGE_ROUNDS].round.rounds, 7);
}

static void a_rank_whose_share_is_lost_hears_signs_of_life_and_the_end(void **state) {
    struct world *w = *state;
    static const struct message alive = {.kind = MESSAGE_ALIVE}, bye = {.kind = MESSAGE_BYE};
    tell(w, 2, &(struct message){.kind = MESSAGE_FAILED, .end.status = 2}, "there is no such file");
    hub_give_all(w->hub, &alive);
    hub_give_all(w->hub, &bye);
    assert_int_equal(w->ranks[2].lost, 1);
    assert_int_equal(w->ranks[2].given[MESSAGE_ALIVE], 1);
    assert_int_equal(w->ranks[2].given[MESSAGE_BYE], 1);
    assert_true(hub_has_all(w->hub));
    w->ranks[2].mute = true;
    pass(w, HUB_PATIENCE_NS + CLOCK_NS_PER_S);
    hub_give_all(w->hub, &bye);
    assert_int_equal(w->ranks[2].given[MESSAGE_BYE], 1);
    assert_int_equal(w->ranks[2].lost, 1);
    assert_false(hub_has_all(w->hub));
}

static void whoever_is_given_up_is_lost_unless_it_has_reported(void **state) {
    struct world *w = *state;
    report(w, 1);
    hub_give_up(w->hub, "it took too long");
    for (int64_t i = 0; i < RANKS; i++)
        assert_int_equal(w->ranks[i].lost, i != 1);
    assert_string_equal(w->ranks[2].why, "it took too long");
    assert_true(hub_is_done(w->hub));
}

static void silence_that_is_excused_does_not_add_up(void **state) {
    struct world *w = *state;
    pass(w, 100 * MS);
    w->ranks[2].mute = true;
    pass(w, HUB_PATIENCE_NS - CLOCK_NS_PER_S);
    hub_excuse_silence(w->hub);
    pass(w, HUB_PATIENCE_NS - CLOCK_NS_PER_S);
    assert_int_equal(w->ranks[2].lost, 0);
    pass(w, 2 * CLOCK_NS_PER_S);
    assert_int_equal(w->ranks[2].lost, 1);
}

static void a_silent_rank_is_lost_once_and_the_others_go_on(void **state) {
    struct world *w = *state;
    make_ready(w, 1);
    pass(w, 100 * MS);
    w->ranks[2].mute = true;
    pass(w, HUB_PATIENCE_NS - CLOCK_NS_PER_S);
    assert_int_equal(w->ranks[2].lost, 0);
    pass(w, 30 * CLOCK_NS_PER_S);
    assert_int_equal(w->ranks[2].lost, 1);
    assert_string_equal(w->ranks[2].why, "nothing was heard of it for 10 s");
    make_pass(w, 1);
    for (int64_t i = 0; i < RANKS; i++)
        if (i != 2)
            tell_number(w, i, MESSAGE_READY, 2);
    pass(w, 100 * MS);
    for (int64_t i = 0; i < RANKS; i++)
        assert_int_equal(start_of(w, i)->start.run, i == 2 ? 1 : 2);
    assert_false(hub_has_all(w->hub));
}

static void a_rank_that_never_comes_is_lost_after_a_minute(void **state) {
    struct world *w = *state;
    w->ranks[3].mute = true;
    for (int64_t i = 0; i < RANKS - 1; i++)
        greet(w, i);
    pass(w, 50 * CLOCK_NS_PER_S);
    assert_int_equal(w->ranks[3].lost, 0);
    assert_int_equal(w->ranks[0].given[MESSAGE_ORDERS], 0);
    pass(w, 15 * CLOCK_NS_PER_S);
    assert_int_equal(w->ranks[3].lost, 1);
    assert_int_equal(w->ranks[0].given[MESSAGE_ORDERS], 1);
    assert_int_equal(w->ranks[3].given[MESSAGE_ORDERS], 0);
}

static void a_rank_that_cannot_be_reached_is_lost(void **state) {
    struct world *w = *state;
    w->ranks[1].unreachable = true;
    make_ready(w, 1);
    pass(w, 100 * MS);
    assert_int_equal(w->ranks[1].lost, 1);
    assert_string_equal(w->ranks[1].why, "it cannot be reached");
    assert_int_equal(starts(w, 0), 1);
}

static void a_rank_whose_clock_cannot_be_read_holds_the_others_up_for_seconds_only(void **state) {
    struct world *w = *state;
    w->ranks[3].mute = true;
    make_ready(w, 1);
    pass(w, 4 * CLOCK_NS_PER_S);
    assert_int_equal(starts(w, 0), 1);
    assert_int_equal(starts(w, 3), 0);
    assert_string_equal(w->ranks[3].why, "its clock could not be read");
}

/* Each would be the quickest, and far off. */
static void answers_that_were_not_asked_for_count_for_nothing(void **state) {
    struct world *w = *state;
    make_ready(w, 1);
    hub_step(w->hub);
    hub_step(w->hub); /* rank 1 is asked first, and by itself */
    assert_int_equal(w->ranks[1].last[MESSAGE_PING].ping.number, 1);
    tell(w, 1, &(struct message){.kind = MESSAGE_PONG, .ping = {99, now_ns, 1}}, "");
    tell(w, 2, &(struct message){.kind = MESSAGE_PONG, .ping = {1, now_ns, 1}}, "");
    pass(w, 100 * MS);
    for (int64_t i = 1; i <= 2; i++)
        assert_true(llabs(w->ranks[i].last[MESSAGE_CLOCK].clock.offset_ns - w->ranks[i].offset_ns) <= WAY_NS);
}

static void clocks_are_compared_once_more_when_all_have_run(void **state) {
    struct world *w = *state;
    make_ready(w, 1);
    pass(w, 100 * MS);
    for (int64_t i = 0; i < RANKS; i++)
        w->ranks[i].offset_ns += i * MS; /* they drift */
    make_pass(w, 1);
    for (int64_t i = 0; i < RANKS; i++)
        tell_number(w, i, MESSAGE_RAN, 0);
    pass(w, 100 * MS);
    for (int64_t i = 0; i < RANKS; i++) {
        const struct far_rank *r = &w->ranks[i];
        assert_int_equal(r->given[MESSAGE_CLOCK], 2);
        assert_true(llabs(r->last[MESSAGE_CLOCK].clock.offset_ns - r->offset_ns) <= WAY_NS);
    }
}

static void a_report_is_told_once_and_ends_the_wait_for_its_rank(void **state) {
    struct world *w = *state;
    for (int64_t i = 0; i < RANKS; i++) {
        assert_false(hub_is_done(w->hub));
        report(w, i);
        report(w, i);
        assert_int_equal(w->ranks[i].reported, 1);
    }
    assert_string_equal(w->ranks[3].text, "h3|out.json|{}");
    assert_string_equal(w->ranks[3].trouble, "");
    assert_true(hub_is_done(w->hub) && hub_has_all(w->hub));
}

static void what_is_wrong_with_a_report_comes_with_it(void **state) {
    struct world *w = *state;
    static const char text[] = "r1.json\0its worker was ended\0[1,2]";
    hub_heard(w->hub, 1, &(struct message){.kind = MESSAGE_REPORT}, text, sizeof text - 1);
    assert_string_equal(w->ranks[1].text, "h1|r1.json|[1,2]");
    assert_string_equal(w->ranks[1].trouble, "its worker was ended");
}

static void a_report_that_is_cut_is_none(void **state) {
    struct world *w = *state;
    static const struct message head = {.kind = MESSAGE_REPORT};
    hub_heard(w->hub, 1, &head, "", 0);
    hub_heard(w->hub, 1, &head, "name", 4);
    hub_heard(w->hub, 1, &head, "name\0trouble", 12);
    assert_int_equal(w->ranks[1].reported, 0);
    assert_false(hub_is_done(w->hub));
}

static void a_failure_is_told_once(void **state) {
    struct world *w = *state;
    for (int i = 0; i < 2; i++)
        tell(w, 1, &(struct message){.kind = MESSAGE_FAILED, .end.status = 2}, "there is no such file");
    assert_int_equal(w->ranks[1].lost, 1);
    assert_string_equal(w->ranks[1].why, "there is no such file");
}

static void a_rank_lost_after_its_report_is_lost_no_share(void **state) {
    struct world *w = *state;
    report(w, 1);
    w->ranks[1].mute = true;
    pass(w, 2 * HUB_PATIENCE_NS);
    assert_int_equal(w->ranks[1].lost, 0);
    assert_int_equal(w->ranks[1].reported, 1);
    assert_false(hub_has_all(w->hub)); /* yet there is nobody to end in order with */
}

static void a_report_of_a_rank_that_was_lost_is_not_taken_any_more(void **state) {
    struct world *w = *state;
    w->ranks[1].mute = true;
    pass(w, 2 * HUB_PATIENCE_NS);
    report(w, 1);
    assert_int_equal(w->ranks[1].lost, 1);
    assert_int_equal(w->ranks[1].reported, 0);
}

static void a_stop_reaches_all_once_and_nothing_begins_after_it(void **state) {
    struct world *w = *state;
    for (int64_t i = 2; i >= 1; i--)
        tell(w, i, &(struct message){.kind = MESSAGE_STOPPED, .end.status = 15}, "");
    make_ready(w, 1);
    pass(w, CLOCK_NS_PER_S);
    for (int64_t i = 0; i < RANKS; i++) {
        assert_int_equal(w->ranks[i].given[MESSAGE_STOP], 1);
        assert_int_equal(w->ranks[i].last[MESSAGE_STOP].end.status, 15);
        assert_int_equal(starts(w, i), 0);
    }
}

static void say_progress(struct world *w, int64_t rank, int64_t run, int64_t done, double rate_per_s) {
    struct message m = {.kind = MESSAGE_PROGRESS};
    m.progress = (struct ranks_progress){
        .run = run, .done = done, .failed = 1, .total = 100, .round = 3, .rate_per_s = rate_per_s};
    tell(w, rank, &m, "");
}

static void without_rank_0_progress_is_that_of_the_others(void **state) {
    struct world *w = *state;
    say_progress(w, 0, 1, 10, 5);
    tell(w, 0, &(struct message){.kind = MESSAGE_FAILED}, "its worker ended");
    for (int64_t i = 1; i < RANKS; i++)
        say_progress(w, i, 2, 7, 5);
    hub_step(w->hub);
    assert_int_equal(w->sum.run, 2);
    assert_int_equal(w->sum.done, 7 * (RANKS - 1));
}

static void progress_is_that_of_all_who_are_at_rank_0_s_run(void **state) {
    struct world *w = *state;
    for (int64_t i = 0; i < RANKS; i++)
        say_progress(w, i, i == 2 ? 1 : 2, 10 * (i + 1), 5);
    hub_step(w->hub);
    assert_int_equal(w->sums, 1);
    assert_int_equal(w->sum.done, 10 + 20 + 40);
    assert_int_equal(w->sum.failed, 3);
    assert_int_equal(w->sum.total, 300);
    assert_int_equal(w->sum.round, 3);
    assert_true(w->sum.rate_per_s == 15);
    hub_step(w->hub);
    assert_int_equal(w->sums, 1); /* a few times a second is enough */
}

static void a_rank_whose_rate_is_not_known_yet_hides_no_others(void **state) {
    struct world *w = *state;
    say_progress(w, 0, 1, 10, NAN);
    say_progress(w, 1, 1, 10, 7);
    say_progress(w, 2, 1, 10, NAN);
    hub_step(w->hub);
    assert_true(w->sum.rate_per_s == 7);
}

static void rank_0_s_worker_speaks_for_all(void **state) {
    struct world *w = *state;
    tell(w, 0, &(struct message){.kind = MESSAGE_SAID}, "6 rounds");
    tell(w, 1, &(struct message){.kind = MESSAGE_SAID}, "60 rounds");
    assert_string_equal(w->said, "6 rounds");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_begun, teardown)

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(orders_are_given_once_all_have_greeted, setup, teardown),
        cmocka_unit_test_setup_teardown(other_words_on_a_rank_refuse_the_whole_before_any_orders, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(ranks_begin_once_the_last_is_settled, setup_greeted, teardown),
        cmocka_unit_test_setup_teardown(what_a_rank_refuses_before_the_beginning_refuses_the_whole,
                                        setup_greeted, teardown),
        cmocka_unit_test_setup_teardown(other_modes_than_rank_0_s_refuse_the_whole, setup_greeted, teardown),
        cmocka_unit_test_setup_teardown(a_rank_that_dies_before_the_beginning_costs_its_share, setup_greeted,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_rank_that_never_comes_is_lost_after_a_minute, setup, teardown),
        TEST(all_begin_at_one_moment_each_by_its_own_clock),
        TEST(nobody_begins_before_the_last_is_ready),
        TEST(a_rank_that_passes_a_run_by_is_not_waited_for_and_joins_the_next),
        TEST(a_run_that_all_pass_by_is_left_out),
        TEST(rank_0_decides_about_rounds_alone),
        TEST(where_rank_0_is_lost_the_next_one_decides_about_rounds),
        TEST(a_rank_whose_share_is_lost_hears_signs_of_life_and_the_end),
        TEST(whoever_is_given_up_is_lost_unless_it_has_reported),
        TEST(silence_that_is_excused_does_not_add_up),
        TEST(a_silent_rank_is_lost_once_and_the_others_go_on),
        TEST(a_rank_that_cannot_be_reached_is_lost),
        TEST(a_rank_whose_clock_cannot_be_read_holds_the_others_up_for_seconds_only),
        TEST(answers_that_were_not_asked_for_count_for_nothing),
        TEST(clocks_are_compared_once_more_when_all_have_run),
        TEST(a_report_is_told_once_and_ends_the_wait_for_its_rank),
        TEST(what_is_wrong_with_a_report_comes_with_it),
        TEST(a_report_that_is_cut_is_none),
        TEST(a_failure_is_told_once),
        TEST(a_rank_lost_after_its_report_is_lost_no_share),
        TEST(a_report_of_a_rank_that_was_lost_is_not_taken_any_more),
        TEST(a_stop_reaches_all_once_and_nothing_begins_after_it),
        TEST(without_rank_0_progress_is_that_of_the_others),
        TEST(progress_is_that_of_all_who_are_at_rank_0_s_run),
        TEST(rank_0_s_worker_speaks_for_all),
        TEST(a_rank_whose_rate_is_not_known_yet_hides_no_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
