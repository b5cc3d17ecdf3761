/* What a page says of a load that several hosts made. */
#include "render_made.h"

static struct report_host *add_host(struct report *r, int64_t rank) {
    struct report_host *host = report_list_add(r, &r->hosts, sizeof *host);
    shape_clear(&report_host_shape, host);
    host->rank = rank;
    host->host = "node";
    host->complete = true;
    return host;
}

static struct report_host_run *add_part(struct report *r, struct report_host *host, const char *label,
                                        int64_t round) {
    struct report_host_run *part = report_list_add(r, &host->runs, sizeof *part);
    *part = (struct report_host_run){.label = label,
                                     .point = -1,
                                     .round = round,
                                     .requests.completed = 50,
                                     .wall_s = .001,
                                     .requests_per_s = NAN,
                                     .latency = {.p50_s = .01, .p99_s = NAN},
                                     .cpu_us_per_request = NAN,
                                     .start_skew_s = NAN};
    return part;
}

/* Rounds of "base" by so many hosts. */
static struct report *made_hosts(size_t hosts, int64_t rounds) {
    struct report *r = made_report("wall_s");
    for (int64_t round = 2; round <= rounds; round++) {
        made_run(r, "base", 1);
        ((struct report_run *)r->runs.items)[round - 1].round = round;
    }
    for (size_t i = 0; i < r->runs.count; i++)
        ((struct report_run *)r->runs.items)[i].point = -1;
    for (size_t i = 0; i < hosts; i++) {
        struct report_host *host = add_host(r, (int64_t)i);
        for (int64_t round = 1; round <= rounds; round++)
            add_part(r, host, "base", round);
    }
    return r;
}

static struct report_host_run *part_of(struct report *r, size_t host, size_t run) {
    return (struct report_host_run *)((struct report_host *)r->hosts.items)[host].runs.items + run;
}

static void add_label(struct report *r, const char *label) {
    made_run(r, label, 1);
    ((struct report_run *)r->runs.items)[r->runs.count - 1].point = -1;
    for (size_t i = 0; i < r->hosts.count; i++)
        add_part(r, (struct report_host *)r->hosts.items + i, label, 1);
}

static void begin_late(struct report *r, size_t host, size_t run, double skew_s, const char *remark) {
    struct report_host_run *part = part_of(r, host, run);
    part->start_skew_s = skew_s;
    if (remark)
        made_text(r, &part->remarks, remark);
}

static void expect(struct report *r, const char *said, const char *unsaid) {
    char *page = made_page("text", r);
    if (said)
        assert_says(page, said);
    if (unsaid)
        assert_says_not(page, unsaid);
    free(page);
}

static void the_column_has_the_median_skew_and_the_sentence_the_largest(void **state) {
    (void)state;
    struct report *r = made_hosts(2, 3);
    begin_late(r, 1, 0, .002, "began 2.00ms late");
    begin_late(r, 1, 1, .0059, "began 5.90ms late");
    begin_late(r, 1, 2, -.0001, NULL);
    for (size_t i = 0; i < 3; i++)
        begin_late(r, 0, i, 0, NULL);
    char *page = made_page("text", r);
    assert_says(page, "By host, medians of 3 rounds:");
    assert_says(page, "+2.00ms late rank 1 (node) began up to 5.90ms late, in 2 of 3 runs");
    assert_says_not(page, "+5.90ms");
    free(page);
}

static void remarks_are_whole_words_or_a_number(void **state) {
    (void)state;
    struct report *r = made_hosts(2, 1);
    struct report_host *host = (struct report_host *)r->hosts.items + 1;
    struct report_host_run *part = part_of(r, 1, 0);
    host->complete = false;
    host->host = "a-name-that-takes-all-the-room-there-is";
    part->requests.completed = 12345678;
    part->start_skew_s = .00512;
    part->cpu_us_per_request = 123;
    made_text(r, &part->remarks, "limited by its client");
    made_text(r, &part->remarks, "began 5.12ms late");
    made_text(r, &part->remarks, "slower than the others");
    made_text(r, &part->remarks, "failing more than the others");
    expect(r, "+5.12ms unfinished, client, late +2 rank 1", "late, sl");
}

static void each_label_has_its_table_and_its_own_remarks(void **state) {
    (void)state;
    struct report *r = made_hosts(2, 1);
    add_label(r, "quick");
    made_text(r, &part_of(r, 1, 1)->remarks, "limited by its client");
    char *page = made_page("text", r);
    assert_says(page, "By host, base:");
    const char *second = strstr(page, "By host, quick:");
    assert_non_null(second);
    assert_non_null(strstr(second, "rank 1 (node) limited by its client"));
    assert_true(strstr(page, "limited by its client") > second);
    assert_says_not(page, "Not shown by host");
    free(page);
}

