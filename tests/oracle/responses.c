/* Reads responses, one JSON object a line ({"text": base64, "head": the request is a HEAD}), and writes what
 * our parser makes of each, its connection closed behind it, as one line of JSON; "cut" is false where
 * cutting it otherwise gives something else: see tests/integration/test_responses.py. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/base64.h"
#include "response_outcome.h"

#define MOST_BYTES ((size_t)16 << 20)
#define CUTS 1000 /* of longer texts not every byte is a place to cut */

static bool is_same_cut(const struct outcome *whole, const struct outcome_text *text, size_t first,
                        size_t rest) {
    struct outcome cut;
    outcome_run(&cut, text, (size_t[]){first, rest}, 2);
    bool same = outcome_same(whole, &cut);
    outcome_fini(&cut);
    return same;
}

static bool is_same_however_cut(const struct outcome *whole, const struct outcome_text *text) {
    size_t step = text->length > 100 * CUTS ? text->length / 50 : text->length / CUTS + 1;
    for (size_t first = 1; first < text->length; first += step)
        if (!is_same_cut(whole, text, first, text->length))
            return false;
    return is_same_cut(whole, text, 0, 1) && is_same_cut(whole, text, 2, 3);
}

static cJSON *facts_of(const struct outcome *o) {
    const struct response *r = &o->facts;
    struct buf body;
    buf_init(&body, 2 * MOST_BYTES);
    base64_append(&body, o->body, o->body_length);
    cJSON *facts = cJSON_CreateObject();
    cJSON_AddBoolToObject(facts, "good", o->event == RESPONSE_DONE);
    cJSON_AddStringToObject(facts, "why", r->why ? r->why : "");
    cJSON_AddNumberToObject(facts, "status", r->status);
    cJSON_AddNumberToObject(facts, "minor", r->minor);
    cJSON_AddNumberToObject(facts, "head_bytes", r->head_bytes);
    cJSON_AddNumberToObject(facts, "unread", (double)o->unread);
    cJSON_AddBoolToObject(facts, "keeps", r->keeps);
    cJSON_AddBoolToObject(facts, "until_close", r->until_close);
    cJSON_AddStringToObject(facts, "body", buf_text(&body));
    buf_fini(&body);
    return facts;
}

static void answer(const struct outcome_text *text) {
    struct outcome whole;
    outcome_run(&whole, text, (size_t[]){text->length + 1}, 1);
    cJSON *facts = facts_of(&whole);
    cJSON_AddBoolToObject(facts, "cut", is_same_however_cut(&whole, text));
    outcome_fini(&whole);
    char *line = cJSON_PrintUnformatted(facts);
    puts(line);
    free(line);
    cJSON_Delete(facts);
}

static int answer_line(const char *line) {
    cJSON *asked = cJSON_Parse(line);
    const char *encoded = cJSON_GetStringValue(cJSON_GetObjectItem(asked, "text"));
    struct buf text;
    buf_init(&text, MOST_BYTES);
    int failed = !encoded || base64_append_decoded(&text, encoded, strlen(encoded));
    bool to_head = cJSON_IsTrue(cJSON_GetObjectItem(asked, "head"));
    if (!failed)
        answer(&(struct outcome_text){buf_text(&text), text.length, .to_head = to_head, .exact = true});
    buf_fini(&text);
    cJSON_Delete(asked);
    return failed;
}

int main(void) {
    char *line = NULL;
    size_t size = 0;
    int failed = 0;
    while (!failed && getline(&line, &size, stdin) >= 0)
        failed = answer_line(line);
    free(line);
    if (failed)
        fputs("a line is no response\n", stderr);
    return failed;
}
