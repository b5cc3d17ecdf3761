/* The kernel's counters, read from trees of files, and from this machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "record/host.h"
#include "tree.h"

static struct host_counters read_from(const struct file *files) {
    char root[] = "/tmp/record_host_XXXXXX";
    assert_non_null(mkdtemp(root));
    tree_make(root, files);
    struct host_counters found = host_counters_read(root);
    tree_remove(root, files);
    return found;
}

static void each_counter_is_found_by_its_name(void **state) {
    (void)state;
    struct host_counters c = read_from((const struct file[]){
        {"/proc/net/netstat", "TcpExt: SyncookiesSent ListenOverflows ListenDrops TCPTimeouts "
                              "TCPSynRetrans TCPSynRetransX\nTcpExt: 1 2 3 4 5 6\n"
                              "IpExt: InNoRoutes\nIpExt: 7\n"},
        {"/proc/net/snmp", "Ip: Forwarding\nIp: 1\nTcp: MaxConn InSegs OutSegs RetransSegs\n"
                           "Tcp: -1 10 11 12\n"},
        {"/proc/net/sockstat", "sockets: used 9\nTCP: inuse 1 orphan 0 tw 13 alloc 1 mem 2\n"},
        {"/proc/stat", "cpu  1 2 3 4 5 6 7 8 9 10\ncpu0 1 2 3 4 5 6 7 8 9 10\n"},
        {NULL, NULL},
    });
    assert_int_equal(c.listen_overflows, 2);
    assert_int_equal(c.listen_drops, 3);
    assert_int_equal(c.timeouts, 4);
    assert_int_equal(c.syn_retransmits, 5);
    assert_int_equal(c.segments_sent, 11);
    assert_int_equal(c.retransmits, 12);
    assert_int_equal(c.time_wait, 13);
    assert_int_equal(c.steal_ticks, 8);
    assert_int_equal(c.idle_ticks, 9);
    assert_int_equal(c.all_ticks, 36);
    assert_int_equal(c.throttled_periods, -1);
}

static void throttling_is_summed_over_the_group_and_those_above(void **state) {
    (void)state;
    struct host_counters c = read_from((const struct file[]){
        {"/proc/self/cgroup", "0::/pod/one\n"},
        {"/sys/fs/cgroup/cpu.stat", "usage_usec 5\n"},
        {"/sys/fs/cgroup/pod/cpu.stat", "usage_usec 5\nnr_periods 9\nnr_throttled 2\nthrottled_usec 30\n"},
        {"/sys/fs/cgroup/pod/one/cpu.stat", "usage_usec 5\nnr_periods 9\nnr_throttled 3\nthrottled_usec 4\n"},
        {NULL, NULL},
    });
    assert_int_equal(c.throttled_periods, 5);
    assert_int_equal(c.throttled_ns, 34000);
}

static void throttling_of_version_1_is_found_beside_an_empty_version_2(void **state) {
    (void)state;
    struct host_counters c = read_from((const struct file[]){
        {"/proc/self/cgroup", "2:cpu,cpuacct:/\n0::/\n"},
        {"/sys/fs/cgroup/cpu/cpu.stat", "nr_periods 9\nnr_throttled 1\nthrottled_time 77\n"},
        {"/sys/fs/cgroup/unified/cpu.stat", "usage_usec 5\n"},
        {NULL, NULL},
    });
    assert_int_equal(c.throttled_periods, 1);
    assert_int_equal(c.throttled_ns, 77);
}

static void a_group_without_a_quota_was_never_throttled(void **state) {
    (void)state;
    struct host_counters c = read_from((const struct file[]){
        {"/proc/self/cgroup", "0::/\n"},
        {"/sys/fs/cgroup/cpu.stat", "usage_usec 5\n"},
        {NULL, NULL},
    });
    assert_int_equal(c.throttled_periods, 0);
}

static void what_cannot_be_read_is_unknown(void **state) {
    (void)state;
    struct host_counters c = read_from((const struct file[]){
        {"/proc/net/netstat", "TcpExt: ListenDrops ListenOverflows\nTcpExt: x\n"},
        {"/proc/net/snmp", "Tcp: OutSegs"},
        {"/proc/net/sockstat", "TCP: inuse 1 tw\n"},
        {"/proc/stat", "cpu  1 2 3 4 5\n"},
        {NULL, NULL},
    });
    assert_int_equal(c.listen_drops, -1);
    assert_int_equal(c.listen_overflows, -1);
    assert_int_equal(c.segments_sent, -1);
    assert_int_equal(c.time_wait, -1);
    assert_int_equal(c.steal_ticks, -1);
    assert_int_equal(c.all_ticks, -1);
}

static void a_difference_is_known_where_both_are(void **state) {
    (void)state;
    struct host_counters earlier = {.listen_drops = 3, .retransmits = -1, .timeouts = 9, .time_wait = 50};
    struct host_counters later = {.listen_drops = 5, .retransmits = 7, .timeouts = 8, .time_wait = 60};
    struct host_counters d = host_counters_difference(&later, &earlier);
    assert_int_equal(d.listen_drops, 2);
    assert_int_equal(d.retransmits, -1);
    assert_int_equal(d.timeouts, -1); /* it counts from the start again, as in another namespace */
    assert_int_equal(d.time_wait, 60);
}

static void this_machine_tells_its_counters(void **state) {
    (void)state;
    struct host_counters c = host_counters_read("");
    assert_true(c.all_ticks > 0);
    assert_true(c.segments_sent >= 0);
    assert_true(c.time_wait >= 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_counter_is_found_by_its_name),
        cmocka_unit_test(throttling_is_summed_over_the_group_and_those_above),
        cmocka_unit_test(throttling_of_version_1_is_found_beside_an_empty_version_2),
        cmocka_unit_test(a_group_without_a_quota_was_never_throttled),
        cmocka_unit_test(what_cannot_be_read_is_unknown),
        cmocka_unit_test(a_difference_is_known_where_both_are),
        cmocka_unit_test(this_machine_tells_its_counters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
