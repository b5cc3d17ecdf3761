/* Numbers as Python's int() and float() read them and repr() writes them. Pure functions. Reading allows what
 * Python allows: ASCII white space around, a sign, single underscores between digits; not Python's digits
 * beyond ASCII. */
#ifndef FETCHBENCH_ENDPOINT_PYTHON_NUMBER_H
#define FETCHBENCH_ENDPOINT_PYTHON_NUMBER_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Python refuses integers of more digits. */
#define PYTHON_INT_DIGITS 4300

/* The digits of int(text), without sign, zeros in front and a NUL, in out of that capacity. Returns how many,
 * at least 1, or -1 when text is no integer or has too many digits for out. */
int python_int_digits(char *out, size_t capacity, bool *is_negative, const char *text, size_t length);

/* int(text), or the nearest an int64_t can be. -1 when text is no integer. */
int python_int_read(int64_t *out, const char *text, size_t length);

/* The same for what a Flask route takes as <int:n>, digits alone. */
int python_route_digits(char *out, size_t capacity, const char *text, size_t length);
int python_route_int(int64_t *out, const char *text, size_t length);

/* float(text), which may be infinite or no number. -1 when text is no float or longer than 4300 bytes. */
int python_float_read(double *out, const char *text, size_t length);

/* Appends repr(value): the shortest digits that read back the same; "inf", "-inf", "nan". */
void python_float_write(struct buf *out, double value);

#endif
