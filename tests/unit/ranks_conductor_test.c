/* A rank's process between a worker that is a child of the test and ranks that are a function of it. */
#include "ranks/conductor.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "run/interrupt.h"

#define DIGEST 77
#define MAIL 64
#define LITTLE_NS INT64_C(300000000) /* a rank that does not look for longer was away */

static int64_t ahead_ns; /* of the real clock */

/* In place of the C library's. */
int clock_gettime(clockid_t clock, struct timespec *t) {
    syscall(SYS_clock_gettime, clock, t);
    int64_t now_ns = (int64_t)t->tv_sec * CLOCK_NS_PER_S + t->tv_nsec + ahead_ns;
    *t = (struct timespec){.tv_sec = now_ns / CLOCK_NS_PER_S, .tv_nsec = now_ns % CLOCK_NS_PER_S};
    return 0;
}

/* The other rank: what it does when it gets a message, or is asked for one of its own. */
struct far_rank {
    void (*heard)(struct far_rank *f, const struct message *m, const char *text, size_t length);
    void (*looked)(struct far_rank *f);
    struct packet *mail[MAIL];
    size_t sizes[MAIL], first, last;
    int64_t got[MESSAGE_BYE + 1]; /* messages of each kind */
    struct message latest[MESSAGE_BYE + 1];
    char text[300];
    int64_t rank, looks;
    int64_t heard_ns, silence_ns; /* the last sign of life, and the longest time without one */
    bool others_lost;             /* which it says with its last word */
    bool closed, closed_with_all;
};

struct trial {
    struct conductor conductor;
    struct transport transport;
    struct far_rank other;
    /* told to the owner on rank 0 */
    int64_t reported[2], lost[2], refused[2];
    char report[2][64], trouble[2][100], why[2][100];
};

static void post_bytes(struct far_rank *f, const void *bytes, size_t size) {
    assert_true(f->last < MAIL);
    f->mail[f->last] = calloc(1, size + 1);
    memcpy(f->mail[f->last], bytes, size);
    f->sizes[f->last++] = size;
}

static void post(struct far_rank *f, const struct message *head, const char *text, size_t length) {
    size_t size;
    struct packet *p = packet_make(head, text, length, &size);
    post_bytes(f, p, size);
    free(p);
}

static void post_number(struct far_rank *f, enum message_kind kind, int64_t number) {
    post(f, &(struct message){.kind = kind, .run.number = number}, NULL, 0);
}

static int far_send(void *state, int64_t to, const void *bytes, size_t size, char words[TRANSPORT_WORDS]) {
    struct far_rank *f = state;
    const struct packet *p = bytes;
    (void)to, (void)words;
    assert_true(packet_is_sound(p, size));
    f->got[p->head.kind]++;
    f->latest[p->head.kind] = p->head;
    if (f->heard)
        f->heard(f, &p->head, p->text, size - sizeof *p);
    return 0;
}

static void *far_receive(void *state, int64_t *from, size_t *size) {
    struct far_rank *f = state;
    f->looks++;
    if (f->looked)
        f->looked(f);
    if (f->first == f->last)
        return NULL;
    *from = f->rank;
    *size = f->sizes[f->first];
    return f->mail[f->first++];
}

static bool far_is_sent(void *state, int64_t to) {
    (void)state, (void)to;
    return true;
}

static void far_close(void *state, bool all) {
    struct far_rank *f = state;
    f->closed = true;
    f->closed_with_all = all;
    for (; f->first < f->last; f->first++)
        free(f->mail[f->first]);
}

static void on_progress(void *state, const struct ranks_progress *sum) {
    (void)state, (void)sum;
}

static void on_said(void *state, const char *sentence) {
    (void)state, (void)sentence;
}

static void on_reported(void *state, int64_t rank, const char *host, const char *name, const char *trouble,
                        const char *report, size_t length) {
    struct trial *t = state;
    (void)host, (void)name;
    t->reported[rank]++;
    snprintf(t->report[rank], sizeof t->report[rank], "%.*s", (int)length, report);
    snprintf(t->trouble[rank], sizeof t->trouble[rank], "%s", trouble);
}

