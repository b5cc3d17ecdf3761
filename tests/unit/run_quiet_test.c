/* Sockets to a target, seen and waited for. The other side is this process itself. */
#include "run/quiet.h"

#include <arpa/inet.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define MILLISECOND INT64_C(1000000)
#define LONG (60000 * MILLISECOND) /* a wait that is let run out is seen as a hang */

struct pair {
    int listener, client, served;
    char port[8];
};

static void connect_pair_at(struct pair *p, const char *address) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = inet_addr(address)};
    socklen_t size = sizeof at;
    p->listener = socket(AF_INET, SOCK_STREAM, 0);
    p->client = socket(AF_INET, SOCK_STREAM, 0);
    assert_return_code(bind(p->listener, (struct sockaddr *)&at, sizeof at), 0);
    assert_return_code(listen(p->listener, 1), 0);
    assert_return_code(getsockname(p->listener, (struct sockaddr *)&at, &size), 0);
    assert_return_code(connect(p->client, (struct sockaddr *)&at, sizeof at), 0);
    p->served = accept(p->listener, NULL, NULL);
    snprintf(p->port, sizeof p->port, "%d", ntohs(at.sin_port));
}

static void connect_pair(struct pair *p) {
    connect_pair_at(p, "127.0.0.1");
}

static void open_to(struct quiet *q, const char *address, const char *port) {
    quiet_open(q);
    if (q->socket < 0)
        skip(); /* a kernel without sock_diag */
    assert_int_equal(quiet_add_place(q, address, port), 0);
}

static void a_connection_counts_until_both_sides_have_closed_it(void **state) {
    (void)state;
    struct pair p;
    struct quiet q;
    connect_pair(&p);
    open_to(&q, "127.0.0.1", p.port);
    assert_int_equal(quiet_count(&q), 1);
    close(p.client); /* half-closed: it waits for the server's side */
    assert_int_equal(quiet_count(&q), 1);
    close(p.served);
    assert_int_equal(quiet_count(&q), 0); /* in TIME_WAIT, and the listener is none either */
    assert_int_equal(quiet_wait(&q, LONG), 0);
    close(p.listener);
    quiet_close(&q);
}

/* At an address of its own: the ports of 127.0.0.1 are of all tests. */
static void a_connection_that_was_closed_keeps_its_port_from_the_target(void **state) {
    (void)state;
    struct pair p;
    struct quiet q;
    connect_pair_at(&p, "127.83.41.7");
    open_to(&q, "127.83.41.7", p.port);
    assert_int_equal(quiet_count_time_wait(&q), 0);
    close(p.client);
    close(p.served);
    while (quiet_count(&q) > 0)
        sched_yield();
    assert_int_equal(quiet_count_time_wait(&q), 1);
    assert_int_equal(quiet_add_place(&q, "127.83.41.8", p.port), 0);
    assert_int_equal(quiet_count_time_wait(&q), 1);
    close(p.listener);
    quiet_close(&q);
}

static void other_addresses_and_ports_are_not_waited_for(void **state) {
    (void)state;
    struct pair p;
    struct quiet q;
    connect_pair(&p);
    open_to(&q, "127.0.0.2", p.port);
    assert_int_equal(quiet_add_place(&q, "127.0.0.1", "1"), 0);
    assert_int_equal(quiet_add_place(&q, "::1", p.port), 0);
    assert_int_equal(quiet_count(&q), 0);
    assert_int_equal(quiet_wait(&q, LONG), 0);
    close(p.client);
    close(p.served);
    close(p.listener);
    quiet_close(&q);
}

static void a_wait_ends_at_its_limit_and_what_it_left_is_not_waited_for_again(void **state) {
    (void)state;
    struct pair p;
    struct quiet q;
    connect_pair(&p);
    open_to(&q, "127.0.0.1", p.port);
    assert_true(quiet_wait(&q, 20 * MILLISECOND) >= 20 * MILLISECOND);
    assert_int_equal(quiet_wait(&q, LONG), 0);
    close(p.client);
    close(p.served);
    close(p.listener);
    assert_int_equal(quiet_wait(&q, LONG), 0);
    assert_int_equal(q.others, 0);
    quiet_close(&q);
}

static void sockets_of_ipv6_count_too(void **state) {
    (void)state;
    struct pair p;
    struct quiet q;
    struct sockaddr_in6 at = {.sin6_family = AF_INET6};
    connect_pair(&p);
    at.sin6_port = htons((in_port_t)strtoul(p.port, NULL, 10));
    inet_pton(AF_INET6, "::ffff:127.0.0.1", &at.sin6_addr);
    int client = socket(AF_INET6, SOCK_STREAM, 0);
    if (client < 0 || connect(client, (struct sockaddr *)&at, sizeof at))
        skip();
    open_to(&q, "127.0.0.1", p.port);
    assert_int_equal(quiet_count(&q), 2);
    close(client);
    close(p.client);
    close(p.served);
    close(p.listener);
    quiet_close(&q);
}

static void what_cannot_be_asked_is_no_reason_to_wait(void **state) {
    (void)state;
    struct quiet q = {.socket = -1};
    assert_int_equal(quiet_add_place(&q, "127.0.0.1", "80"), 0);
    assert_int_equal(quiet_add_place(&q, "no address", "80"), -1);
    assert_int_equal(quiet_count(&q), 0);
    assert_int_equal(quiet_count_time_wait(&q), -1);
    assert_int_equal(quiet_wait(&q, LONG), 0);
}

static void places_are_what_the_plan_names_and_what_was_looked_up(void **state) {
    (void)state;
    struct target targets[] = {{.host = "localhost", .port = "8080"},
                               {.host = "127.0.0.3", .port = "81", .literal = true},
                               {.host = "elsewhere", .port = "82"},
                               {.host = "127.0.0.1", .port = "83", .literal = true}}; /* the ceiling's */
    struct plan_entry entry = {.ceiling = false}, ceiling = {.ceiling = true};
    static struct run_facts facts;
    struct plan plan = {.targets = targets, .target_count = 3};
    struct quiet q = {.socket = -1};
    strcpy(facts.addresses, "127.0.0.1 ::1");
    quiet_set_places(&q, &plan, &entry, &facts);
    assert_int_equal(q.place_count, 3);
    assert_int_equal(ntohs(q.places[1].port), 8080);
    assert_int_equal(ntohs(q.places[2].port), 81);
    quiet_set_places(&q, &plan, &ceiling, &facts);
    assert_int_equal(q.place_count, 1);
    assert_int_equal(ntohs(q.places[0].port), 83);
    plan.unix_socket = "/run/app.sock";
    quiet_set_places(&q, &plan, &entry, &facts);
    assert_int_equal(q.place_count, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connection_counts_until_both_sides_have_closed_it),
        cmocka_unit_test(a_connection_that_was_closed_keeps_its_port_from_the_target),
        cmocka_unit_test(other_addresses_and_ports_are_not_waited_for),
        cmocka_unit_test(a_wait_ends_at_its_limit_and_what_it_left_is_not_waited_for_again),
        cmocka_unit_test(sockets_of_ipv6_count_too),
        cmocka_unit_test(what_cannot_be_asked_is_no_reason_to_wait),
        cmocka_unit_test(places_are_what_the_plan_names_and_what_was_looked_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
