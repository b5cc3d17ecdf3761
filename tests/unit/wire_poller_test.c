/* What the backends tell of connections that end, break or have more to say than it was asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "wire/poller.h"

#define BUFFER_BYTES (64 << 10) /* of the backends */
#define LIMIT_NS INT64_C(10000000000)

/* One connection to a listener of the test's own, and what was told of it. */
struct fixture {
    const struct poller_kind *kind;
    struct poller *poller;
    int stop_fd, listener, peer;
    bool connected;
    size_t received, pieces, told_at[8]; /* bytes that had come by the end of each piece */
    size_t answer_after;                 /* at so many bytes a request is sent; 0: never */
    int more;                            /* so often a buffer full of bytes follows what came */
    int ends, error, stops;
};

static void on_connected(void *user, size_t link, int error) {
    struct fixture *f = user;
    assert_int_equal(link, 0);
    f->connected = true;
    f->error = error;
}

static void say(const struct fixture *f, size_t bytes);

static void on_received(void *user, size_t link, const char *data, size_t length, int error) {
    struct fixture *f = user;
    (void)data;
    f->received += length;
    if (length == 0) {
        f->ends++;
        f->error = error;
        f->kind->drop(f->poller, link);
        return;
    }
    if (f->pieces < sizeof f->told_at / sizeof *f->told_at)
        f->told_at[f->pieces++] = f->received;
    if (f->received == f->answer_after)
        f->kind->send(f->poller, link, "again", 5, true);
    if (f->more > 0 && f->more--)
        say(f, BUFFER_BYTES);
}

static void on_sent(void *user, size_t link) {
    (void)user, (void)link;
}

static void on_stopped(void *user) {
    struct fixture *f = user;
    f->stops++;
}

static int connect_one(void **state, struct sockaddr *here, socklen_t length) {
    static struct fixture f;
    const struct poller_kind *kind = *state;
    struct err err = {0};
    if (kind->probe && kind->probe())
        skip();
    f = (struct fixture){
        .kind = kind, .stop_fd = eventfd(0, 0), .listener = socket(here->sa_family, SOCK_STREAM, 0)};
    struct poller_setup setup = {.links = 1,
                                 .stop_fd = f.stop_fd,
                                 .lasting = true,
                                 .events = {.connected = on_connected,
                                            .received = on_received,
                                            .sent = on_sent,
                                            .stopped = on_stopped,
                                            .user = &f}};
    assert_int_equal(bind(f.listener, here, length), 0);
    assert_int_equal(listen(f.listener, 1), 0);
    length = sizeof(struct sockaddr_un); /* the larger of both */
    assert_int_equal(getsockname(f.listener, here, &length), 0);
    assert_int_equal(kind->open(&f.poller, &setup, &err), 0);
    assert_int_equal(kind->enter(f.poller, &err), 0);
    assert_int_equal(kind->connect(f.poller, 0, here, length), 0);
    while (!f.connected)
        kind->look(f.poller, clock_now_ns() + LIMIT_NS);
    f.peer = accept(f.listener, NULL, NULL);
    *state = &f;
    return 0;
}

static int set_up(void **state) {
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    return connect_one(state, (struct sockaddr *)&here, sizeof here);
}

/* Here what was said has come at once, however much; bound to no name it is given one. */
static int set_up_local(void **state) {
    struct sockaddr_un here = {.sun_family = AF_UNIX};
    return connect_one(state, (struct sockaddr *)&here, sizeof here.sun_family);
}

static int tear_down(void **state) {
    struct fixture *f = *state;
    f->kind->close(f->poller);
    close(f->stop_fd);
    close(f->listener);
    if (f->peer >= 0)
        close(f->peer);
    return 0;
}

static void say(const struct fixture *f, size_t bytes) {
    static const char zeros[BUFFER_BYTES];
    for (size_t left = bytes, n = 0; left > 0; left -= n) {
        n = left < sizeof zeros ? left : sizeof zeros;
        n = (size_t)send(f->peer, zeros, n, 0);
        assert_in_range(n, 1, left);
    }
}