static void on_lost(void *state, int64_t rank, const char *host, const char *why) {
    struct trial *t = state;
    (void)host;
    t->lost[rank]++;
    snprintf(t->why[rank], sizeof t->why[rank], "%s", why);
}

static void on_refused(void *state, int64_t rank, const char *host, const char *why, int64_t status) {
    struct trial *t = state;
    (void)host, (void)status;
    t->refused[rank]++;
    snprintf(t->why[rank], sizeof t->why[rank], "%s", why);
}

/* Workers: each is all of a child's life. */

static void say(int fd, enum message_kind kind, int64_t number, const char *text) {
    message_send(fd, &(struct message){.kind = kind, .run.number = number}, text, text ? strlen(text) : 0);
}

/* Passes over others until one of that kind comes. */
static struct message await(int fd, enum message_kind kind) {
    for (;;) {
        size_t length;
        struct packet *p = message_receive(fd, &length);
        if (!p)
            _exit(3);
        struct message m = p->head;
        free(p);
        if (m.kind == (uint32_t)kind)
            return m;
    }
}

static const char *report_file(void) {
    static char path[64];
    snprintf(path, sizeof path, "/tmp/conductor-test-%d.json", (int)getpid());
    FILE *f = fopen(path, "w");
    fputs("{}", f);
    fclose(f);
    return path;
}

static void work_well(int fd) {
    await(fd, MESSAGE_ORDERS);
    say(fd, MESSAGE_SETTLED, 0, NULL);
    await(fd, MESSAGE_BEGIN);
    const char *path = report_file();
    say(fd, MESSAGE_NAMED, 0, path);
    say(fd, MESSAGE_READY, 1, NULL);
    if (await(fd, MESSAGE_START).start.run != 1)
        _exit(4);
    say(fd, MESSAGE_PASSED, 1, NULL);
    say(fd, MESSAGE_RAN, 0, NULL);
    await(fd, MESSAGE_CLOCK);
    say(fd, MESSAGE_ENDED, 0, NULL);
    char bytes;
    recv(fd, &bytes, 1, 0); /* the conductor's end */
    unlink(path);
}

static void refuse(int fd) {
    await(fd, MESSAGE_ORDERS);
    say(fd, MESSAGE_ENDED, 2, "there is no such file");
}

static void die_at_once(int fd) {
    await(fd, MESSAGE_ORDERS);
    raise(SIGKILL);
}

static void die_with_a_report(int fd) {
    await(fd, MESSAGE_ORDERS);
    say(fd, MESSAGE_NAMED, 0, report_file());
    raise(SIGKILL);
}

static void wait_for_the_end(int fd) {
    char bytes[sizeof(struct packet) + 64];
    while (recv(fd, bytes, sizeof bytes, 0) > 0)
        continue;
}

static void work_for_ever(int fd) {
    await(fd, MESSAGE_ORDERS);
    for (;;)
        pause();
}

/* The other rank as a whole, and as rank 0. */

static void take_part(struct far_rank *f, const struct message *m, const char *text, size_t length) {
    (void)text, (void)length;
    static const char report[] = "r1.json\0\0[]";
    struct message pong = *m;
    switch (m->kind) {
    case MESSAGE_ORDERS:
        post_number(f, MESSAGE_SETTLED, 0);
        break;
    case MESSAGE_BEGIN:
        post_number(f, MESSAGE_READY, 1);
        break;
    case MESSAGE_PING:
        pong.kind = MESSAGE_PONG;
        pong.ping.answered_ns = clock_now_ns();
        if (m->ping.number)
            post(f, &pong, NULL, 0);
        break;
    case MESSAGE_START:
        post_number(f, MESSAGE_PASSED, 1);
        post_number(f, MESSAGE_RAN, 0);
        post(f, &(struct message){.kind = MESSAGE_REPORT}, report, sizeof report - 1);
        break;
    default:
        break;
    }
}

