/* Reading of counts, durations and shares, and writing of durations. */
#include "base/units.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct unit {
    const char *name;
    double factor;
};

static const struct unit count_units[] = {{"", 1}, {"k", 1e3}, {"K", 1e3}, {"M", 1e6}, {"G", 1e9}, {NULL, 0}};
static const struct unit byte_units[] = {
    {"", 1},     {"k", 1e3},    {"K", 1e3},       {"kB", 1e3},         {"M", 1e6},
    {"MB", 1e6}, {"KiB", 1024}, {"MiB", 1048576}, {"GiB", 1073741824}, {NULL, 0}};
static const struct unit duration_units[] = {{"", 1e9},     {"s", 1e9},    {"ms", 1e6},
                                             {"us", 1e3},   {"ns", 1},     {"m", 60e9},
                                             {"min", 60e9}, {"h", 3600e9}, {NULL, 0}};

/* Copies the number's digits without their underscores, and returns where the unit begins; NULL if none. */
static const char *split_number(const char *text, double *number) {
    char digits[40];
    size_t length = 0, read = 0;
    for (; isdigit((unsigned char)text[read]) || text[read] == '.' || text[read] == '_'; read++) {
        if (text[read] == '_')
            continue;
        if (length + 1 >= sizeof digits)
            return NULL;
        digits[length++] = text[read];
    }
    digits[length] = '\0';
    char *end = digits;
    *number = strtod(digits, &end);
    return length > 0 && isdigit((unsigned char)text[0]) && *end == '\0' ? text + read : NULL;
}

static int read_scaled(const char *text, const struct unit *units, double *out) {
    double number = 0;
    const char *name = split_number(text, &number);
    if (!name)
        return -1;
    for (const struct unit *u = units; u->name; u++) {
        if (strcmp(u->name, name) != 0)
            continue;
        *out = number * u->factor;
        return *out < 9.2e18 ? 0 : -1;
    }
    return -1;
}

static int read_whole(const char *text, const struct unit *units, int64_t *out) {
    double value = 0;
    if (read_scaled(text, units, &value))
        return -1;
    if (fabs(value - round(value)) > value * 1e-12) /* 0.29k is 290 but for the last binary digit */
        return -1;
    *out = (int64_t)round(value);
    return 0;
}

int units_read_count(const char *text, int64_t *out) {
    return read_whole(text, count_units, out);
}

int units_read_bytes(const char *text, int64_t *out) {
    return read_whole(text, byte_units, out);
}

int units_read_duration_ns(const char *text, int64_t *out) {
    double value = 0;
    if (read_scaled(text, duration_units, &value))
        return -1;
    *out = (int64_t)round(value);
    return 0;
}

int units_read_rate(const char *text, double *out) {
    return read_scaled(text, count_units, out);
}

int units_read_share(const char *text, double *out) {
    double number = 0;
    const char *unit = split_number(text, &number);
    if (!unit || (*unit != '\0' && strcmp(unit, "%") != 0))
        return -1;
    double share = *unit == '%' ? number / 100 : number;
    if (share > 1)
        return -1;
    *out = share;
    return 0;
}

/* Three significant digits of a value in [0, 1000), as far as decimals allow. */
static void write_scaled(char out[UNITS_TEXT], double value, const char *unit) {
    int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
    snprintf(out, UNITS_TEXT, "%.*f%s", decimals, value, unit);
}

const char *units_write_duration(char out[UNITS_TEXT], double seconds) {
    if (isnan(seconds))
        return strcpy(out, "-");
    if (seconds < 999.5e-9)
        snprintf(out, UNITS_TEXT, "%.0fns", seconds * 1e9);
    else if (seconds < 999.5e-6)
        write_scaled(out, seconds * 1e6, "us");
    else if (seconds < 0.9995)
        write_scaled(out, seconds * 1e3, "ms");
    else if (seconds < 99.95)
        write_scaled(out, seconds, "s");
    else if (seconds >= 7200 && fmod(seconds, 3600) == 0)
        snprintf(out, UNITS_TEXT, "%.0fh", seconds / 3600);
    else
        snprintf(out, UNITS_TEXT, "%.0fm%02.0fs", floor(round(seconds) / 60), fmod(round(seconds), 60));
    return out;
}

const char *units_write_percent(char out[UNITS_TEXT], double share, int digits) {
    double percent = 100 * share;
    if (isnan(share))
        return strcpy(out, "-");
    if (percent >= 999.5)
        snprintf(out, UNITS_TEXT, share < 999.5 ? "%.3gx" : "%.0fx", share);
    else if (percent >= pow(10, digits) - .5)
        snprintf(out, UNITS_TEXT, "%.0f %%", percent);
    else
        snprintf(out, UNITS_TEXT, "%.*g %%", digits, percent);
    return out;
}

const char *units_write_exact(char out[UNITS_TEXT], double value) {
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(out, UNITS_TEXT, "%.*g", digits, value);
        if (strtod(out, NULL) == value)
            break;
    }
    return out;
}