static void reset(struct fixture *f) {
    struct linger at_once = {.l_onoff = 1};
    assert_int_equal(setsockopt(f->peer, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), 0);
    close(f->peer);
    f->peer = -1;
}

static void look_until_it_ends(struct fixture *f) {
    int64_t limit_ns = clock_now_ns() + LIMIT_NS;
    while (!f->ends && clock_now_ns() < limit_ns)
        f->kind->look(f->poller, limit_ns);
    assert_int_equal(f->ends, 1);
}

static void a_full_buffer_does_not_end_where_more_had_come(void **state) {
    struct fixture *f = *state;
    int bytes = 4 * BUFFER_BYTES;
    setsockopt(f->peer, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    say(f, BUFFER_BYTES + 10);
    shutdown(f->peer, SHUT_WR);
    look_until_it_ends(f);
    assert_int_equal(f->received, BUFFER_BYTES + 10);
    for (size_t i = 0; i < f->pieces; i++)
        assert_int_not_equal(f->told_at[i], BUFFER_BYTES);
}

static void a_look_ends_though_there_is_always_more(void **state) {
    struct fixture *f = *state;
    int all = 200;
    f->more = all;
    say(f, BUFFER_BYTES);
    f->kind->look(f->poller, clock_now_ns() + LIMIT_NS);
    assert_in_range(f->more, 1, all - 1);
    while (f->more > 0)
        f->kind->look(f->poller, clock_now_ns() + LIMIT_NS);
    shutdown(f->peer, SHUT_WR);
    look_until_it_ends(f);
    assert_int_equal(f->received, (all + 1) * BUFFER_BYTES);
}

static void nothing_is_written_where_the_end_has_come_with_the_answer(void **state) {
    struct fixture *f = *state;
    char byte;
    f->answer_after = 100;
    say(f, 100);
    shutdown(f->peer, SHUT_WR);
    look_until_it_ends(f);
    assert_int_equal(f->error, 0);
    assert_int_equal(recv(f->peer, &byte, 1, 0), 0);
}

static void an_error_that_a_write_met_is_told_behind_what_had_come(void **state) {
    struct fixture *f = *state;
    say(f, 100);
    reset(f);
    assert_true(f->kind->send(f->poller, 0, "again", 5, true));
    look_until_it_ends(f);
    assert_int_equal(f->received, 100);
    assert_int_equal(f->error, ECONNRESET);
}

static void a_reset_is_told_as_one(void **state) {
    struct fixture *f = *state;
    reset(f);
    look_until_it_ends(f);
    assert_int_equal(f->error, ECONNRESET);
}

static void a_stop_that_was_taken_back_is_not_told_to_the_next_run(void **state) {
    struct fixture *f = *state;
    uint64_t one = 1;
    struct err err = {0};
    assert_int_equal(write(f->stop_fd, &one, sizeof one), sizeof one);
    assert_int_equal(read(f->stop_fd, &one, sizeof one), sizeof one);
    assert_int_equal(f->kind->enter(f->poller, &err), 0);
    for (int i = 0; i < 3; i++)
        f->kind->look(f->poller, 0);
    assert_int_equal(f->stops, 0);
    assert_int_equal(write(f->stop_fd, &one, sizeof one), sizeof one);
    while (!f->stops)
        f->kind->look(f->poller, clock_now_ns() + LIMIT_NS);
}

#define ON(f, kind, set_up)                                                                                  \
    { #f " on " #kind, f, set_up, tear_down, (void *)&poller_##kind }
#define CASE(f) ON(f, epoll, set_up), ON(f, uring, set_up)
#define CASE_LOCAL(f) ON(f, epoll, set_up_local), ON(f, uring, set_up_local)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(a_full_buffer_does_not_end_where_more_had_come),
        CASE_LOCAL(a_look_ends_though_there_is_always_more),
        CASE(nothing_is_written_where_the_end_has_come_with_the_answer),
        CASE(an_error_that_a_write_met_is_told_behind_what_had_come),
        CASE(a_reset_is_told_as_one),
        CASE(a_stop_that_was_taken_back_is_not_told_to_the_next_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