static void lead_it(struct far_rank *f, const struct message *m, const char *text, size_t length) {
    switch (m->kind) {
    case MESSAGE_HELLO:
        post(f, &(struct message){.kind = MESSAGE_ORDERS, .orders = {1, 2, 5, 7}}, "out.json", 8);
        break;
    case MESSAGE_SETTLED:
        post_number(f, MESSAGE_BEGIN, 0);
        break;
    case MESSAGE_READY:
        post(f, &(struct message){.kind = MESSAGE_PING, .ping = {1, 1234, 0}}, NULL, 0);
        break;
    case MESSAGE_PONG:
        post(f, &(struct message){.kind = MESSAGE_START, .start = {1, clock_now_ns(), 99}}, NULL, 0);
        break;
    case MESSAGE_RAN:
        post(f, &(struct message){.kind = MESSAGE_CLOCK, .clock = {1, 2, 3}}, NULL, 0);
        break;
    case MESSAGE_REPORT:
    case MESSAGE_FAILED:
        snprintf(f->text, sizeof f->text, "%.*s", (int)length, text);
        post(f, &(struct message){.kind = MESSAGE_BYE, .end = {4 << 8, !f->others_lost, 0}}, NULL, 0);
        break;
    default:
        break;
    }
}

static void give_orders_only(struct far_rank *f, const struct message *m, const char *text, size_t length) {
    if (m->kind == MESSAGE_HELLO)
        lead_it(f, m, text, length);
}

static void let_time_pass(struct far_rank *f) {
    if (f->looks >= 5)
        ahead_ns += LITTLE_NS;
}

static void speak_now_and_then(struct far_rank *f) {
    ahead_ns += LITTLE_NS;
    if (f->looks % 12 == 0 && f->looks <= 120)
        post_number(f, f->looks < 120 ? MESSAGE_ALIVE : MESSAGE_BYE, 0);
}

/* As where the launcher stops its ranks, and later lets them go on. */
static void be_away(struct far_rank *f) {
    if (f->looks == 5)
        ahead_ns += 2 * HUB_PATIENCE_NS;
    if (f->looks == 10)
        post_number(f, MESSAGE_BYE, 0);
}

/* Each of these messages takes as long as a large report. */
static void keep_it_busy(struct far_rank *f) {
    if (f->looks > 8)
        return;
    ahead_ns += 2 * CLOCK_NS_PER_S;
    post_number(f, MESSAGE_ALIVE, 0);
    int64_t silence_ns = f->looks > 1 ? clock_now_ns() - f->heard_ns : 0;
    f->silence_ns = silence_ns > f->silence_ns ? silence_ns : f->silence_ns;
}

static void note_signs(struct far_rank *f, const struct message *m, const char *text, size_t length) {
    if (m->kind == MESSAGE_ALIVE)
        f->heard_ns = clock_now_ns();
    take_part(f, m, text, length);
}

static void lead_until_the_report(struct far_rank *f, const struct message *m, const char *text,
                                  size_t length) {
    if (m->kind == MESSAGE_REPORT)
        f->looks = 0;
    else
        lead_it(f, m, text, length);
}

static void take_long_over_reports(struct far_rank *f) {
    if (!f->got[MESSAGE_REPORT])
        return;
    ahead_ns += LITTLE_NS;
    if (f->looks == 3 * HUB_PATIENCE_NS / 2 / LITTLE_NS)
        post_number(f, MESSAGE_BYE, 0);
}

/* Late enough for whatever else would be said. */
static void say_bye_later(struct far_rank *f) {
    if (f->looks == 10)
        post_number(f, MESSAGE_BYE, 0);
}

static void keep_text(struct far_rank *f, const struct message *m, const char *text, size_t length) {
    if (m->kind == MESSAGE_FAILED)
        snprintf(f->text, sizeof f->text, "%.*s", (int)length, text);
    give_orders_only(f, m, text, length);
}

