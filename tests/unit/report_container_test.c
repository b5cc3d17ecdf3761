/* What kind of container this is and what it may use, from trees of files such as engines leave. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "report/container.h"
#include "tree.h"

#define FIRST_NAMESPACE                                                                                      \
    { "/proc/self/ns/pid", "->pid:[4026531836]" }
#define OWN_NAMESPACE                                                                                        \
    { "/proc/self/ns/pid", "->pid:[4026532181]" }
#define TREE(...) ((const struct file[]){__VA_ARGS__, {NULL, NULL}})

static struct report_limits limits_in(const struct file *files) {
    char root[] = "/tmp/report_container_XXXXXX";
    struct arena arena = {0};
    assert_non_null(mkdtemp(root));
    tree_make(root, files);
    struct report_limits limits = {-1, -1, NAN, -1, -1};
    container_limits(&(struct facts){&arena, root}, &limits);
    tree_remove(root, files);
    arena_fini(&arena);
    return limits;
}

static void assert_kind(const char *wanted, const struct file *files) {
    char root[] = "/tmp/report_container_XXXXXX";
    struct arena arena = {0};
    assert_non_null(mkdtemp(root));
    tree_make(root, files);
    const char *kind = container_kind(&(struct facts){&arena, root});
    assert_string_equal(kind ? kind : "none", wanted);
    tree_remove(root, files);
    arena_fini(&arena);
}

static void a_plain_machine_is_no_container(void **state) {
    (void)state;
    assert_kind("none", TREE(FIRST_NAMESPACE, {"/proc/self/cgroup", "0::/user.slice/session-1.scope\n"},
                             {"/proc/self/mountinfo", "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n"},
                             {"/proc/1/environ", "\1HOME=/\1TERM=linux\1"}));
}

static void a_process_that_an_engine_s_service_runs_is_in_no_container(void **state) {
    (void)state;
    assert_kind("none", TREE(FIRST_NAMESPACE, {"/proc/self/cgroup", "0::/system.slice/docker.service\n"},
                             {"/proc/self/mountinfo", "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
                                                      "90 22 0:50 / /var/lib/docker/overlay2/1/merged rw - "
                                                      "overlay overlay rw,lowerdir=/var/lib/docker/l\n"}));
}

static void a_virtual_machine_made_from_an_image_is_no_container(void **state) {
    (void)state;
    assert_kind("none", TREE(FIRST_NAMESPACE, {"/.dockerenv", ""}, {"/proc/1/mountinfo", "22 1 8:1 / / rw\n"},
                             {"/proc/self/mountinfo", "22 1 8:1 / / rw\n"}));
}

static void a_container_among_the_host_s_processes_is_one(void **state) {
    (void)state;
    assert_kind("docker",
                TREE(FIRST_NAMESPACE, {"/.dockerenv", ""}, {"/proc/1/mountinfo", "22 1 8:1 / / rw\n"},
                     {"/proc/self/mountinfo", "95 70 0:40 / / rw\n"}));
}

static void engines_are_known_by_the_files_they_leave(void **state) {
    (void)state;
    assert_kind("docker", TREE(OWN_NAMESPACE, {"/.dockerenv", ""}));
    assert_kind("podman", TREE(OWN_NAMESPACE, {"/run/.containerenv", ""}));
    assert_kind("kubernetes", TREE(OWN_NAMESPACE, {"/.dockerenv", ""},
                                   {"/run/secrets/kubernetes.io/serviceaccount/token", "t"}));
    assert_kind("systemd-nspawn", TREE(OWN_NAMESPACE, {"/run/systemd/container", "systemd-nspawn\n"}));
}

static void engines_are_known_by_the_first_process_s_environment(void **state) {
    (void)state;
    assert_kind("lxc", TREE(OWN_NAMESPACE, {"/proc/1/environ", "\1HOME=/\1container=lxc\1TERM=linux\1"}));
    assert_kind("container", TREE(OWN_NAMESPACE, {"/proc/1/environ", "\1my_container=lxc\1container=\1"}));
}

static void engines_are_known_by_their_control_groups(void **state) {
    (void)state;
    assert_kind("kubernetes",
                TREE(OWN_NAMESPACE, {"/proc/self/cgroup", "0::/kubepods.slice/cri-containerd-1.scope\n"}));
    assert_kind("docker", TREE(OWN_NAMESPACE, {"/proc/self/cgroup", "5:cpu:/\n4:memory:/docker/0123\n"}));
    assert_kind("docker", TREE(OWN_NAMESPACE, {"/proc/self/cgroup", "0::/system.slice/docker-01.scope\n"}));
    assert_kind("lxc", TREE(OWN_NAMESPACE, {"/proc/self/cgroup", "0::/lxc.payload.name/init.scope\n"}));
}

static void engines_are_known_by_the_layers_of_the_root(void **state) {
    (void)state;
    assert_kind("containerd", TREE(OWN_NAMESPACE, {"/proc/self/cgroup", "0::/\n"},
                                   {"/proc/self/mountinfo",
                                    "95 70 0:40 / / rw - overlay overlay rw,lowerdir=/var/lib/containerd/"
                                    "io.containerd.snapshotter.v1.overlayfs/snapshots/1/fs\n"}));
}

static void a_container_of_no_known_kind_is_a_container(void **state) {
    (void)state;
    assert_kind("container", TREE(OWN_NAMESPACE, {"/proc/self/cgroup", "0::/\n"}));
}

static void limits_of_version_2_are_read(void **state) {
    (void)state;
    struct report_limits l =
        limits_in(TREE({"/proc/self/cgroup", "0::/\n"}, {"/sys/fs/cgroup/cpu.max", "150000 100000\n"},
                       {"/sys/fs/cgroup/memory.max", "536870912\n"}, {"/sys/fs/cgroup/pids.max", "512\n"}));
    assert_true(l.cpu_quota == 1.5);
    assert_int_equal(l.memory_bytes, 536870912);
    assert_int_equal(l.pids, 512);
}

static void max_is_no_limit(void **state) {
    (void)state;
    struct report_limits l =
        limits_in(TREE({"/proc/self/cgroup", "0::/\n"}, {"/sys/fs/cgroup/cpu.max", "max 100000\n"},
                       {"/sys/fs/cgroup/memory.max", "max\n"}, {"/sys/fs/cgroup/pids.max", "max\n"}));
    assert_true(isnan(l.cpu_quota));
    assert_int_equal(l.memory_bytes, -1);
    assert_int_equal(l.pids, -1);
}

static void the_least_of_the_groups_above_counts(void **state) {
    (void)state;
    struct report_limits l = limits_in(TREE(
        {"/proc/self/cgroup", "0::/a.slice/b.scope\n"}, {"/sys/fs/cgroup/a.slice/cpu.max", "50000 100000\n"},
        {"/sys/fs/cgroup/a.slice/b.scope/cpu.max", "200000 100000\n"},
        {"/sys/fs/cgroup/a.slice/memory.max", "max\n"},
        {"/sys/fs/cgroup/a.slice/b.scope/memory.max", "1000\n"}, {"/sys/fs/cgroup/a.slice/pids.max", "7\n"},
        {"/sys/fs/cgroup/other.slice/memory.max", "1\n"}));
    assert_true(l.cpu_quota == 0.5);
    assert_int_equal(l.memory_bytes, 1000);
    assert_int_equal(l.pids, 7);
}

static void limits_of_version_1_are_read_in_each_hierarchy(void **state) {
    (void)state;
    struct report_limits l = limits_in(
        TREE({"/proc/self/cgroup", "9:cpuset:/x\n5:cpu,cpuacct:/job\n4:memory:/job/step\n3:pids:/\n0::/\n"},
             {"/sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "200000\n"},
             {"/sys/fs/cgroup/cpu/job/cpu.cfs_period_us", "100000\n"},
             {"/sys/fs/cgroup/memory/job/memory.limit_in_bytes", "4096\n"},
             {"/sys/fs/cgroup/memory/job/step/memory.limit_in_bytes", "9223372036854771712\n"},
             {"/sys/fs/cgroup/pids/pids.max", "99\n"}));
    assert_true(l.cpu_quota == 2);
    assert_int_equal(l.memory_bytes, 4096);
    assert_int_equal(l.pids, 99);
}

/* There /proc/self/cgroup gives the path on the host, and the group itself is what is mounted. */
static void a_container_s_own_group_is_read_at_the_base(void **state) {
    (void)state;
    struct report_limits l = limits_in(TREE({"/proc/self/cgroup", "5:cpu:/docker/01\n4:memory:/docker/01\n"},
                                            {"/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n"},
                                            {"/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"},
                                            {"/sys/fs/cgroup/memory/memory.limit_in_bytes", "268435456\n"}));
    assert_true(isnan(l.cpu_quota));
    assert_int_equal(l.memory_bytes, 268435456);
}

