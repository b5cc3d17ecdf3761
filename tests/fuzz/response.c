/* The response parser: however a text is cut, the same comes out. Four bytes say how it is cut and which
 * request it answers; the text is what follows. */
#include "fuzz.h"
#include "response_outcome.h"

enum { TO_HEAD = 1, STAYS_OPEN = 2 };

static void check_outcome(const struct outcome *o) {
    const struct response *r = &o->facts;
    FUZZ_CHECK(!o->broken);
    FUZZ_CHECK((o->event == RESPONSE_BAD) == (r->why != NULL));
    FUZZ_CHECK(o->event == RESPONSE_DONE || !r->keeps);
    FUZZ_CHECK(o->event != RESPONSE_DONE || (r->head_ended && r->status >= 200));
    FUZZ_CHECK(r->head_bytes <= RESPONSE_HEAD_LIMIT && (size_t)r->body_bytes == o->body_length);
    FUZZ_CHECK(!r->keeps || !r->until_close);
}

static void check_cut(const struct outcome *whole, const struct outcome_text *text, const size_t *lengths,
                      size_t count) {
    struct outcome cut;
    outcome_run(&cut, text, lengths, count);
    FUZZ_CHECK(outcome_same(whole, &cut));
    outcome_fini(&cut);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 4)
        return 0;
    const struct outcome_text text = {
        .data = (const char *)data + 4,
        .length = size - 4,
        .to_head = data[0] & TO_HEAD,
        .stays_open = data[0] & STAYS_OPEN,
    };
    struct outcome whole;
    outcome_run(&whole, &text, (size_t[]){text.length + 1}, 1);
    check_outcome(&whole);
    check_cut(&whole, &text, (size_t[]){1}, 1);
    check_cut(&whole, &text, (size_t[]){data[1] * (size_t)2, data[2], data[3] + (size_t)1}, 3);
    outcome_fini(&whole);
    return 0;
}