static void send_what_is_foreign(struct far_rank *f) {
    char bytes[sizeof(struct packet)] = "GET / HTTP/1.1";
    if (f->looks == 5)
        post_bytes(f, bytes, sizeof bytes);
}

static void send_stop(struct far_rank *f) {
    if (f->looks == 5)
        post(f, &(struct message){.kind = MESSAGE_STOP, .end.status = SIGTERM}, NULL, 0);
}

static void begin(struct trial *t, int64_t rank, int64_t size, void (*work)(int fd)) {
    int sides[2];
    struct conductor *c = &t->conductor;
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sides), 0);
    t->transport = (struct transport){.rank = rank,
                                      .size = size,
                                      .state = &t->other,
                                      .send = far_send,
                                      .receive = far_receive,
                                      .is_sent = far_is_sent,
                                      .close = far_close};
    t->other.rank = 1 - rank;
    c->transport = &t->transport;
    c->worker_fd = sides[0];
    c->digest = DIGEST;
    c->orders = (struct hub_orders){.seed = 5, .digest = DIGEST, .name = "out.json", .modes = ""};
    c->owner = (struct hub_owner){.state = t,
                                  .progress = on_progress,
                                  .said = on_said,
                                  .reported = on_reported,
                                  .lost = on_lost,
                                  .refused = on_refused};
    c->worker = fork();
    if (c->worker == 0) {
        interrupt_release(SIG_DFL);
        close(sides[0]);
        work(sides[1]);
        _exit(0);
    }
    close(sides[1]);
    conductor_open(c);
}

static void run(struct trial *t, int64_t status) {
    conductor_run(&t->conductor);
    conductor_close(&t->conductor, status);
    assert_true(t->other.closed);
    assert_int_equal(waitpid(t->conductor.worker, NULL, WNOHANG), -1); /* nothing is left of it */
}

/* With another rank that says who it is, of two. */
static void begin_leading(struct trial *t, void (*work)(int fd)) {
    begin(t, 0, 2, work);
    t->other.heard = take_part;
    post(&t->other, &(struct message){.kind = MESSAGE_HELLO, .words.digest = DIGEST}, "far", 3);
}

static void begin_following(struct trial *t, void (*work)(int fd)) {
    begin(t, 1, 2, work);
    t->other.heard = lead_it;
}

static void a_launch_of_one_rank_is_carried_through(void **state) {
    (void)state;
    struct trial t = {0};
    begin(&t, 0, 1, work_well);
    run(&t, 0);
    assert_int_equal(t.reported[0], 1);
    assert_string_equal(t.report[0], "{}");
    assert_string_equal(t.trouble[0], "");
    assert_true(t.other.closed_with_all);
}

static void rank_0_leads_itself_and_the_others(void **state) {
    (void)state;
    struct trial t = {0};
    begin_leading(&t, work_well);
    run(&t, 4 << 8);
    assert_int_equal(t.reported[0] + t.reported[1], 2);
    assert_string_equal(t.report[1], "[]");
    assert_int_equal(t.lost[0] + t.lost[1], 0);
    assert_int_equal(t.other.latest[MESSAGE_BYE].end.status, 4 << 8);
    assert_int_equal(t.other.latest[MESSAGE_BYE].end.all, 1);
    assert_true(t.other.closed_with_all);
}

static void a_rank_0_that_has_much_to_read_says_that_it_is_there(void **state) {
    (void)state;
    struct trial t = {0};
    begin_leading(&t, work_well);
    t.other.heard = note_signs;
    t.other.looked = keep_it_busy;
    t.other.heard_ns = clock_now_ns();
    run(&t, 0);
    assert_true(t.other.silence_ns > 0 && t.other.silence_ns < HUB_PATIENCE_NS / 2);
    ahead_ns = 0;
}