static void a_group_outside_the_namespace_leads_nowhere_else(void **state) {
    (void)state;
    struct report_limits l =
        limits_in(TREE({"/proc/self/cgroup", "0::/../../elsewhere\n"},
                       {"/sys/fs/elsewhere/memory.max", "1\n"}, {"/sys/fs/cgroup/memory.max", "2\n"}));
    assert_int_equal(l.memory_bytes, 2);
}

static void broken_lines_are_no_limits(void **state) {
    (void)state;
    struct report_limits l =
        limits_in(TREE({"/proc/self/cgroup", "\n:\n0:\nno colon\n0::/\n"},
                       {"/sys/fs/cgroup/cpu.max", "100000 0\n"}, {"/sys/fs/cgroup/memory.max", "\n"}));
    assert_true(isnan(l.cpu_quota));
    assert_int_equal(l.memory_bytes, -1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_machine_is_no_container),
        cmocka_unit_test(a_process_that_an_engine_s_service_runs_is_in_no_container),
        cmocka_unit_test(a_virtual_machine_made_from_an_image_is_no_container),
        cmocka_unit_test(a_container_among_the_host_s_processes_is_one),
        cmocka_unit_test(engines_are_known_by_the_files_they_leave),
        cmocka_unit_test(engines_are_known_by_the_first_process_s_environment),
        cmocka_unit_test(engines_are_known_by_their_control_groups),
        cmocka_unit_test(engines_are_known_by_the_layers_of_the_root),
        cmocka_unit_test(a_container_of_no_known_kind_is_a_container),
        cmocka_unit_test(limits_of_version_2_are_read),
        cmocka_unit_test(max_is_no_limit),
        cmocka_unit_test(the_least_of_the_groups_above_counts),
        cmocka_unit_test(limits_of_version_1_are_read_in_each_hierarchy),
        cmocka_unit_test(a_container_s_own_group_is_read_at_the_base),
        cmocka_unit_test(a_group_outside_the_namespace_leads_nowhere_else),
        cmocka_unit_test(broken_lines_are_no_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
