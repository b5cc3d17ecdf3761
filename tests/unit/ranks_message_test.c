/* Messages in memory and over a socket: whole, cut, foreign, and with nobody at the other end. */
#include "ranks/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static const struct message start = {.kind = MESSAGE_START, .start = {7, -5, INT64_C(1) << 60}};

static void a_packet_holds_its_head_and_its_text(void **state) {
    (void)state;
    size_t size = 0;
    struct packet *p = packet_make(&start, "abc", 3, &size);
    assert_int_equal(size, sizeof *p + 3);
    assert_true(packet_is_sound(p, size));
    assert_int_equal(p->head.start.agreed_ns, INT64_C(1) << 60);
    assert_string_equal(p->text, "abc");
    free(p);
}

static void what_is_cut_foreign_or_of_no_kind_is_not_sound(void **state) {
    (void)state;
    size_t size = 0;
    struct packet *p = packet_make(&start, NULL, 0, &size);
    for (size_t cut = 0; cut < size; cut++)
        assert_false(packet_is_sound(p, cut));
    p->head.kind = MESSAGE_BYE + 1;
    assert_false(packet_is_sound(p, size));
    p->head.kind = MESSAGE_BYE;
    assert_true(packet_is_sound(p, size));
    p->head.mark = __builtin_bswap32(MESSAGE_MARK);
    assert_false(packet_is_sound(p, size));
    free(p);
}

static void setup(int sides[2]) {
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sides), 0);
}

static void messages_cross_a_socket_one_by_one(void **state) {
    (void)state;
    int sides[2];
    size_t length = 99;
    setup(sides);
    assert_int_equal(message_send(sides[0], &start, NULL, 0), 0);
    assert_int_equal(message_send(sides[0], &(struct message){.kind = MESSAGE_HELLO}, "host", 4), 0);
    struct packet *p = message_receive(sides[1], &length);
    assert_int_equal(length, 0);
    assert_int_equal(p->head.start.local_ns, -5);
    assert_string_equal(p->text, "");
    free(p);
    p = message_receive(sides[1], &length);
    assert_int_equal(p->head.kind, MESSAGE_HELLO);
    assert_int_equal(length, 4);
    assert_string_equal(p->text, "host");
    free(p);
    close(sides[0]);
    close(sides[1]);
}

static void a_text_too_long_for_a_socket_is_cut(void **state) {
    (void)state;
    int sides[2];
    size_t length = 0, size = (size_t)1 << 20;
    char *text = malloc(size);
    memset(text, 'x', size);
    setup(sides);
    assert_int_equal(message_send(sides[0], &start, text, size), 0);
    struct packet *p = message_receive(sides[1], &length);
    assert_non_null(p);
    assert_in_range(length, 4096, size - 1);
    assert_int_equal(strlen(p->text), length);
    free(p);
    free(text);
    close(sides[0]);
    close(sides[1]);
}

static void a_side_that_is_gone_is_told_to_both_who_hear_and_who_speak(void **state) {
    (void)state;
    int sides[2];
    size_t length;
    setup(sides);
    close(sides[0]);
    assert_null(message_receive(sides[1], &length));
    assert_int_equal(message_send(sides[1], &start, "late", 4), -1);
    close(sides[1]);
}

static void what_a_side_said_is_heard_though_it_went_without_reading_all(void **state) {
    (void)state;
    int sides[2];
    size_t length;
    setup(sides);
    assert_int_equal(message_send(sides[1], &start, NULL, 0), 0);
    assert_int_equal(message_send(sides[0], &start, "last", 4), 0);
    close(sides[0]);
    struct packet *p = message_receive(sides[1], &length);
    assert_non_null(p);
    assert_string_equal(p->text, "last");
    free(p);
    assert_null(message_receive(sides[1], &length));
    close(sides[1]);
}

/* Else this test does not end. */
static void nobody_waits_for_room_to_say_how_far_it_is(void **state) {
    (void)state;
    int sides[2], sent = 0;
    setup(sides);
    while (message_send(sides[0], &(struct message){.kind = MESSAGE_PROGRESS}, NULL, 0) == 0)
        sent++;
    assert_in_range(sent, 10, 1000000);
    close(sides[0]);
    close(sides[1]);
}

static void foreign_bytes_on_a_socket_are_no_message(void **state) {
    (void)state;
    int sides[2];
    size_t length;
    char bytes[300] = "GET / HTTP/1.1";
    setup(sides);
    assert_int_equal(send(sides[0], bytes, sizeof bytes, 0), sizeof bytes);
    assert_null(message_receive(sides[1], &length));
    close(sides[0]);
    close(sides[1]);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_packet_holds_its_head_and_its_text),
        cmocka_unit_test(what_is_cut_foreign_or_of_no_kind_is_not_sound),
        cmocka_unit_test(messages_cross_a_socket_one_by_one),
        cmocka_unit_test(a_text_too_long_for_a_socket_is_cut),
        cmocka_unit_test(a_side_that_is_gone_is_told_to_both_who_hear_and_who_speak),
        cmocka_unit_test(what_a_side_said_is_heard_though_it_went_without_reading_all),
        cmocka_unit_test(nobody_waits_for_room_to_say_how_far_it_is),
        cmocka_unit_test(foreign_bytes_on_a_socket_are_no_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