static void a_worker_of_rank_0_that_is_killed_costs_its_share_alone(void **state) {
    (void)state;
    struct trial t = {0};
    begin_leading(&t, die_at_once);
    run(&t, 0);
    assert_int_equal(t.lost[0], 1);
    assert_string_equal(t.why[0], "its worker was ended by signal 9 (Killed)");
    assert_int_equal(t.reported[1], 1);
    assert_int_equal(t.other.latest[MESSAGE_BYE].end.all, 1); /* the ranks are all there */
}

static void what_rank_0_s_worker_refuses_ends_the_launch(void **state) {
    (void)state;
    struct trial t = {0};
    begin_leading(&t, refuse);
    run(&t, 0);
    assert_int_equal(t.refused[0], 1);
    assert_string_equal(t.why[0], "there is no such file");
    assert_int_equal(t.refused[1] + t.reported[1] + t.other.got[MESSAGE_BEGIN], 0);
    assert_true(t.other.closed_with_all);
}

static void a_killed_worker_s_report_is_taken_from_the_disk(void **state) {
    (void)state;
    struct trial t = {0};
    begin_leading(&t, die_with_a_report);
    run(&t, 0);
    assert_int_equal(t.reported[0], 1);
    assert_string_equal(t.trouble[0], "its worker was ended by signal 9 (Killed)");
    unlink(t.conductor.report);
}

static void another_rank_passes_on_what_both_sides_say(void **state) {
    (void)state;
    struct trial t = {0};
    begin_following(&t, work_well);
    run(&t, 0);
    assert_int_equal(t.other.latest[MESSAGE_HELLO].words.digest, DIGEST);
    assert_int_equal(t.other.latest[MESSAGE_PONG].ping.sent_ns, 1234);
    assert_true(t.other.latest[MESSAGE_PONG].ping.answered_ns > 0);
    for (int kind = MESSAGE_READY; kind <= MESSAGE_PASSED; kind++)
        assert_int_equal(t.other.got[kind], 1);
    assert_int_equal(t.other.got[MESSAGE_NAMED] + t.other.got[MESSAGE_ENDED], 0);
    assert_non_null(strstr(t.other.text, "/tmp/conductor-test-"));
    assert_int_equal(t.conductor.status, 4 << 8);
    assert_true(t.conductor.all && t.other.closed_with_all && !t.conductor.lost);
}

static void a_worker_that_has_no_report_says_why_and_with_what_status(void **state) {
    (void)state;
    struct trial t = {0};
    begin_following(&t, refuse);
    t.other.heard = keep_text;
    t.other.looked = say_bye_later;
    run(&t, 0);
    assert_string_equal(t.other.text, "there is no such file");
    assert_int_equal(t.other.latest[MESSAGE_FAILED].end.status, 2);
    assert_int_equal(t.other.got[MESSAGE_FAILED], 1);
}

/* The worker was told to end by SIGTERM, which it does not heed. */
static void assert_ended_without_rank_0(struct trial *t) {
    assert_true(t->conductor.lost && t->conductor.worker_ended && !t->conductor.all);
    assert_int_equal(t->conductor.status, -1);
    assert_false(t->other.closed_with_all);
    ahead_ns = 0;
}

static void a_rank_that_hears_nothing_of_rank_0_ends_its_worker(void **state) {
    (void)state;
    struct trial t = {0};
    begin_following(&t, work_for_ever);
    t.other.heard = give_orders_only;
    t.other.looked = let_time_pass;
    run(&t, 0);
    assert_ended_without_rank_0(&t);
}

static void a_rank_0_that_speaks_now_and_then_is_not_lost(void **state) {
    (void)state;
    struct trial t = {0};
    begin_following(&t, wait_for_the_end);
    t.other.heard = give_orders_only;
    t.other.looked = speak_now_and_then;
    run(&t, 0);
    assert_int_equal(t.conductor.status, 0);
    assert_false(t.conductor.lost || t.conductor.told_stop);
    ahead_ns = 0;
}

