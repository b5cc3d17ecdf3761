/* Fields of comma-separated values as RFC 4180 has them. */
#ifndef FETCHBENCH_BASE_CSV_H
#define FETCHBENCH_BASE_CSV_H

#include "base/buf.h"

/* Appends a text as one field, quoted where it must be, with what is no UTF-8 replaced. */
void csv_append_text(struct buf *out, const char *text);

#endif
