/* Counts, durations and shares as people write them. The readers take the whole text or fail; what is written
 * takes at most UNITS_TEXT bytes. Pure functions. */
#ifndef FETCHBENCH_BASE_UNITS_H
#define FETCHBENCH_BASE_UNITS_H

#include <stdint.h>

#define UNITS_TEXT 32

/* Each returns 0, or -1 when the text is none, is negative, or does not fit. A count is to be whole, and so
 * are bytes; a duration without a unit is in seconds. */
int units_read_count(const char *text, int64_t *out);       /* 100, 10k, 2.5M, 1G (powers of 1000), 1_000 */
int units_read_bytes(const char *text, int64_t *out);       /* 100, 10k, 2MB (powers of 1000), 10KiB, 1MiB */
int units_read_duration_ns(const char *text, int64_t *out); /* 30s, 20ms, 100us, 1.5m, 1h */
int units_read_rate(const char *text, double *out);         /* 0.5, 200, 10k: need not be whole */
int units_read_share(const char *text, double *out);        /* 5% or 0.05, from 0 to 1 */

/* Three significant digits: "853us", "20.1ms", "1.24s", "2m05s". NaN gives "-". */
const char *units_write_duration(char out[UNITS_TEXT], double seconds);

/* "0.5 %", "16.7 %", "120 %": a share with so many significant digits and all those before the point; from
 * ten on as a factor, "45.3x". NaN gives "-". */
const char *units_write_percent(char out[UNITS_TEXT], double share, int digits);

/* As few digits as read back to the same double; value is finite. */
const char *units_write_exact(char out[UNITS_TEXT], double value);

#endif