static void rank_0_may_take_long_over_the_reports(void **state) {
    (void)state;
    struct trial t = {0};
    begin_following(&t, work_well);
    t.other.heard = lead_until_the_report;
    t.other.looked = take_long_over_reports;
    run(&t, 0);
    assert_int_equal(t.conductor.status, 0);
    assert_false(t.conductor.lost);
    ahead_ns = 0;
}

static void silence_while_it_was_stopped_itself_does_not_count(void **state) {
    (void)state;
    struct trial t = {0};
    begin_following(&t, wait_for_the_end);
    t.other.heard = give_orders_only;
    t.other.looked = be_away;
    run(&t, 0);
    assert_int_equal(t.conductor.status, 0);
    assert_false(t.conductor.lost || t.conductor.told_stop);
    ahead_ns = 0;
}

static void where_a_third_rank_is_lost_the_transport_is_not_ended_in_order(void **state) {
    (void)state;
    struct trial t = {0};
    begin_following(&t, work_well);
    t.other.others_lost = true;
    run(&t, 0);
    assert_false(t.conductor.all || t.conductor.lost || t.other.closed_with_all);
}

static void foreign_bytes_are_not_obeyed_but_end_the_worker(void **state) {
    (void)state;
    struct trial t = {0};
    begin_following(&t, work_for_ever);
    t.other.heard = give_orders_only;
    t.other.looked = send_what_is_foreign;
    run(&t, 0);
    assert_true(t.other.looks < 100); /* and not only once it is silent for long */
    assert_ended_without_rank_0(&t);
}

static void a_stop_of_rank_0_s_reaches_the_worker(void **state) {
    (void)state;
    struct trial t = {0};
    begin_following(&t, work_for_ever);
    t.other.looked = send_stop;
    run(&t, 0);
    assert_int_equal(t.conductor.signal, SIGTERM);
    assert_string_equal(t.other.text, "its worker was ended by signal 15 (Terminated)");
    assert_int_equal(t.conductor.status, 4 << 8);
}

static void words_that_differ_have_other_digests(void **state) {
    (void)state;
    char program[] = "fetchbench", path[] = "/usr/bin/fetchbench", n[] = "-n", n1[] = "-n1", two[] = "2",
         twelve[] = "12";
    char *one[] = {program, n, twelve}, *same[] = {path, n, twelve}, *other[] = {program, n1, two};
    assert_true(conductor_digest(3, one) == conductor_digest(3, same));
    assert_true(conductor_digest(3, one) != conductor_digest(3, other));
    assert_true(conductor_digest(3, one) != conductor_digest(2, one));
}

static int install(void **state) {
    struct err err = {0};
    (void)state;
    return interrupt_install(&err);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_launch_of_one_rank_is_carried_through),
        cmocka_unit_test(rank_0_leads_itself_and_the_others),
        cmocka_unit_test(a_rank_0_that_has_much_to_read_says_that_it_is_there),
        cmocka_unit_test(a_worker_of_rank_0_that_is_killed_costs_its_share_alone),
        cmocka_unit_test(what_rank_0_s_worker_refuses_ends_the_launch),
        cmocka_unit_test(a_killed_worker_s_report_is_taken_from_the_disk),
        cmocka_unit_test(another_rank_passes_on_what_both_sides_say),
        cmocka_unit_test(a_worker_that_has_no_report_says_why_and_with_what_status),
        cmocka_unit_test(a_rank_that_hears_nothing_of_rank_0_ends_its_worker),
        cmocka_unit_test(a_rank_0_that_speaks_now_and_then_is_not_lost),
        cmocka_unit_test(rank_0_may_take_long_over_the_reports),
        cmocka_unit_test(silence_while_it_was_stopped_itself_does_not_count),
        cmocka_unit_test(where_a_third_rank_is_lost_the_transport_is_not_ended_in_order),
        cmocka_unit_test(foreign_bytes_are_not_obeyed_but_end_the_worker),
        cmocka_unit_test(a_stop_of_rank_0_s_reaches_the_worker),
        cmocka_unit_test(words_that_differ_have_other_digests),
    };
    return cmocka_run_group_tests(tests, install, NULL);
}
