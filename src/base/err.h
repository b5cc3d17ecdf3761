/* An operation that fails returns nonzero and fills the caller's struct err with one sentence. Each layer may
 * put context in front; only main prints it and turns its kind into an exit status. */
#ifndef FETCHBENCH_BASE_ERR_H
#define FETCHBENCH_BASE_ERR_H

enum err_kind {
    ERR_NONE,
    ERR_USAGE,    /* the words typed cannot be carried out */
    ERR_INTERNAL, /* the system or fetchbench itself failed */
    ERR_OUTPUT,   /* a report could not be written */
};

struct err {
    enum err_kind kind;
    char text[512]; /* one sentence without a final newline; "" when kind is ERR_NONE */
};

/* Fills e, cutting what does not fit. Returns -1, so that callers can `return err_set(...)`. e may be NULL.
 */
int err_set(struct err *e, enum err_kind kind, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* As err_set(e, ERR_INTERNAL, ...), followed by ": " and what errno says. */
int err_set_errno(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts "context: " in front of what is there and keeps the kind. Returns -1. e may be NULL. */
int err_prefix(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