static void of_many_hosts_only_labels_with_remarks_have_a_table(void **state) {
    (void)state;
    struct report *r = made_hosts(5, 1);
    add_label(r, "quick");
    add_label(r, "calm");
    made_text(r, &part_of(r, 1, 1)->remarks, "limited by its client");
    char *page = made_page("markdown", r);
    assert_says(page, "By host, `quick`");
    assert_says_not(page, "By host, `base`");
    assert_says(page, "Not shown by host: `base`, `calm`. The report has them in its hosts.");
    free(page);
    r = made_hosts(5, 1);
    add_label(r, "quick");
    expect(r, "By host, base:", "By host, quick");
}

static void rounds_without_a_share_have_a_name_of_their_own(void **state) {
    (void)state;
    struct report *r = made_hosts(2, 2);
    ((struct report_run *)r->runs.items)[0].concurrency = 6;
    ((struct report_run *)r->runs.items)[1].concurrency = 4;
    char *page = made_page("text", r);
    assert_says(page, "By host, base (6 at once):");
    assert_says(page, "By host, base (4 at once):");
    free(page);
}

static struct report *made_sum(struct report *r, size_t count, const char *const *names) {
    r->merged = arena_alloc(&r->arena, sizeof *r->merged);
    *r->merged = (struct report_merged){.as = "shares", .shares = (int64_t)count};
    for (size_t i = 0; i < count; i++) {
        struct report_part *part = report_list_add(r, &r->merged->parts, sizeof *part);
        *part = (struct report_part){
            .name = names[i], .started_at = "2026-01-02T03:04:05Z", .finished_at = "2026-01-02T03:04:06Z"};
    }
    return r;
}

static void names_that_follow_one_another_are_told_as_a_row(void **state) {
    (void)state;
    static const char *const names[] = {"out.rank8.json", "out.rank9.json", "out.rank10.json",
                                        "out.rank12.json", "x.json"};
    expect(made_sum(made_hosts(2, 1), 5, names),
           "(parts of one load, the sum of 5 reports: out.rank8.json to out.rank10.json, out.rank12.json, "
           "x.json)",
           NULL);
    expect(made_sum(made_hosts(2, 1), 1, names), "(of the parts of one load only 1 report: out.rank8.json)",
           NULL);
}

static void no_name_of_a_file_is_broken(void **state) {
    (void)state;
    static const char *const names[] = {
        "/a/path/that/is/longer/than/any/line/of/the/page/can/be/and/goes/on/and/on/for/ever/k0.json",
        "/a/path/that/is/longer/than/any/line/of/the/page/can/be/and/goes/on/and/on/for/ever/z5.json"};
    static const struct render_style style = {.width = 80, .utf8 = true};
    struct report *r = made_sum(made_hosts(2, 1), 2, names);
    struct buf out;
    buf_init(&out, 1 << 20);
    assert_int_equal(renderer_find("text")->render(r, &style, &out), 0);
    assert_non_null(strstr(buf_text(&out), "/ever/k0.json,\n"));
    assert_non_null(strstr(buf_text(&out), "/ever/z5.json)\n"));
    buf_fini(&out);
    report_close(r);
}

static void parts_that_began_together_are_one_load_though_they_had_little_to_do(void **state) {
    (void)state;
    static const char *const names[] = {"a.json", "b.json"};
    struct report *r = made_sum(made_hosts(2, 1), 2, names);
    begin_late(r, 0, 0, 0, NULL);
    begin_late(r, 1, 0, .006, NULL); /* when the other was over */
    expect(r, NULL, "did not all run at the same time");
    r = made_sum(made_hosts(2, 1), 2, names);
    begin_late(r, 0, 0, 0, NULL);
    begin_late(r, 1, 0, .3, NULL);
    expect(r, "did not all run at the same time", NULL);
}

static void a_lost_share_is_told_first_with_what_to_do(void **state) {
    (void)state;
    struct report *r = made_hosts(2, 1);
    add_host(r, 2)->lost = "it was killed";
    expect(r,
           "MISSING: 1 of 3 shares, and with it 33.3 % of the requests: rank 2 (node), it was killed. "
           "fetchbench merge --shares FILES joins what is on the ranks' disks.",
           NULL);
    r = made_hosts(3, 1);
    ((struct report_host *)r->hosts.items)[2].lost = "its connection broke";
    expect(r, "MISSING: 1 of 3 shares, and with it up to 33.3 % of the requests: rank 2",
           "merge --shares FILES");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_column_has_the_median_skew_and_the_sentence_the_largest),
        cmocka_unit_test(remarks_are_whole_words_or_a_number),
        cmocka_unit_test(each_label_has_its_table_and_its_own_remarks),
        cmocka_unit_test(of_many_hosts_only_labels_with_remarks_have_a_table),
        cmocka_unit_test(rounds_without_a_share_have_a_name_of_their_own),
        cmocka_unit_test(names_that_follow_one_another_are_told_as_a_row),
        cmocka_unit_test(no_name_of_a_file_is_broken),
        cmocka_unit_test(parts_that_began_together_are_one_load_though_they_had_little_to_do),
        cmocka_unit_test(a_lost_share_is_told_first_with_what_to_do),
    };
    return cmocka_run_group_tests_name("render/hosts", tests, NULL, NULL);
}
