/* The endpoint as a server: connections, methods, errors, clients that leave, descriptors that run out. */
#include "endpoint_helpers.h"

#include <dirent.h>
#include <limits.h>
#include <signal.h>
#include <sys/epoll.h>

static int start(void **state) {
    static struct served s;
    s = serve(0);
    *state = &s;
    return 0;
}

static int finish(void **state) {
    stop(*state);
    return 0;
}

static void get_shows_the_request_as_httpbin_does(void **state) {
    char answer[2048];
    int fd = dial(*state);
    say(fd, "GET /get?b=1&a=x%20y&b=2 HTTP/1.1\r\nHost: h\r\nx-some_THING: v\r\n\r\n");
    const char *body = hear(fd, answer, sizeof answer, 0);
    close(fd);
    assert_string_equal(
        body, "{\"args\":{\"a\":\"x y\",\"b\":[\"1\",\"2\"]},\"headers\":{\"Host\":\"h\",\"X-Some-Thing\":"
              "\"v\"},\"origin\":\"127.0.0.1\",\"url\":\"http://h/get?b=1&a=x%20y&b=2\"}\n");
    assert_non_null(strstr(answer, "\r\nServer: fetchbench/"));
    assert_non_null(strstr(answer, "\r\nAccess-Control-Allow-Origin: *\r\n"));
}

static void a_connection_serves_one_request_after_another(void **state) {
    char answer[2048], request[128], wanted[64];
    int fd = dial(*state);
    for (int i = 0; i < 100; i++) {
        snprintf(request, sizeof request, "GET /get?key=%d HTTP/1.1\r\nHost: h\r\n\r\n", i);
        snprintf(wanted, sizeof wanted, "{\"key\":\"%d\"}", i);
        say(fd, request);
        assert_non_null(strstr(hear(fd, answer, sizeof answer, 0), wanted));
    }
    close(fd);
}

static void pipelined_requests_are_answered_in_order(void **state) {
    char answer[2048];
    int fd = dial(*state);
    say(fd, "GET /delay/20ms?n=1 HTTP/1.1\r\nHost: h\r\n\r\nGET /get?n=2 HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_non_null(strstr(hear(fd, answer, sizeof answer, 0), "{\"n\":\"1\"}"));
    assert_non_null(strstr(hear(fd, answer, sizeof answer, 0), "{\"n\":\"2\"}"));
    close(fd);
}

static void head_has_the_length_and_no_body(void **state) {
    char answer[2048], announced[64];
    int fd = dial(*state);
    say(fd, "GET /get HTTP/1.1\r\nHost: h\r\n\r\n");
    size_t length = strlen(hear(fd, answer, sizeof answer, 0));
    snprintf(announced, sizeof announced, "\r\nContent-Length: %zu\r\n", length);
    say(fd, "HEAD /get HTTP/1.1\r\nHost: h\r\n\r\nGET /status/204 HTTP/1.1\r\nHost: h\r\n\r\n");
    hear(fd, answer, sizeof answer, 1);
    assert_non_null(strstr(answer, announced));
    hear(fd, answer, sizeof answer, 1);
    assert_memory_equal(answer, "HTTP/1.1 204 ", 13);
    close(fd);
}

static void a_wrong_method_learns_which_are_right(void **state) {
    char answer[2048];
    int fd = dial(*state);
    say(fd, "POST /get HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
    const char *body = hear(fd, answer, sizeof answer, 0);
    assert_memory_equal(answer, "HTTP/1.1 405 ", 13);
    assert_non_null(strstr(answer, "\r\nAllow: GET, HEAD, OPTIONS\r\n"));
    assert_string_equal(body, "This path takes GET, HEAD, OPTIONS, not POST.");
    close(fd);
}

static void what_is_wrong_is_said_in_a_sentence(void **state) {
    static const struct {
        const char *target;
        int status;
    } cases[] = {
        {"/nope", 404},           {"/get/", 404},
        {"/delay/", 404},         {"/delay/-1", 400},
        {"/delay/nan", 400},      {"/delay/soon", 400},
        {"/status/abc", 400},     {"/status/100", 400},
        {"/status/1000", 400},    {"/status/200,", 400},
        {"/bytes/-1", 400},       {"/bytes/x", 400},
        {"/bytes/1?seed=x", 400}, {"/status/200:0,201:0", 400},
        {"/delay/0.1%00", 400},   {"/status/200:nan,1", 400},
    };
    char answer[2048];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(get(*state, cases[i].target, answer, sizeof answer), cases[i].status);
        assert_true(strlen(strstr(answer, "\r\n\r\n") + 4) > 10);
    }
}

static void a_weightless_status_is_never_drawn(void **state) {
    char answer[2048];
    for (int i = 0; i < 50; i++)
        assert_int_equal(get(*state, "/status/500:0,201:1,503:0", answer, sizeof answer), 201);
}

static void a_delayed_answer_is_never_early(void **state) {
    char answer[2048];
    for (int i = 0; i < 20; i++) {
        int64_t before_ns = clock_now_ns();
        assert_int_equal(get(*state, "/delay/5ms", answer, sizeof answer), 200);
        assert_true(clock_now_ns() - before_ns >= 5 * 1000 * 1000);
    }
}

