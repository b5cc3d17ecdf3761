/* /status/{codes}: one status, or one drawn by weight. */
#include "endpoint/answers.h"
#include "endpoint/python_number.h"
#include "endpoint/reply.h"

#include <math.h>
#include <string.h>

#define LEAST_STATUS 200
#define GREATEST_STATUS 999
#define MAX_CHOICES 64

struct choice {
    unsigned status;
    double weight;
};

/* What is wrong with a choice such as "200" or "500:0.1", or NULL. */
static const char *read_choice(const char *text, size_t length, bool may_weigh, struct choice *out) {
    const char *colon = may_weigh ? memchr(text, ':', length) : NULL;
    size_t code_bytes = colon ? (size_t)(colon - text) : length;
    int64_t status = 0;
    out->weight = 1;
    if (python_int_read(&status, text, code_bytes))
        return "Invalid status code";
    if (colon && python_float_read(&out->weight, colon + 1, length - code_bytes - 1))
        return "Invalid status code";
    if (status < LEAST_STATUS || status > GREATEST_STATUS)
        return "A status code is a number from 200 to 999";
    if (!(out->weight >= 0) || !isfinite(out->weight))
        return "The weight of a status code is a number from 0 on";
    out->status = (unsigned)status;
    return NULL;
}

static const char *read_choices(const char *text, size_t length, struct choice *choices, size_t *count) {
    const char *end = text + length, *comma = memchr(text, ',', length);
    bool may_weigh = comma != NULL;
    for (*count = 0;; text = comma + 1) {
        if (*count == MAX_CHOICES)
            return "There are too many status codes";
        comma = memchr(text, ',', (size_t)(end - text));
        size_t part = (size_t)((comma ? comma : end) - text);
        const char *wrong = read_choice(text, part, may_weigh, &choices[(*count)++]);
        if (wrong || !comma)
            return wrong;
    }
}

static const struct choice *draw(struct python_random *random, const struct choice *choices, size_t count) {
    double total = 0, sum = 0;
    for (size_t i = 0; i < count; i++)
        total += choices[i].weight;
    double drawn = ldexp(python_random_word(random), -32) * total;
    for (size_t i = 0; i < count; i++) {
        sum += choices[i].weight;
        if (drawn < sum)
            return &choices[i];
    }
    return NULL;
}

ANSWER(status) {
    struct choice choices[MAX_CHOICES];
    size_t count = 0;
    const char *wrong = read_choices(parameter, parameter_bytes, choices, &count);
    const struct choice *choice = wrong        ? NULL
                                  : count == 1 ? choices
                                               : draw(&x->service->random, choices, count);
    if (choice)
        reply_status(x, choice->status);
    else
        exchange_reply_sentence(x, MHD_HTTP_BAD_REQUEST, "%s",
                                wrong ? wrong : "One status code must have a weight above 0");
}
