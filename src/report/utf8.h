/* One character of text that may be anything. */
#ifndef FETCHBENCH_REPORT_UTF8_H
#define FETCHBENCH_REPORT_UTF8_H

#include <stddef.h>
#include <stdint.h>

#define UTF8_BROKEN UINT32_C(0xFFFD)

/* Reads the character at text, which is not empty, and returns its bytes. What is no UTF-8 gives UTF8_BROKEN
 * and 1. Never reads beyond the final NUL. */
size_t utf8_next(const char *text, uint32_t *code);

#endif
