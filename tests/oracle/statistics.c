/* Reads cases, one JSON object a line, and writes what src/stats makes of each as one line of JSON: see
 * tests/integration/test_statistics.py. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/memory.h"
#include "stats/normal.h"
#include "stats/ranksum.h"
#include "stats/signedrank.h"
#include "stats/spearman.h"

struct series {
    double *values;
    size_t count;
};

static struct series read_series(const cJSON *from, const char *name) {
    const cJSON *list = cJSON_GetObjectItem(from, name), *item = NULL;
    struct series s = {memory_zalloc((size_t)cJSON_GetArraySize(list) + 1, sizeof(double)), 0};
    cJSON_ArrayForEach(item, list) s.values[s.count++] = item->valuedouble;
    return s;
}

static double number(const cJSON *from, const char *name) {
    return cJSON_GetNumberValue(cJSON_GetObjectItem(from, name));
}

/* NaN is written as null. */
static void add(cJSON *to, const char *name, double value) {
    if (isnan(value))
        cJSON_AddNullToObject(to, name);
    else
        cJSON_AddNumberToObject(to, name, value);
}

static void add_estimate(cJSON *to, const struct ratio_estimate *e) {
    add(to, "ratio", e->ratio);
    add(to, "low", e->low);
    add(to, "high", e->high);
    add(to, "p_value", e->p_value);
}

static void answer_samples(const char *kind, const cJSON *from, cJSON *to) {
    struct series a = read_series(from, "a"), b = read_series(from, "b");
    double alpha = number(from, "alpha");
    struct ratio_estimate e = {NAN, NAN, NAN, NAN};
    struct rank_correlation r = {NAN, NAN};
    if (!strcmp(kind, "signedrank"))
        signedrank_interval(a.values, b.values, a.count, alpha, &e);
    else if (!strcmp(kind, "ranksum"))
        ranksum_interval(a.values, a.count, b.values, b.count, alpha, &e);
    else if (!strcmp(kind, "spearman"))
        spearman_correlate(a.values, b.values, a.count, &r);
    add_estimate(to, &e);
    add(to, "rho", r.rho);
    if (!strcmp(kind, "spearman"))
        cJSON_ReplaceItemInObject(to, "p_value", cJSON_CreateNumber(r.p_value));
    free(a.values);
    free(b.values);
}

static void answer_critical(const char *kind, const cJSON *from, cJSON *to) {
    size_t n = (size_t)number(from, "n");
    double tail = number(from, "tail");
    uint64_t k = 0;
    bool found = !strcmp(kind, "signedrank_critical")
                     ? signedrank_critical(n, tail, &k)
                     : ranksum_critical(n, (size_t)number(from, "m"), tail, &k);
    add(to, "k", found ? (double)k : NAN);
}

static void answer(const cJSON *from, cJSON *to) {
    const char *kind = cJSON_GetStringValue(cJSON_GetObjectItem(from, "kind"));
    if (!strcmp(kind, "normal_quantile"))
        add(to, "z", normal_quantile(number(from, "p")));
    else if (strstr(kind, "_critical"))
        answer_critical(kind, from, to);
    else
        answer_samples(kind, from, to);
}

int main(void) {
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, stdin) > 0) {
        cJSON *from = cJSON_Parse(line), *to = cJSON_CreateObject();
        if (!from || !to)
            return 1;
        answer(from, to);
        char *text = cJSON_PrintUnformatted(to);
        puts(text);
        free(text);
        cJSON_Delete(from);
        cJSON_Delete(to);
    }
    free(line);
    return 0;
}
