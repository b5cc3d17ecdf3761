/* Numbers as Python has them, by way of the C library's, which round correctly too. */
#include "endpoint/python_number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r') || (c >= '\x1C' && c <= '\x1F');
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static void trim(const char **text, size_t *length) {
    while (*length > 0 && is_space(**text)) {
        ++*text;
        --*length;
    }
    while (*length > 0 && is_space((*text)[*length - 1]))
        --*length;
}

int python_int_digits(char *out, size_t capacity, bool *is_negative, const char *text, size_t length) {
    trim(&text, &length);
    *is_negative = length > 0 && text[0] == '-';
    size_t i = length > 0 && (text[0] == '-' || text[0] == '+'), count = 0;
    bool after_digit = false;
    for (; i < length; i++) {
        if (!is_digit(text[i]) && !(text[i] == '_' && after_digit))
            return -1;
        after_digit = is_digit(text[i]);
        if (!after_digit)
            continue;
        if (count == 1 && out[0] == '0')
            count = 0;
        if (count == capacity)
            return -1;
        out[count++] = text[i];
    }
    return after_digit ? (int)count : -1;
}

static int64_t number_of(const char *digits, int count) {
    int64_t value = 0;
    for (int i = 0; i < count; i++) {
        int digit = digits[i] - '0';
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, digit, &value))
            return INT64_MAX;
    }
    return value;
}

int python_int_read(int64_t *out, const char *text, size_t length) {
    char digits[PYTHON_INT_DIGITS];
    bool is_negative = false;
    int count = python_int_digits(digits, sizeof digits, &is_negative, text, length);
    if (count < 0)
        return -1;
    *out = is_negative ? -number_of(digits, count) : number_of(digits, count);
    return 0;
}

int python_route_digits(char *out, size_t capacity, const char *text, size_t length) {
    bool is_negative = false;
    for (size_t i = 0; i < length; i++) {
        if (!is_digit(text[i]))
            return -1;
    }
    return python_int_digits(out, capacity, &is_negative, text, length);
}

int python_route_int(int64_t *out, const char *text, size_t length) {
    char digits[PYTHON_INT_DIGITS];
    int count = python_route_digits(digits, sizeof digits, text, length);
    if (count < 0)
        return -1;
    *out = number_of(digits, count);
    return 0;
}

/* Whether strtod may see it: it would also take hexadecimal numbers and nan(...). */
static bool is_decimal(const char *text) {
    return !strpbrk(text, "xXpP(") && !is_space(text[0]);
}

int python_float_read(double *out, const char *text, size_t length) {
    char plain[PYTHON_INT_DIGITS + 1];
    size_t count = 0;
    trim(&text, &length);
    if (length == 0 || length >= sizeof plain)
        return -1;
    for (size_t i = 0; i < length; i++) {
        bool separates = i > 0 && i + 1 < length && is_digit(text[i - 1]) && is_digit(text[i + 1]);
        if (text[i] == '\0' || (text[i] == '_' && !separates))
            return -1;
        if (text[i] != '_')
            plain[count++] = text[i];
    }
    plain[count] = '\0';
    char *end = plain;
    if (is_decimal(plain))
        *out = strtod(plain, &end);
    return end == plain + count ? 0 : -1;
}

/* Writes value as d.ddde+x with the fewest digits that read back the same; returns the exponent. */
static int shortest(char out[32], double value) {
    for (int more = 0; more <= 16; more++) {
        snprintf(out, 32, "%.*e", more, value);
        if (strtod(out, NULL) == value)
            break;
    }
    return (int)strtol(strchr(out, 'e') + 1, NULL, 10);
}

static void write_plain(struct buf *out, const char *digits, int count, int exponent) {
    if (exponent < 0) {
        buf_append_text(out, "0.");
        buf_append_repeat(out, '0', -exponent - 1);
        buf_append(out, digits, (size_t)count);
        return;
    }
    int whole = exponent + 1;
    buf_append(out, digits, (size_t)(whole < count ? whole : count));
    buf_append_repeat(out, '0', whole - count);
    buf_append_char(out, '.');
    if (count > whole)
        buf_append(out, digits + whole, (size_t)(count - whole));
    else
        buf_append_char(out, '0');
}

void python_float_write(struct buf *out, double value) {
    if (!isfinite(value)) {
        buf_append_text(out, isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
        return;
    }
    char scientific[32], digits[32] = {0};
    int exponent = shortest(scientific, fabs(value)), count = 0;
    for (const char *c = scientific; *c != 'e'; c++) {
        if (is_digit(*c))
            digits[count++] = *c;
    }
    if (signbit(value))
        buf_append_char(out, '-');
    if (exponent >= -4 && exponent < 16) {
        write_plain(out, digits, count, exponent);
        return;
    }
    buf_append_char(out, digits[0]);
    if (count > 1) {
        buf_append_char(out, '.');
        buf_append(out, digits + 1, (size_t)count - 1);
    }
    buf_printf(out, "e%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
}