static void seeded_bytes_are_those_of_python(void **state) {
    char answer[2048];
    int fd = dial(*state);
    say(fd, "GET /bytes/5?seed=3 HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_memory_equal(hear(fd, answer, sizeof answer, 0), "yB\xbd\xf2!", 5);
    close(fd);
}

/* Asks again on each connection as soon as it has answered; gives the answers to each. */
static void ask_on_all(const struct served *s, int connections, int requests, int *answered) {
    char answer[2048];
    int fds[16], poll_fd = epoll_create1(EPOLL_CLOEXEC);
    assert_true(poll_fd >= 0 && connections <= 16);
    for (int i = 0; i < connections; i++) {
        fds[i] = dial(s);
        answered[i] = 0;
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)i};
        assert_int_equal(epoll_ctl(poll_fd, EPOLL_CTL_ADD, fds[i], &event), 0);
        say(fds[i], "GET /get?key=7 HTTP/1.1\r\nHost: h\r\n\r\n");
    }
    for (int done = 0; done < requests; done++) {
        struct epoll_event event; /* one at a time, so that what has been ready for longest comes first */
        assert_int_equal(epoll_wait(poll_fd, &event, 1, -1), 1);
        assert_true(recv(fds[event.data.u32], answer, sizeof answer, 0) > 0);
        answered[event.data.u32]++;
        say(fds[event.data.u32], "GET /get?key=7 HTTP/1.1\r\nHost: h\r\n\r\n");
    }
    for (int i = 0; i < connections; i++)
        close(fds[i]);
    close(poll_fd);
}

static void equal_connections_are_served_equally_often(void **state) {
    int answered[8], least = INT_MAX, most = 0;
    ask_on_all(*state, 8, 8000, answered);
    for (int i = 0; i < 8; i++) {
        least = answered[i] < least ? answered[i] : least;
        most = answered[i] > most ? answered[i] : most;
    }
    assert_true(most <= 2 * least);
}

static int count_descriptors(pid_t pid) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    DIR *folder = opendir(path);
    assert_non_null(folder);
    int count = 0;
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

static void clients_that_leave_while_held_leave_nothing_behind(void **state) {
    const struct served *s = *state;
    char answer[2048];
    assert_int_equal(get(s, "/delay/1ms", answer, sizeof answer), 200);
    int before = count_descriptors(s->pid);
    for (int i = 0; i < 300; i++) {
        int fd = dial(s);
        say(fd, "GET /delay/150ms HTTP/1.1\r\nHost: h\r\n\r\n");
        struct linger reset = {.l_onoff = i % 2};
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        close(fd);
    }
    int tries = 0;
    while (count_descriptors(s->pid) > before && tries++ < 100)
        assert_int_equal(get(s, "/delay/20ms", answer, sizeof answer), 200);
    assert_in_range(count_descriptors(s->pid), 0, (uintmax_t)before);
}

static void stopping_cuts_off_held_answers_at_once(void **state) {
    (void)state;
    char answer[2048];
    struct served s = serve(0);
    int fd = dial(&s);
    say(fd, "GET /delay/10 HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_int_equal(get(&s, "/delay/10ms", answer, sizeof answer), 200); /* by now the other one is held */
    int64_t before_ns = clock_now_ns();
    stop(&s);
    assert_true(clock_now_ns() - before_ns < 9 * CLOCK_NS_PER_S);
    assert_true(recv(fd, answer, sizeof answer, 0) <= 0); /* and not early either */
    close(fd);
}

/* More clients than descriptors: the rest waits in the queue, at no cost, and is served when others leave. */
static void running_out_of_descriptors_neither_spins_nor_loses_anyone(void **state) {
    (void)state;
    enum { CLIENTS = 200 };
    int clients[CLIENTS];
    char answer[2048];
    struct served s = serve(200);
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = dial(&s);
        say(clients[i], "GET /delay/300ms HTTP/1.1\r\nHost: h\r\n\r\n");
    }
    hear(clients[0], answer, sizeof answer, 0);
    say(clients[0], "GET /delay/500ms HTTP/1.1\r\nHost: h\r\n\r\n");
    int64_t cpu_ns = cpu_time_ns(s.pid), wall_ns = clock_now_ns();
    hear(clients[0], answer, sizeof answer, 0);
    assert_true((cpu_time_ns(s.pid) - cpu_ns) * 2 < clock_now_ns() - wall_ns);
    for (int i = 0; i < CLIENTS; i++) {
        if (i > 0)
            hear(clients[i], answer, sizeof answer, 0);
        close(clients[i]);
    }
    stop(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(get_shows_the_request_as_httpbin_does, start, finish),
        cmocka_unit_test_setup_teardown(a_connection_serves_one_request_after_another, start, finish),
        cmocka_unit_test_setup_teardown(pipelined_requests_are_answered_in_order, start, finish),
        cmocka_unit_test_setup_teardown(head_has_the_length_and_no_body, start, finish),
        cmocka_unit_test_setup_teardown(a_wrong_method_learns_which_are_right, start, finish),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_said_in_a_sentence, start, finish),
        cmocka_unit_test_setup_teardown(a_weightless_status_is_never_drawn, start, finish),
        cmocka_unit_test_setup_teardown(a_delayed_answer_is_never_early, start, finish),
        cmocka_unit_test_setup_teardown(seeded_bytes_are_those_of_python, start, finish),
        cmocka_unit_test_setup_teardown(equal_connections_are_served_equally_often, start, finish),
        cmocka_unit_test_setup_teardown(clients_that_leave_while_held_leave_nothing_behind, start, finish),
        cmocka_unit_test(stopping_cuts_off_held_answers_at_once),
        cmocka_unit_test(running_out_of_descriptors_neither_spins_nor_loses_anyone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
